import { RunnableGroup, type RunnableGroupOptions } from './runnable-group.ts';
import type { Runnable, RunnableGroupName } from './runnable.ts';

/** Turns of the event loop that what ends at once takes until it says so. */
const LAST_TURNS = 5;

/** All that a manager runs. */
export class RunnableGroups {
  readonly #groups: Readonly<Record<RunnableGroupName, RunnableGroup>>;

  constructor(options: RunnableGroupOptions) {
    this.#groups = { caches: new RunnableGroup(options), others: new RunnableGroup(options), leader: new RunnableGroup(options) };
  }

  /** Starts it, now or together with its group. Throws an error of code `STOPPED` after the end. */
  add(runnable: Runnable): void {
    this.#groups[runnable.group ?? 'leader'].add(runnable);
  }

  /** As `RunnableGroup.start`. */
  start(group: RunnableGroupName): Promise<void> {
    return this.#groups[group].start();
  }

  /** Tells the groups to end, the last one first, each when the one before has ended. Resolves with the names of what still runs when there is no patience any more. Never rejects. */
  async end(patience: PromiseLike<void>): Promise<readonly string[]> {
    const { caches, others, leader } = this.#groups;
    const groups = [leader, others, caches];
    for (const group of groups) await Promise.race([group.end(), patience]);
    const running = (): readonly string[] => groups.flatMap((group) => group.running);
    for (let turn = 0; turn < LAST_TURNS && running().length > 0; turn += 1) await nextTurn();
    return running();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}
