import type { Catalogue } from './catalogue.ts';
import type { Faults } from './fault.ts';
import type { ObjectStore } from './object-store.ts';
import type { RecordedRequest, RequestLog } from './request-log.ts';
import type { Users } from './users.ts';
import type { Watches } from './watches.ts';

/** How requests without credentials are taken: 401; 403 but for the open paths, as kube-apiserver does by default; or let in. */
export type AnonymousAccess = 'unauthorized' | 'forbidden' | 'allowed';

/** What a request is answered from. */
export interface ServerState {
  readonly store: ObjectStore;
  readonly users: Users;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly watches: Watches;
  /** Rules that forbid something to somebody. */
  readonly forbidding: ReadonlySet<(request: RecordedRequest) => boolean>;
  readonly anonymous: AnonymousAccess;
  /** Whether a watch may ask for its initial events. */
  readonly watchList: boolean;
  /** ms after which a watch ends that says nothing about it. */
  readonly watchTimeout: number;
  readonly catalogue: Catalogue;
  /** Whether the resource was defined just now and is not ready. */
  initializing(resource: string): boolean;
  now(): Date;
  /** Runs `action` after `delay` ms, unless the server stops first. */
  later(delay: number, action: () => void): void;
}

/** A request from its arrival to its answer, as it fills up. */
export type OpenRequest = { -readonly [field in keyof RecordedRequest]: RecordedRequest[field] };
