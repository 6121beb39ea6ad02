import { deepStrictEqual } from 'node:assert/strict';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';

/** No spec needs more virtual time; a timer nobody unsubscribes stops here, and not when the heap is full. */
const MAX_FRAMES = 3_600_000;

/** The body of a marble test, run in virtual time. */
export const marbles = (body: (helpers: RunHelpers) => void) => (): void => {
  const scheduler = new TestScheduler((actual, expected) => { deepStrictEqual(actual, expected); });
  scheduler.run((helpers) => {
    scheduler.maxFrames = MAX_FRAMES; // run() has set it to Infinity
    body(helpers);
  });
};
