import { type Observable, catchError, defer, switchMap, throwError } from 'rxjs';
import type { ApiResource, RestClient } from '../kubernetes/rest-client.ts';
import { StatusError } from '../kubernetes/status-error.ts';
import type { Kind } from '../model/kubernetes-object.ts';

/**
 * Does `work` with how the cluster serves the kind. Where the server does not know the path, or discovery not the kind, what discovery said is old – a
 * version is served no longer, a definition is new: it is asked again, once, and the work done anew.
 */
export function withServedKind<T>(rest: RestClient, kind: Kind<unknown>, work: (resource: ApiResource) => Observable<T>): Observable<T> {
  const attempt = () => rest.resource(kind).pipe(switchMap(work));
  return defer(attempt).pipe(catchError((error: unknown) => {
    if (!isUnknownPath(error)) return throwError(() => error);
    rest.forget(kind);
    return attempt();
  }));
}

/** A 404 that names no object: nothing was looked for, and nothing done. */
function isUnknownPath(error: unknown): boolean {
  return error instanceof StatusError && error.statusCode === 404 && error.status.details?.name === undefined;
}
