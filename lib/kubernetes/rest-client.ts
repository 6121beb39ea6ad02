import { type Observable } from 'rxjs';
import { type Kind } from '../model/kubernetes-object.ts';
import { type Transport, type TransportRequest, type TransportResponse } from './transport.ts';

/** How a cluster serves one kind. */
export interface ApiResource {
  /** `/api/v1` or `/apis/GROUP/VERSION`. */
  readonly basePath: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly hasStatus: boolean;
}

export interface RestRequest extends Omit<TransportRequest, 'timeout'> {
  /** ms for one try. @default the client's timeout */
  readonly timeout?: number;
  /** Take a token of the bucket first. @default true */
  readonly limited?: boolean;
}

/** A transport with manners: waits its turn, reads errors, asks for discovery once. Handed to clients, reflectors and probes. */
export interface RestClient {
  readonly transport: Transport;
  /**
   * Emits a 2xx answer once and completes. Errors with a `StatusError` for any other status (a redirect included), with an
   * `UnauthorizedError` cause for 401, with a `TransportError` where none came. 429 with Retry-After is tried again within the timeout.
   */
  request(request: RestRequest): Observable<TransportResponse>;
  /** A watch's lines, as `Transport.lines`, after its token. */
  lines(request: RestRequest): Observable<string>;
  /** How this cluster serves the kind; emits once. Asked once per group version; a 404 or a missing kind errors and is not remembered. */
  resource(kind: Kind<unknown>): Observable<ApiResource>;
  /** Forget what discovery said of the kind's group version: it is asked again. */
  forget(kind: Kind<unknown>): void;
}
