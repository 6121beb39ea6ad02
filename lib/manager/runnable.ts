import type { Observable } from 'rxjs';
import type { Client } from '../client/client.ts';
import type { MetricsRegistry } from '../cluster-cache/cluster-cache-options.ts';
import type { ConnectionState } from '../cluster-cache/cluster-record.ts';
import type { ManagementObjects } from '../controller/source.ts';
import type { Logger } from '../model/logger.ts';

/**
 * When something is started, and on which replica: `caches` and `others` on every one, `leader` only on the one that leads. They are started in this order, and stopped in
 * the opposite one. The next group waits until what is in `caches` has started.
 */
export type RunnableGroupName = 'caches' | 'others' | 'leader';

/** What a manager hands to what it runs. */
export interface RunContext {
  /** Aborts when it is to end. */
  readonly signal: AbortSignal;
  /** The objects of the management cluster that the manager keeps. */
  readonly management: ManagementObjects;
  /** Of the management cluster: reads from memory and writes live, for as long as this replica leads. */
  readonly client: Client;
  /** The connections of the manager's cluster caches, all together, also of those that are added later. Completes when the manager has stopped. */
  readonly connections$: Observable<ConnectionState>;
  /** Where metrics go. @default nowhere */
  readonly metrics?: MetricsRegistry | undefined;
  readonly logger: Logger;
}

/** Something that a manager starts and stops: a controller, a cluster cache, whatever is to live as long. */
export interface Runnable {
  /** For log records and errors. @default 'runnable' */
  readonly name?: string | undefined;
  /** @default 'leader', as controller-runtime */
  readonly group?: RunnableGroupName | undefined;
  /** Of a cluster cache: what the manager's controllers are told of its connections. */
  readonly connections$?: Observable<ConnectionState> | undefined;
  /**
   * Begins. Resolves when it is done or, of what has a `stop`, at any time from its start on; what is in `caches`, when it can be read. When it rejects before it was
   * told to end, the manager stops, and its `start` rejects with the reason.
   */
  start(context: RunContext): PromiseLike<void> | void;
  /** Called once, as `signal` aborts. Resolves when nothing of it runs any more. */
  stop?(): PromiseLike<unknown> | void;
}

/** A runnable that is done when it resolves. */
export type RunFunction = (context: RunContext) => PromiseLike<void> | void;
