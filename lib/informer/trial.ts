/**
 * Uses after which it is decided whether something goes on: so many that a value which a few hundred others lie between is still found twice, and so few that
 * what never pays costs little.
 */
const WINDOW = 512;
/** Of these uses, at least so many must have paid. */
const LEAST = WINDOW / 4;
/** What did not pay is left alone for so many uses and then tried again: objects change, and a sixteenth of the cost is little. */
const REST = 16 * WINDOW;

/** Whether something that costs time is worth it, learned from what it has brought lately. */
export class Trial {
  #uses = 0;
  #paid = 0;
  #rest = 0;

  /** Whether to do it now; each question counts as a use that is left out where it is not. */
  get isDue(): boolean {
    if (this.#rest === 0) return true;
    this.#rest -= 1;
    return false;
  }

  /** It was done, and was worth `paid` uses; one that was more expensive than others counts as `uses`. */
  count(paid: number, uses = 1): void {
    this.#paid += paid;
    this.#uses += uses;
    if (this.#uses < WINDOW) return;
    if (this.#paid < LEAST) this.#rest = REST;
    this.#uses = 0;
    this.#paid = 0;
  }
}
