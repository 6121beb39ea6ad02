import { type Observable, asyncScheduler } from 'rxjs';
import type { ManagementObjects, SourceContext, SourceEvent } from '../../lib/controller/source.ts';
import { LOW_PRIORITY } from '../../lib/controller/source.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import type { LogFields, Logger } from '../../lib/model/logger.ts';
import type { EventCause, ObjectChange, SyncedEvent } from '../../lib/model/object-event.ts';
import { type ObjectKey, keyOf } from '../../lib/model/object-key.ts';
import type { Request } from '../../lib/model/request.ts';
import { anObject } from '../informer/objects.ts';

/** What a source is started with, and what it logs. */
export function aContext(management?: ManagementObjects): { readonly context: SourceContext; readonly records: { readonly level: string; readonly fields: LogFields; readonly message: string }[] } {
  const records: { level: string; fields: LogFields; message: string }[] = [];
  const at = (level: string) => (fields: LogFields, message: string) => { records.push({ level, fields, message }); };
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { context: { controllerName: 'spec', logger, scheduler: asyncScheduler, management }, records };
}

/** A management cluster with these objects, of whatever kind. */
export const managing = (objects$: Observable<unknown>): ManagementObjects => ({ objects$: (() => objects$) as ManagementObjects['objects$'] });

export const SYNCED: SyncedEvent = { type: 'synced', resourceVersion: '1' };

type Change = ObjectChange<KubernetesObject>;

/** Changes of objects written `ns/a@1`. */
export const added = (text: string, cause: EventCause = 'watch'): Change => changeOf('added', text, cause);
export const deleted = (text: string, cause: EventCause = 'watch'): Change => changeOf('deleted', text, cause);
export function updated(before: string, after: string, cause: EventCause = 'watch'): Change {
  const object = anObject(after);
  return { type: 'updated', key: keyOf(object), object, previous: before === after ? object : anObject(before), cause };
}

function changeOf(type: 'added' | 'deleted', text: string, cause: EventCause): Change {
  const object = anObject(text);
  return { type, key: keyOf(object), object, cause };
}

/** What a source tells: a request for `ns/name`, of a cluster where one is given. */
export function asked(name: string, priority = 0, cluster?: ObjectKey): SourceEvent {
  const request: Request = { namespace: 'ns', name, ...(cluster && { cluster }) };
  return { type: 'request', request, priority };
}
export const low = (name: string, cluster?: ObjectKey): SourceEvent => asked(name, LOW_PRIORITY, cluster);
export const synced: SourceEvent = { type: 'synced' };

/** A promise in virtual time: what the Observable emits first, or its error. */
export function promised<T>(observable: Observable<T>): PromiseLike<T> {
  const settle = (onValue: (value: T) => void, onError: (error: unknown) => void) => { observable.subscribe({ next: onValue, error: onError }); };
  return new Proxy(new Promise<T>(() => {}), { get: (_promise, method) => (method === 'then' ? settle : undefined) });
}
