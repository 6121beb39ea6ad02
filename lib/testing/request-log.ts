import { type Observable, Subject } from 'rxjs';
import type { Protocol } from './listener.ts';
import { groupResource } from './resource.ts';
import type { Route } from './route.ts';

/** One request as a server saw it. */
export interface RecordedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** `get`, `list`, `watch`, `create`, …; of a path outside the resources its method in lower case. */
  readonly verb: string;
  /** `clusters.cluster.x-k8s.io`, `nodes`; absent outside the resources. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Lower-case names; without credentials. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The name of the user; absent when it was refused for its credentials, and until they are checked. */
  readonly user?: string;
  readonly protocol: Protocol;
  /** Of the connection, unique in this process. */
  readonly connection: number;
  /** When it came. */
  readonly at: Date;
  /** The status that was sent; absent until then. */
  readonly status?: number;
}

export interface RequestCounters {
  /** Requests since the server was made, those that a fault has swallowed included. */
  readonly requests: number;
  /** By resource: `{ nodes: 2 }`. */
  readonly lists: Readonly<Record<string, number>>;
  readonly watches: Readonly<Record<string, number>>;
}

/** The last requests, and how many there were of each kind. */
export class RequestLog {
  readonly #limit: number;
  readonly #requests: RecordedRequest[] = [];
  readonly #received = new Subject<RecordedRequest>();
  readonly #lists = new Map<string, number>();
  readonly #watches = new Map<string, number>();
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The last ones, the oldest first. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests.slice(-this.#limit);
  }

  /** Every request from now on, as it comes in. Hot; completes when the server stops. */
  get requests$(): Observable<RecordedRequest> {
    return this.#received.asObservable();
  }

  get counters(): RequestCounters {
    return { requests: this.#count, lists: Object.fromEntries(this.#lists), watches: Object.fromEntries(this.#watches) };
  }

  add(request: RecordedRequest): void {
    this.#count += 1;
    const counts = request.verb === 'list' ? this.#lists : request.verb === 'watch' ? this.#watches : undefined;
    if (counts !== undefined && request.resource !== undefined) counts.set(request.resource, (counts.get(request.resource) ?? 0) + 1);
    this.#requests.push(request);
    if (this.#requests.length >= 2 * this.#limit) this.#requests.splice(0, this.#requests.length - this.#limit);
    this.#received.next(request);
  }

  complete(): void {
    this.#received.complete();
  }
}

/** What a route says about a request. */
export function routed(route: Route): Pick<RecordedRequest, 'verb' | 'resource' | 'namespace' | 'name'> {
  if (route.resource === undefined) return { verb: route.verb };
  const { verb, resource, namespace, name } = route;
  return { verb, resource: groupResource(resource), ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) };
}
