import { type Observable, ReplaySubject, type SchedulerLike, filter, map, of, tap } from 'rxjs';
import type { Client } from '../client/client.ts';
import { ClusterCacheError } from '../model/errors.ts';
import type { Logger } from '../model/logger.ts';
import { type LeadershipState, leaderElection } from './leader-election.ts';
import type { Leadership } from './leadership.ts';
import type { ManagerElectionOptions } from './manager-options.ts';

export interface ElectionOptions {
  /** `undefined`: whoever runs, leads. */
  readonly election: ManagerElectionOptions | undefined;
  /** Live and unfenced. */
  readonly client: Client;
  /** Aborts when the Lease is to be given back. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/** What a manager has to do because of the election. */
export type Verdict = { readonly type: 'leading' } | { readonly type: 'lost'; readonly error: Error };

/** Whether this replica leads. */
export class Election {
  readonly #options: ElectionOptions;
  readonly #states = new ReplaySubject<LeadershipState>(1);
  readonly #elected = new ReplaySubject<true>(1);
  #leads = false;
  #leadership: Leadership | undefined;

  /** Who leads: the newest at once, then every change. Completes with the last; nothing without an election. */
  readonly state$: Observable<LeadershipState> = this.#states.asObservable();
  /** Emits once, `true`, when this replica leads, and completes. */
  readonly elected$: Observable<true> = this.#elected.asObservable();

  constructor(options: ElectionOptions) {
    this.#options = options;
  }

  /** Asked of the clock, now. */
  get isLeader(): boolean {
    return this.#leads && this.#leadership?.isValid() !== false;
  }

  /** Why nothing may be written; `undefined` while it may. Without an election everybody may. */
  forbidden(): Error | undefined {
    const { election } = this.#options;
    if (election === undefined || this.isLeader) return undefined;
    const { leaseNamespace, leaseName } = election;
    const message = `nothing is written: this replica does not hold the Lease ${leaseNamespace}/${leaseName}`;
    return new ClusterCacheError('NOT_LEADER', message, { cause: this.#leadership?.ended() });
  }

  /** Takes part: emits that it leads, and that it does no more. Completes when the Lease is given back, or lost; without an election at once. Never errors. */
  verdict$(): Observable<Verdict> {
    const { election, ...common } = this.#options;
    if (election === undefined) return of<Verdict>({ type: 'leading' }).pipe(tap(() => this.#lead(undefined)));
    const { leaseNamespace: namespace, leaseName: name, ...rest } = election;
    return leaderElection({ lease: { namespace, name }, ...rest, ...common }).pipe(
      tap((state) => {
        if (state.phase === 'leading') this.#lead(state.leadership);
        this.#states.next(state);
      }),
      filter((state) => state.phase === 'leading' || state.phase === 'lost'),
      map((state): Verdict => (state.phase === 'lost' ? { type: 'lost', error: state.error } : { type: 'leading' })),
    );
  }

  /** Nobody leads here any more; streams complete. Idempotent. */
  end(): void {
    this.#leads = false;
    this.#states.complete();
    this.#elected.complete();
  }

  #lead(leadership: Leadership | undefined): void {
    this.#leads = true;
    this.#leadership = leadership;
    this.#elected.next(true);
    this.#elected.complete();
  }
}
