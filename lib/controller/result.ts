import { type Check, checkOptions, flag, optional } from '../model/option-check.ts';

/** What a reconcile asks for. Nothing, or an empty one: its request is done until something changes, and what it failed before is forgotten. */
export interface Result {
  /** Once more, after the rate limiter's wait: that of a failure, without being one. */
  readonly requeue?: boolean | undefined;
  /** Once more after so many ms; what the request failed before is forgotten. Goes before `requeue`; 0 says nothing. */
  readonly requeueAfter?: number | undefined;
  /** The priority that the request waits with, higher first. @default the one that it had, as controller-runtime */
  readonly priority?: number | undefined;
}

const nothing: Result = Object.freeze({});

const resultShape = {
  requeue: optional(flag),
  requeueAfter: optional((value) => (Number.isFinite(value) && (value as number) >= 0 ? undefined : 'a number of milliseconds, 0 or more')),
  priority: optional((value) => (Number.isFinite(value) ? undefined : 'a finite number')),
} satisfies Record<keyof Result, Check>;

/** What a reconcile ended with, as a result. Throws a TypeError that says what was expected and what came: a misspelt field would leave its request alone for ever. */
export function resultOf(value: unknown): Result {
  if (value === undefined) return nothing;
  checkOptions('the result', value, resultShape);
  return value as Result;
}
