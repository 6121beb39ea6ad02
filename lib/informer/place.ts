import { Trial } from './trial.ts';

/** Fields of one place that are told apart; the others, such as annotations with a name for each object, are taken for one. */
const MOST_FIELDS = 64;

/** A place in the objects of a kind, such as `spec.containers[].env`, and whether it pays to share what is found there. */
export class Place {
  /** Sharing the value as a whole. */
  readonly whole = new Trial();
  /** Sharing what is in it, where it has not been shared as a whole. */
  readonly inside = new Trial();
  #changed: Trial | undefined;
  readonly #budget: { places: number };
  readonly #fields = new Map<string, Place | undefined>();
  #others: Place | undefined;

  /** `budget` counts down the places that may still be made, of this one and all below it. */
  constructor(budget: { places: number }) {
    this.#budget = budget;
  }

  /** Sharing as a whole what an update has changed there: it is rarely what others have, where first states often are. */
  get changed(): Trial {
    return this.#changed ??= new Trial();
  }

  /** The place of a field, or of the items of an array (`[]`); `undefined` where there is nothing to share, or too much to keep account of. */
  at(field: string): Place | undefined {
    const known = this.#fields.get(field);
    if (known !== undefined || this.#fields.has(field)) return known;
    if (this.#fields.size >= MOST_FIELDS) return this.#others ??= this.#make();
    const made = this.#make();
    this.#fields.set(field, made);
    return made;
  }

  /** Nothing is shared there. */
  leave(...fields: readonly string[]): this {
    for (const field of fields) this.#fields.set(field, undefined);
    return this;
  }

  #make(): Place | undefined {
    if (this.#budget.places === 0) return undefined;
    this.#budget.places -= 1;
    return new Place(this.#budget);
  }
}
