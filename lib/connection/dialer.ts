import type { Observable } from 'rxjs';

/** How a stream reaches what it keeps connected. Observables and not promises, so that a fake can answer in virtual time. */
export interface Dialer<T, C> {
  /** One value when the connection is up. Unsubscribing while dialling gives up; an error is a failed connect. Bounding its time is the dialer's. */
  connect(target: T): Observable<C>;
  /** Completes: alive. Errors: a failed probe; an `UnauthorizedError`: disconnected at once; an `InconclusiveProbeError`: neither. */
  probe(connection: C): Observable<unknown>;
  /** Called once for every connection that `connect` gave, when the stream lets go of it. */
  close(connection: C): void;
  /**
   * Passive evidence: a value or an error says that the connection is lost, and it is dialled again at once, or after the retry interval where it
   * was lost as soon as it was made. Completing says nothing.
   */
  lost$?(connection: C): Observable<unknown>;
  /** Evidence that proves nothing: each value has the connection probed at once, unless a probe is under way. Completing, or an error, says nothing. */
  doubted$?(connection: C): Observable<unknown>;
  /** Takes a new target into a running connection; `true` where it did, and no new connection is dialled. */
  update?(connection: C, target: T): boolean;
}

/** What to be connected to. The same fingerprint means the same target. */
export interface ReadyTarget<T> {
  readonly ready: true;
  readonly target: T;
  readonly fingerprint: string;
}

/** Why there is nothing to connect to now. */
export interface UnreadyTarget {
  readonly ready: false;
  readonly reason: string;
  readonly error?: unknown;
  /** A running connection goes on for as long as it lives. @default false: it is closed */
  readonly keepsConnection?: boolean;
}

export type TargetState<T> = ReadyTarget<T> | UnreadyTarget;
