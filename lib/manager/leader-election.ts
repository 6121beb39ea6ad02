import { EMPTY, NEVER, Observable, catchError, concat, defer, distinctUntilChanged, ignoreElements, map, merge, of, repeat, startWith, switchMap, takeUntil, takeWhile, tap, timer } from 'rxjs';
import { abortable } from '../operators/abortable.ts';
import { abortOf } from '../operators/until-aborted.ts';
import { Candidate } from './candidate.ts';
import { type LeaderElectionOptions, type ResolvedLeaderElectionOptions, resolveLeaderElectionOptions } from './leader-election-options.ts';
import { type Leadership, LeadershipLostError, RenewableLeadership } from './leadership.ts';

/** Who leads, as one candidate sees it. `generation` is the `leaseTransitions` of the Lease, 0 where it is not known yet. */
export type LeadershipState =
  /** Another one leads, or nobody (`holder` is `''`), or it is not known yet. */
  | { readonly phase: 'waiting'; readonly leader: false; readonly holder: string; readonly generation: number }
  /** This one leads for as long as `leadership` is valid: ask it before each thing that only a leader may do. */
  | { readonly phase: 'leading'; readonly leader: true; readonly holder: string; readonly generation: number; readonly leadership: Leadership }
  /** This one has led, and does not any more. */
  | { readonly phase: 'lost'; readonly leader: false; readonly holder: string; readonly generation: number; readonly error: LeadershipLostError }
  /** This one was told to stop while it led, and has given the Lease back, or has tried to. */
  | { readonly phase: 'released'; readonly leader: false; readonly holder: string; readonly generation: number };

/**
 * Elects one leader among all candidates for a Lease, as client-go's leaderelection does. Throws a TypeError for options that cannot be used.
 *
 * Cold; every subscription is one candidate, and no two may share an identity. Emits `waiting` first, and again whenever the holder changes, then `leading` once, at last `lost` or `released`,
 * and completes: who has lost does not lead again, for what it had begun may still be under way; end the process, as controller-runtime does. An aborted `signal` completes it, after the Lease
 * is given back where it was held; one that was lost is not: the next leader had better wait. Never errors: what fails is logged, once for each reason, and tried again.
 *
 * Nothing is decided by comparing clocks of two machines, or by a clock that can be set. A Lease has expired for this candidate when it has not seen it change for as long as the Lease itself
 * says; a leader leads until `renewDeadline` after it began to send the last renewal that succeeded.
 */
export function leaderElection(options: LeaderElectionOptions): Observable<LeadershipState> {
  const resolved = resolveLeaderElectionOptions(options);
  return defer(() => candidacy(new Candidate(resolved), resolved));
}

function candidacy(candidate: Candidate, options: ResolvedLeaderElectionOptions): Observable<LeadershipState> {
  return new Observable((subscriber) => {
    let leadership: RenewableLeadership | undefined;
    const lead$ = acquired(candidate, options).pipe(switchMap((won) => {
      if (!isWon(won)) return of(won);
      leadership = won;
      return term(candidate, won, options);
    }));
    /** Whether there is anything to give back: who has lost the Lease has not, and who waits may have acquired it unawares. */
    const ends = (because: string): boolean => {
      const lost = leadership !== undefined && !leadership.isValid();
      leadership?.end(new LeadershipLostError(because));
      return !lost;
    };
    const stop$ = defer(() => {
      if (!ends('told to stop')) return EMPTY;
      const { holder, transitions } = candidate.record;
      const released: LeadershipState = { phase: 'released', leader: false, holder: options.releaseOnCancel ? '' : holder, generation: transitions };
      return concat(givenBack(candidate, options), leadership === undefined ? EMPTY : of(released));
    });
    subscriber.add(concat(lead$.pipe(takeUntil(options.signal === undefined ? NEVER : abortOf(options.signal))), stop$).subscribe(subscriber));
    return () => {
      if (ends('nobody is subscribed any more')) givenBack(candidate, options).subscribe();
    };
  });
}

/** Tries until the Lease is held. Emits `waiting` at first and whenever the holder changes, at last the term, and completes. */
function acquired(candidate: Candidate, { scheduler }: ResolvedLeaderElectionOptions): Observable<LeadershipState | RenewableLeadership> {
  const waiting = (): LeadershipState => ({ phase: 'waiting', leader: false, holder: candidate.record.holder, generation: candidate.record.transitions });
  const tries$ = abortable((signal) => candidate.acquire(signal)).pipe(repeat({ delay: () => timer(candidate.pause(), scheduler) }));
  return defer(() => tries$.pipe(
    map((leadership) => leadership ?? waiting()),
    startWith(waiting()),
    distinctUntilChanged((before, now) => !isWon(before) && !isWon(now) && before.holder === now.holder),
    takeWhile((state) => !isWon(state), true),
  ));
}

function isWon(state: LeadershipState | RenewableLeadership): state is RenewableLeadership {
  return state instanceof RenewableLeadership;
}

/** One term: emits that it has begun, renews it until it is lost, emits so and completes. */
function term(candidate: Candidate, leadership: RenewableLeadership, { retryPeriod, scheduler, logger, identity }: ResolvedLeaderElectionOptions): Observable<LeadershipState> {
  const { generation } = leadership;
  const leading: LeadershipState = { phase: 'leading', leader: true, holder: identity, generation, leadership };
  const expiry$ = defer(() => timer(leadership.left, scheduler)).pipe(tap(() => leadership.assertValid()), repeat());
  const renewals$ = timer(retryPeriod, scheduler).pipe(switchMap(() => abortable((signal) => candidate.renew(leadership, signal))), repeat());
  return defer(() => {
    logger.info({ identity, generation }, 'leads');
    return concat(of(leading), merge(expiry$, renewals$).pipe(ignoreElements()));
  }).pipe(catchError((cause: unknown) => {
    const error = leadership.end(cause instanceof LeadershipLostError ? cause : new LeadershipLostError('it could not be renewed', { cause }));
    logger.error({ identity, generation, err: error }, 'leadership lost');
    return of<LeadershipState>({ phase: 'lost', leader: false, holder: candidate.record.holder, generation, error });
  }));
}

/** Completes when the Lease is given back, or when `renewDeadline` is over: it runs out by itself then. At once where it cannot be held. Never errors. */
function givenBack(candidate: Candidate, { releaseOnCancel, renewDeadline, scheduler }: ResolvedLeaderElectionOptions): Observable<never> {
  if (!releaseOnCancel || !candidate.mayHold) return EMPTY;
  return abortable((signal) => candidate.release(signal)).pipe(takeUntil(timer(renewDeadline, scheduler)), ignoreElements());
}
