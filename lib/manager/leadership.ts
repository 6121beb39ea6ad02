import { ClusterCacheError, type ClusterCacheErrorOptions } from '../model/errors.ts';

/** This process does not lead, or leads no more: what it was about to write is another's to write. */
export class LeadershipLostError extends ClusterCacheError {
  override readonly name = 'LeadershipLostError';

  constructor(because: string, options: ClusterCacheErrorOptions = {}) {
    super('LEADERSHIP_LOST', `leadership lost: ${because}`, options);
  }
}

/**
 * One term of one leader. It is valid until `renewDeadline` after the last renewal that succeeded was begun, by the monotonic clock: asked, it looks at the clock,
 * and waits for no timer, so that a process that was stopped knows at once. What was found to be over is never valid again.
 */
export interface Leadership {
  readonly identity: string;
  /** The fencing number: larger than that of every leader before. It is the Lease's `leaseTransitions`. */
  readonly generation: number;
  /** ms of the scheduler's clock (`clockOf`); every renewal moves it. */
  readonly validUntil: number;
  isValid(): boolean;
  /** Why it is valid no more; `undefined` while it is. It is a `Fence` for what may be sent by a leader only, and may be handed on alone. */
  readonly ended: () => LeadershipLostError | undefined;
  /** Throws what {@link Leadership.ended} returns. */
  assertValid(): void;
}

/** A {@link Leadership} as the one who renews it has it. */
export class RenewableLeadership implements Leadership {
  readonly identity: string;
  readonly generation: number;
  readonly #clock: () => number;
  readonly #renewDeadline: number;
  #validUntil: number;
  #end: LeadershipLostError | undefined;

  /** `begun`: when the request that acquired it was about to be sent. */
  constructor({ identity, generation, clock, renewDeadline, begun }: {
    readonly identity: string; readonly generation: number; readonly clock: () => number; readonly renewDeadline: number; readonly begun: number;
  }) {
    this.identity = identity;
    this.generation = generation;
    this.#clock = clock;
    this.#renewDeadline = renewDeadline;
    this.#validUntil = begun + renewDeadline;
  }

  get validUntil(): number {
    return this.#validUntil;
  }

  /** ms; 0 or less where it is over. */
  get left(): number {
    return this.#validUntil - this.#clock();
  }

  isValid(): boolean {
    return this.ended() === undefined;
  }

  readonly ended = (): LeadershipLostError | undefined => {
    if (this.#end === undefined && this.left <= 0) this.#end = new LeadershipLostError(`not renewed within ${this.#renewDeadline} ms`);
    return this.#end;
  };

  assertValid(): void {
    const end = this.ended();
    if (end !== undefined) throw end;
  }

  /** A renewal has succeeded that was about to be sent at `begun`. Changes nothing where the term is over by now. */
  renewed(begun: number): void {
    if (this.isValid()) this.#validUntil = Math.max(this.#validUntil, begun + this.#renewDeadline);
  }

  /** Ends it, at once and for good; the first reason stays. */
  end(error: LeadershipLostError): LeadershipLostError {
    return (this.#end ??= error);
  }
}
