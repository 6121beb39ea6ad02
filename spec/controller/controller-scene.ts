import { Observable } from 'rxjs';
import { Controller, type ControllerContext } from '../../lib/controller/controller.ts';
import type { ControllerOptions } from '../../lib/controller/controller-options.ts';
import type { EventSource, SourceEvent } from '../../lib/controller/source.ts';
import type { LogFields, Logger } from '../../lib/model/logger.ts';
import type { Request } from '../../lib/model/request.ts';

/** One that is named by a character, so that a marble says which it is. */
export const request = (name: string, cluster?: string): Request => ({ namespace: 'default', name, ...(cluster !== undefined && { cluster: { namespace: 'default', name: cluster } }) });

export type SceneOptions = Partial<ControllerOptions> & Pick<ControllerOptions, 'reconcile'>;

/** The requests of a controller as their reconciles begin, by name. Subscribing starts the controller, and unsubscribing stops it. */
export function begun(options: SceneOptions, context?: ControllerContext, meet: (controller: Controller) => void = () => {}): Observable<string> {
  return new Observable((subscriber) => {
    const controller = new Controller({
      name: 'scene', sources: [], ...options,
      reconcile: (asked, reconcileContext) => {
        subscriber.next(asked.name);
        return options.reconcile(asked, reconcileContext);
      },
    });
    meet(controller);
    void controller.start(context);
    return () => { void controller.stop(); };
  });
}

/** A source of one's own, started with what it tells. */
export function source(name: string, event$: Observable<SourceEvent>): EventSource {
  return { name, start: () => event$ };
}

export const synced: SourceEvent = { type: 'synced' };
export const told = (name: string, priority?: number): SourceEvent => ({ type: 'request', request: request(name), ...(priority !== undefined && { priority }) });

export interface LogRecord {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps what it is told. */
export function recordingLogger(): Logger & { readonly records: readonly LogRecord[]; of(level: keyof Logger): readonly LogRecord[] } {
  const records: LogRecord[] = [];
  const at = (level: keyof Logger) => (fields: LogFields, message: string) => { records.push({ level, message, fields }); };
  return { records, of: (level) => records.filter((record) => record.level === level), debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
