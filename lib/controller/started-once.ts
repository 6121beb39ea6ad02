import type { Observable } from 'rxjs';
import { ClusterCacheError } from '../model/errors.ts';
import type { EventSource, SourceContext, SourceEvent } from './source.ts';

/** A source by its name, what clusters it is of, and what it does once it is started. One that could not be started may be started again. */
export function startedOnce({ name, connections$ }: Pick<EventSource, 'name' | 'connections$'>, start: (context: SourceContext) => Observable<SourceEvent>): EventSource {
  let isStarted = false;
  return Object.freeze({
    name,
    ...(connections$ && { connections$ }),
    start(context: SourceContext) {
      if (isStarted) throw new ClusterCacheError('SOURCE_STARTED', `cannot start a source that is started already: ${name}; make one for each controller`);
      const events$ = start(context);
      isStarted = true;
      return events$;
    },
  });
}
