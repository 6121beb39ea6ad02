import { type Observable, defer, throwError } from 'rxjs';
import type { RestClient } from './rest-client.ts';

/** Says why nothing may be sent any more, or nothing where it may: of a leader that has lost its lease, or of a cluster that was taken away. */
export type Fence = () => Error | undefined;

/** A RestClient that asks the fence before each thing that is asked of it, and errors with what it says. What is under way goes on. */
export function fencedRestClient(rest: RestClient, fence: Fence): RestClient {
  const behind = <T>(work: () => Observable<T>): Observable<T> => defer(() => {
    const error = fence();
    return error === undefined ? work() : throwError(() => error);
  });
  return {
    get transport() { return rest.transport; },
    request: (request) => behind(() => rest.request(request)),
    lines: (request) => behind(() => rest.lines(request)),
    items: (request) => behind(() => rest.items(request)),
    resource: (kind) => behind(() => rest.resource(kind)),
    forget: (kind) => rest.forget(kind),
  };
}
