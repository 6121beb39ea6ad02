import { type Observable, defer, throwError } from 'rxjs';
import type { RestClient, RestRequest } from './rest-client.ts';

/** Says why nothing may be sent any more, or nothing where it may: of a leader that has lost its lease, or of a cluster that was taken away. */
export type Fence = () => Error | undefined;

/**
 * A RestClient that asks the fence before each thing that is asked of it, and again when a connection is about to write it, and errors with what it says. What is written by then goes on.
 */
export function fencedRestClient(rest: RestClient, fence: Fence): RestClient {
  const behind = <T>(work: () => Observable<T>): Observable<T> => defer(() => {
    const error = fence();
    return error === undefined ? work() : throwError(() => error);
  });
  const fenced = (request: RestRequest): RestRequest => ({ ...request, fence: () => fence() ?? request.fence?.() });
  return {
    get transport() { return rest.transport; },
    request: (request) => behind(() => rest.request(fenced(request))),
    lines: (request) => behind(() => rest.lines(fenced(request))),
    items: (request) => behind(() => rest.items(fenced(request))),
    resource: (kind) => behind(() => rest.resource(kind)),
    forget: (kind) => rest.forget(kind),
  };
}
