import type { RecordedRequest } from './request-log.ts';

/** Which requests a fault is for: all, those whose path with its query fits, or those that a function picks. */
export type RequestMatch = RegExp | ((request: RecordedRequest) => boolean);

interface RequestFault {
  /** @default every request */
  readonly match?: RequestMatch;
  /** How many requests it hits before it is gone by itself. @default no end */
  readonly times?: number;
}

/** Something that goes wrong. Those without `match` are faults of the network and hit everything. */
export type Fault =
  /** Nobody listens: open connections are reset, new ones refused. */
  | { readonly fault: 'refuse' }
  /** Every connection is half-open: bytes are accepted and never answered, new connections hang in their handshake. Late answers come when it is removed. */
  | { readonly fault: 'halfOpen' }
  /** The request is never answered. */
  | ({ readonly fault: 'hang' } & RequestFault)
  /** The connection that the request came on is reset. */
  | ({ readonly fault: 'reset' } & RequestFault)
  /** HTTP/2: the stream is refused (REFUSED_STREAM), which says that nothing was done. HTTP/1.1: the connection is reset. */
  | ({ readonly fault: 'refuseStream' } & RequestFault)
  /** HTTP/2: GOAWAY; the request and all running ones are answered, then the connection closes. HTTP/1.1: `Connection: close`. */
  | ({ readonly fault: 'goaway' } & RequestFault)
  /** The answer begins `delay` ms late. */
  | ({ readonly fault: 'slow'; readonly delay: number } & RequestFault)
  | ({ readonly fault: 'unauthorized' | 'forbidden' } & RequestFault)
  /** 410: of a watch as an ERROR event. */
  | ({ readonly fault: 'gone' } & RequestFault)
  /** 429 with `Retry-After`: seconds, or an HTTP date. @default 1 */
  | ({ readonly fault: 'tooManyRequests'; readonly retryAfter?: number | string } & RequestFault)
  /** @default 500 */
  | ({ readonly fault: 'serverError'; readonly status?: number; readonly message?: string } & RequestFault)
  /** A redirect to `location`. */
  | ({ readonly fault: 'redirect'; readonly location: string } & RequestFault)
  /** The answer ends in its middle: of a watch in the middle of its next line. `reset` breaks the stream off where it would end cleanly. @default false */
  | ({ readonly fault: 'truncate'; readonly reset?: boolean } & RequestFault)
  /** 200 and a body that is no JSON: of a watch its next line. @default '<html>not what you asked for</html>' */
  | ({ readonly fault: 'garbage'; readonly body?: string; readonly contentType?: string } & RequestFault);

export type FaultName = Fault['fault'];

/** A fault that was injected, until it is removed. */
export interface InjectedFault {
  /** How many requests it has hit. */
  readonly hits: number;
  /** Takes it back; resolves when it is no longer in force. Idempotent. */
  remove(): Promise<void>;
}

/** What comes instead of JSON unless told otherwise. */
export const GARBAGE = '<html>not what you asked for</html>';

const NETWORK: ReadonlySet<FaultName> = new Set(['refuse', 'halfOpen']);
const OF_BODIES: ReadonlySet<FaultName> = new Set(['truncate', 'garbage']);

/** Which of a server's faults hits a request. */
export class Faults {
  readonly #active = new Set<ActiveFault>();

  /** Adds a fault for requests; the oldest that fits is the one that hits. */
  add(fault: Fault): InjectedFault {
    const active = new ActiveFault(fault, () => this.#active.delete(active));
    this.#active.add(active);
    return active;
  }

  /** What hits a request that comes in, and counts as one hit. */
  forRequest(request: RecordedRequest): Fault | undefined {
    return this.#hit(request, (fault) => !(OF_BODIES.has(fault.fault) && request.verb === 'watch'));
  }

  /** What hits the next line of an open watch, and counts as one hit. */
  forLine(request: RecordedRequest): Fault | undefined {
    return this.#hit(request, (fault) => OF_BODIES.has(fault.fault));
  }

  clear(): void {
    this.#active.clear();
  }

  #hit(request: RecordedRequest, applies: (fault: Fault) => boolean): Fault | undefined {
    for (const active of this.#active) {
      if (applies(active.fault) && active.matches(request)) return active.hit();
    }
    return undefined;
  }
}

class ActiveFault implements InjectedFault {
  readonly fault: Fault;
  readonly #gone: () => void;
  #hits = 0;

  constructor(fault: Fault, gone: () => void) {
    this.fault = fault;
    this.#gone = gone;
  }

  get hits(): number {
    return this.#hits;
  }

  matches(request: RecordedRequest): boolean {
    if (isNetworkFault(this.fault)) return false;
    const { match } = this.fault;
    if (match === undefined) return true;
    return match instanceof RegExp ? request.path.search(match) >= 0 : match(request);
  }

  async remove(): Promise<void> {
    this.#gone();
  }

  hit(): Fault {
    this.#hits += 1;
    if (!isNetworkFault(this.fault) && this.#hits >= (this.fault.times ?? Infinity)) this.#gone();
    return this.fault;
  }
}

/** Whether a fault is one of the network, and not of requests. */
export function isNetworkFault(fault: Fault): fault is Extract<Fault, { fault: 'refuse' | 'halfOpen' }> {
  return NETWORK.has(fault.fault);
}
