import { StatusError, isAlreadyExists, isConflict, isForbidden, isNotFound } from '../kubernetes/status-error.ts';
import { TransportError } from '../model/errors.ts';
import { formatKey } from '../model/object-key.ts';
import { clockOf } from '../operators/clock.ts';
import { JITTER_FACTOR, type ResolvedLeaderElectionOptions } from './leader-election-options.ts';
import { LeadershipLostError, RenewableLeadership } from './leadership.ts';
import { ElectionLease, type LeaseRecord, isSameRecord, isSameTerm, leaseWith, microTime, recordOf } from './lease-record.ts';

/** A Lease as it was last seen, and since when it has been so by our own clock. */
interface Observed {
  /** Absent: there is no such Lease. */
  readonly lease: ElectionLease | undefined;
  readonly record: LeaseRecord;
  readonly since: number;
}

const NOBODY: LeaseRecord = Object.freeze({ holder: '', duration: undefined, acquireTime: '', renewTime: '', transitions: 0 });

/** ms that a Lease may plausibly be held without a word. A longer one is obeyed, and said to be strange. */
const LONGEST_LEASE = 3_600_000;

/**
 * One who wants a Lease: what it has seen of it, and the requests to acquire it, to renew it and to give it back. What fails is logged, once for each reason until
 * something succeeds. Each of them is to be called when the one before has ended.
 */
export class Candidate {
  readonly #options: ResolvedLeaderElectionOptions;
  readonly #clock: () => number;
  #observed: Observed;
  /** What we last wrote, or may have written: where no answer came, nobody knows. */
  #own: LeaseRecord | undefined;
  /** Whether the Lease may be another than the one that was last seen. */
  #stale = false;
  /** The largest `leaseTransitions` that was seen: a Lease that was deleted, or set back, does not count from the beginning again. */
  #generation = -1;
  #complaint = '';

  constructor(options: ResolvedLeaderElectionOptions) {
    this.#options = options;
    this.#clock = clockOf(options.scheduler);
    this.#observed = { lease: undefined, record: NOBODY, since: this.#clock() };
  }

  /** Who holds the Lease, as far as is known. */
  get record(): LeaseRecord {
    return this.#observed.record;
  }

  /** Whether the Lease may be ours, known or unknown. */
  get mayHold(): boolean {
    return this.#own !== undefined;
  }

  /** ms to wait before the next try to acquire it: a retryPeriod with its jitter, and not beyond the moment when it expires. */
  pause(): number {
    const { retryPeriod, random } = this.#options;
    const jittered = retryPeriod * (1 + (JITTER_FACTOR - 1) * random());
    const left = this.#expiresIn();
    return left > 0 ? Math.min(jittered, left) : jittered;
  }

  /** Tries once. `undefined`: another holds it, or it could not be had; nothing is known to be held then. Rejects when the signal aborts, and never else. */
  async acquire(signal: AbortSignal): Promise<RenewableLeadership | undefined> {
    try {
      await this.#look(signal);
      const { record } = this.#observed;
      const isOwn = this.#own !== undefined && isSameRecord(record, this.#own);
      if (!isOwn && this.#expiresIn() > 0) {
        this.#complaint = '';
        return undefined;
      }
      const wanted = isOwn ? this.#renewal() : this.#term();
      const begun = this.#clock();
      await this.#write(wanted, signal);
      const { identity, renewDeadline } = this.#options;
      const leadership = new RenewableLeadership({ identity, generation: wanted.transitions, clock: this.#clock, renewDeadline, begun });
      // An answer that came so late that it may be another's by now: if it is not, the next try finds it to be ours.
      if (leadership.isValid()) return leadership;
    } catch (error) {
      signal.throwIfAborted();
      this.#complain('acquire', error);
    }
    return undefined;
  }

  /** Renews a term once. Rejects with a `LeadershipLostError` where the Lease is not its any more; whatever else fails is for the next try, as long as there is time. */
  async renew(leadership: RenewableLeadership, signal: AbortSignal): Promise<void> {
    try {
      if (this.#stale) await this.#lookForOwn(leadership, signal);
      try {
        await this.#renewed(leadership, signal);
      } catch (error) {
        if (!isConflict(error) && !isNotFound(error) && !isAlreadyExists(error)) throw error;
        // Somebody has written: it may have been for another reason than to hold it.
        await this.#lookForOwn(leadership, signal);
        await this.#renewed(leadership, signal);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof LeadershipLostError) throw error;
      this.#complain('renew', error);
    }
  }

  /** Gives the Lease back where it is ours: nobody holds it then. Never rejects. */
  async release(signal: AbortSignal): Promise<void> {
    const own = this.#own;
    if (own === undefined) return;
    try {
      for (let tries = 2; tries > 0; tries -= 1) {
        await this.#look(signal);
        if (!isSameTerm(this.#observed.record, own)) break;
        const now = this.#time();
        try {
          // As client-go: without a holder, and of a second, for those who look at the duration alone.
          await this.#write({ ...own, holder: '', duration: 1000, acquireTime: now, renewTime: now }, signal);
          break;
        } catch (error) {
          // A request that was taken back may have come through all the same.
          if (!isConflict(error) || tries === 1) throw error;
        }
      }
      this.#own = undefined;
    } catch (error) {
      if (!signal.aborted) this.#complain('release', error);
    }
  }

  async #renewed(leadership: RenewableLeadership, signal: AbortSignal): Promise<void> {
    const begun = this.#clock();
    await this.#write(this.#renewal(), signal);
    leadership.renewed(begun);
    this.#complaint = '';
  }

  /** ms until the Lease as it was last seen has not changed for as long as it says. */
  #expiresIn(): number {
    const { record, since } = this.#observed;
    return record.holder === '' ? 0 : since + (record.duration ?? this.#options.leaseDuration) - this.#clock();
  }

  /** The record of a new term. Also where the holder has our own name: that was a process before this one, or is one beside it. */
  #term(): LeaseRecord {
    const { identity: holder, leaseDuration } = this.#options;
    const now = this.#time();
    return { holder, duration: Math.ceil(leaseDuration / 1000) * 1000, acquireTime: now, renewTime: now, transitions: this.#generation + 1 };
  }

  #renewal(): LeaseRecord {
    return { ...this.#observed.record, renewTime: this.#time() };
  }

  /** For people, and so that no two records are equal by chance: nobody decides by it. */
  #time(): string {
    const { scheduler, random } = this.#options;
    return microTime(scheduler.now(), Math.floor(random() * 1000));
  }

  /** Reads the Lease. What is gone is as it was last seen: who held it then may still lead. */
  async #look(signal: AbortSignal): Promise<void> {
    const { client, lease: key } = this.#options;
    let lease: ElectionLease | undefined;
    try {
      lease = await client.get(ElectionLease, key, this.#call(signal));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.#stale = false;
    if (lease === undefined) this.#observed = { ...this.#observed, lease };
    else this.#see(lease);
  }

  async #lookForOwn({ generation, identity }: RenewableLeadership, signal: AbortSignal): Promise<void> {
    await this.#look(signal);
    const { record } = this.#observed;
    if (this.#own !== undefined && isSameTerm(record, this.#own)) return;
    const held = record.holder === '' ? 'nobody' : JSON.stringify(record.holder);
    throw new LeadershipLostError(`Lease ${formatKey(this.#options.lease)} must be held by ${JSON.stringify(identity)} with leaseTransitions ${generation}; got ${held} with ${record.transitions}`
      + (record.holder === identity ? ': is there another process of the same identity?' : ''));
  }

  #see(lease: ElectionLease): void {
    const record = recordOf(lease);
    const { record: before, lease: leaseBefore } = this.#observed;
    this.#generation = Math.max(this.#generation, record.transitions);
    const isNew = leaseBefore === undefined && before === NOBODY;
    this.#observed = { lease, record, since: !isNew && isSameRecord(record, before) ? this.#observed.since : this.#clock() };
    if (record.holder !== '' && (isNew || record.holder !== before.holder)) this.#tellHolder(lease, record);
  }

  async #write(record: LeaseRecord, signal: AbortSignal): Promise<void> {
    const { client, lease: key } = this.#options;
    const { lease } = this.#observed;
    const object = leaseWith(record, key, lease);
    const before = this.#own;
    this.#own = record;
    this.#stale = true;
    try {
      const written = await (lease === undefined ? client.create(ElectionLease, object, this.#call(signal)) : client.update(ElectionLease, object, this.#call(signal)));
      this.#stale = false;
      this.#observed = { lease: written, record, since: this.#clock() };
    } catch (error) {
      if (isRefusal(error)) this.#own = before;
      throw error;
    }
  }

  #call(signal: AbortSignal): { readonly signal: AbortSignal; readonly timeout: number } {
    // As client-go: one request that hangs must leave time for another.
    return { signal, timeout: this.#options.renewDeadline / 2 };
  }

  #tellHolder({ spec }: ElectionLease, { holder, duration }: LeaseRecord): void {
    const { logger, lease, identity, leaseDuration } = this.#options;
    const fields = { lease: formatKey(lease), identity, holder };
    logger.info(fields, 'the lease has a holder');
    if (duration !== undefined && duration <= LONGEST_LEASE) return;
    logger.warn({ ...fields, expected: `leaseDurationSeconds from 1 to ${LONGEST_LEASE / 1000}`, got: spec?.leaseDurationSeconds ?? 'none', waits: duration ?? leaseDuration },
      'the lease was written by somebody else than a candidate');
  }

  #complain(what: 'acquire' | 'renew' | 'release', err: unknown): void {
    // Others were faster: that is what an election is.
    if (what === 'acquire' && (isConflict(err) || isAlreadyExists(err))) return;
    const complaint = `${what}: ${err instanceof Error ? err.message : String(err)}`;
    if (complaint === this.#complaint) return;
    this.#complaint = complaint;
    const { logger, lease, identity } = this.#options;
    const hint = isForbidden(err) ? { expected: 'a user with the verbs get, create and update on leases.coordination.k8s.io in this namespace' } : {};
    logger.error({ lease: formatKey(lease), identity, err, ...hint }, `cannot ${what} the lease`);
  }
}

/** Whether the server has certainly not acted on what was asked. */
function isRefusal(error: unknown): boolean {
  return error instanceof StatusError ? error.statusCode < 500 : error instanceof TransportError && !error.outcomeUnknown;
}
