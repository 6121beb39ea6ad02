import { Observable, Subscription, concat, ignoreElements, timer } from 'rxjs';
import { clockOf } from '../operators/clock.ts';
import type { ResolvedConnectionOptions } from './connection-options.ts';
import type { Dialer, ReadyTarget, TargetState } from './dialer.ts';
import { dialUntilConnected } from './dial-until-connected.ts';
import { type Loss, retryDelay } from './decisions.ts';
import { probeHealth } from './health-probe.ts';
import type { StreamEvent } from './stream-state.ts';

interface Live<C> {
  readonly connection: C;
  /** By the clock. */
  readonly madeAt: number;
  fingerprint: string;
  readonly probing: Subscription;
}

/**
 * The connections to one target, one after the other: at most one that is live and probed and, beside it, one that is being dialled. A new
 * target is dialled while the old connection goes on, which is closed once its successor is up. Never errors; completes with `target$`, or
 * when that errors, after the last connection is closed; unsubscribing closes it too.
 */
export function makeBeforeBreak<T, C>(
  target$: Observable<TargetState<T>>, dialer: Dialer<T, C>, options: ResolvedConnectionOptions,
): Observable<StreamEvent<C>> {
  const { retryInterval, random, scheduler } = options;
  return new Observable<StreamEvent<C>>((subscriber) => {
    let wanted: TargetState<T> | undefined;
    let live: Live<C> | undefined;
    let dial = Subscription.EMPTY;
    /** The attempt that is under way in `dial`, and not waiting for the next. */
    let attempt: number | undefined;
    const clock = clockOf(scheduler);
    const { serially, within } = serializer();
    const now = () => new Date(scheduler.now());
    const emit = (event: StreamEvent<C>) => subscriber.next(event);

    const release = () => {
      const released = live;
      live = undefined;
      released?.probing.unsubscribe();
      if (released !== undefined) closeQuietly(dialer, released.connection);
    };

    const giveUpDial = () => {
      dial.unsubscribe();
      attempt = undefined;
    };

    const dialAfter = (delay: number, target: ReadyTarget<T>) => {
      giveUpDial();
      if (subscriber.closed) return; // by whoever was told that the last one is lost
      const attempts$ = dialUntilConnected(target, dialer, options);
      const dialled$ = delay === 0 ? attempts$ : concat(timer(delay, scheduler).pipe(ignoreElements()), attempts$);
      const own = dial = new Subscription();
      own.add(dialled$.subscribe((event) => {
        if (event.type === 'connected') return serially(() => takeOver(event, own));
        // Told before the dialer is called, whatever the dial comes from: a dial is the last that a step does.
        return within(() => {
          attempt = event.type === 'dialling' ? event.attempt : undefined;
          emit(event);
        });
      }));
    };

    const takeOver = (event: Extract<StreamEvent<C>, { type: 'connected' }>, dialledBy: Subscription) => {
      const { connection, fingerprint } = event;
      if (dialledBy.closed) return closeQuietly(dialer, connection); // given up between the connect and this step
      attempt = undefined;
      const predecessor = live;
      predecessor?.probing.unsubscribe();
      const probes = new Subscription();
      live = { connection, madeAt: clock(), fingerprint, probing: probes };
      emit(event);
      if (predecessor !== undefined) closeQuietly(dialer, predecessor.connection);
      if (!probes.closed) probes.add(probeHealth(connection, dialer, options).subscribe({
        next: (probed) => serially(() => emit(probed)),
        error: (loss: Loss) => serially(() => lose(connection, loss)),
      }));
    };

    const lose = (connection: C, { reason, error }: Loss) => {
      if (live?.connection !== connection) return;
      if (wanted?.ready !== true) {
        if (reason !== 'connectionLost') emit({ type: 'probed', outcome: 'failure', at: now() });
        return withdraw();
      }
      const isWanted = live.fingerprint === wanted.fingerprint;
      const lived = clock() - live.madeAt;
      release();
      // What is wanted now may be another target than the one that was lost, and owes nothing to its failures.
      const delay = isWanted ? retryDelay(reason, lived, retryInterval, random) : 0;
      emit({ type: 'lost', reason, error, at: now(), ...(delay > 0 ? { retryAt: new Date(scheduler.now() + delay) } : {}) });
      if (attempt === undefined) dialAfter(delay, wanted);
      else emit({ type: 'dialling', attempt, at: now() });
    };

    const withdraw = () => {
      giveUpDial();
      release();
      if (wanted?.ready === false) emit({ type: 'withdrawn', reason: wanted.reason, error: wanted.error, at: now() });
    };

    const aim = (next: TargetState<T>) => {
      if (subscriber.closed) return;
      const before = wanted;
      wanted = next;
      if (!next.ready) {
        if (live === undefined || next.keepsConnection !== true) return withdraw();
        giveUpDial();
        return emit({ type: 'kept', error: next.error, at: now() });
      }
      if (before?.ready === true && before.fingerprint === next.fingerprint) return;
      if (live === undefined) return dialAfter(0, next);
      if (live.fingerprint === next.fingerprint || updateQuietly(dialer, live.connection, next.target)) {
        giveUpDial();
        live.fingerprint = next.fingerprint;
        return emit({ type: 'updated', fingerprint: next.fingerprint, at: now() });
      }
      dialAfter(0, next);
    };

    const end = () => serially(() => {
      giveUpDial();
      release();
      subscriber.complete();
    });

    subscriber.add(() => {
      giveUpDial();
      release();
    });
    subscriber.add(target$.subscribe({ next: (next) => serially(() => aim(next)), error: end, complete: end }));
  });
}

type Step = () => void;

/**
 * `serially` runs steps one after the other, those that come from inside a step after it: a consumer may push a target while it is told of a state. `within`
 * makes something the end of the step that is running, or a step of its own.
 */
function serializer(): { serially(step: Step): void; within(step: Step): void } {
  const waiting: Step[] = [];
  let running = false;
  const serially = (step: Step) => {
    waiting.push(step);
    if (running) return;
    running = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) next();
    } finally {
      running = false;
    }
  };
  return { serially, within: (step) => (running ? step() : serially(step)) };
}

/** A dialer that cannot take the target in place, and one that fails to, has to dial it. */
function updateQuietly<T, C>(dialer: Dialer<T, C>, connection: C, target: T): boolean {
  try {
    return dialer.update?.(connection, target) === true;
  } catch {
    return false;
  }
}

/** A connection that cannot be closed must not end the stream that is rid of it. */
function closeQuietly<C>(dialer: Dialer<never, C>, connection: C): void {
  try {
    dialer.close(connection);
  } catch { /* there is nobody to tell: the contract of close has no error */ }
}
