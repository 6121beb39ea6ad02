import { Observable, isObservable } from 'rxjs';
import { type Check, checkOptions, optional, procedure, text } from '../model/option-check.ts';
import type { Requests } from '../model/watcher.ts';
import { Handling, type Waiting } from './handling.ts';
import type { EventSource, SourceContext, SourceEvent } from './source.ts';
import { startedOnce } from './started-once.ts';

/** How a channel is known, and what of it may be passed over. */
export interface ChannelSourceOptions<X> {
  /** For log records. @default 'channel' */
  readonly name?: string | undefined;
  /**
   * What a value is about. While a handler's promise is about the same, only the newest value waits. For log records as well.
   * @default every value by itself: none is passed over, and a hundred are handled at a time
   */
  readonly keyOf?: ((value: X) => string) | undefined;
}

/**
 * Any Observable as a source: the handler makes requests of each value. Synced at once. One that errors is logged, and its controller goes on without it; one that completes is done.
 * A handler that throws or rejects is logged, and the source goes on. Throws a TypeError for arguments that are none. controller-runtime's `source.Channel`.
 */
export function channelSource<X>(observable$: Observable<X>, handler: (value: X) => Requests, options: ChannelSourceOptions<NoInfer<X>> = {}): EventSource {
  checkOptions('options', options, { name: optional(text), keyOf: optional(procedure) });
  checkOptions('channelSource', { observable$, handler }, { observable$: observable, handler: procedure });
  const { name = 'channel', keyOf } = options;
  return startedOnce({ name }, (context) => listening({ name, context, observable$, handler, keyOf }));
}

function listening<X>({ name, context: { controllerName, logger }, observable$, handler, keyOf }: {
  readonly name: string;
  readonly context: SourceContext;
  readonly observable$: Observable<X>;
  readonly handler: (value: X) => Requests;
  readonly keyOf: ((value: X) => string) | undefined;
}): Observable<SourceEvent> {
  return new Observable<SourceEvent>((subscriber) => {
    let taken = 0;
    const failed = (error: unknown, key?: string): void => {
      logger.error({ controller: controllerName, source: name, ...(key !== undefined && { object: key }), err: error }, 'a source could not deal with a value; it goes on with the next');
    };
    const handling = new Handling<Keyed<X>>({
      handle: ({ value }) => handler(value),
      idOf: ({ id }) => id,
      waiting: () => new Newest(),
      tell: (request, priority) => subscriber.next({ type: 'request', request, priority }),
      failed: (error, { id }) => failed(error, keyOf === undefined ? undefined : id),
    });
    subscriber.add(() => handling.close());
    subscriber.next({ type: 'synced' });
    subscriber.add(observable$.subscribe({
      next: (value) => {
        if (subscriber.closed) return; // left while a source that emits in one go does so
        let id: string;
        try {
          id = keyOf === undefined ? String(taken++) : keyOf(value);
        } catch (error) {
          failed(error);
          return;
        }
        handling.take({ id, value }, 0);
      },
      error: (error: unknown) => {
        logger.error({ controller: controllerName, source: name, err: error }, 'a source has failed; its controller goes on without it');
        handling.idle(() => subscriber.complete());
      },
      complete: () => handling.idle(() => subscriber.complete()),
    }));
  });
}

interface Keyed<X> { readonly id: string; readonly value: X }

/** Only the newest value waits. */
class Newest<X> implements Waiting<X> {
  #values: readonly X[] = [];

  push(value: X): void {
    this.#values = [value];
  }

  shift(): readonly X[] {
    return this.#values;
  }
}

const observable: Check = (value) => (isObservable(value) ? undefined : 'an Observable');
