import type { Condition } from './cluster-api/condition.ts';
import { isJsonObject, sameJson } from './json.ts';

/** What became of the condition of one type. */
export interface ConditionChange {
  readonly type: string;
  /** Absent: there was none. */
  readonly before?: Condition | undefined;
  /** Absent: it was removed. */
  readonly after?: Condition | undefined;
}

/** Conditions with changes in them, and the types of those that others have changed otherwise. */
export interface MergedConditions {
  readonly conditions: readonly Condition[];
  readonly conflicts: readonly string[];
}

/** Whether something is conditions that can be told apart: each of a type of its own. */
export function areConditions(value: unknown): value is readonly Condition[] {
  if (!Array.isArray(value)) return false;
  const types = new Set(value.map((condition: unknown) => (isJsonObject(condition) ? condition['type'] : undefined)));
  return types.size === value.length && [...types].every((type) => typeof type === 'string');
}

/** What has changed, by type: first what was there before, then what is new. */
export function conditionChanges(before: readonly Condition[], after: readonly Condition[]): readonly ConditionChange[] {
  const types = new Set([...before, ...after].map(({ type }) => type));
  return [...types].map((type) => ({ type, before: ofType(before, type), after: ofType(after, type) })).filter((change) => !sameJson(change.before, change.after));
}

/**
 * The changes made to the conditions as they are now, which others have written as well. `conflicts` are the types that somebody else has changed to something
 * else than we: for the types in `owned` ours wins, whatever the others did. What only others changed is theirs.
 */
export function applyConditionChanges(latest: readonly Condition[], changes: readonly ConditionChange[], owned: readonly string[]): MergedConditions {
  const conflicts = changes.filter(({ type, before, after }) => {
    const now = ofType(latest, type);
    return !owned.includes(type) && !sameState(now, before) && !sameState(now, after);
  });
  const conditions = changes.reduce(applied, latest);
  return { conditions, conflicts: conflicts.map(({ type }) => type) };
}

function applied(conditions: readonly Condition[], { type, after }: ConditionChange): readonly Condition[] {
  const index = conditions.findIndex((condition) => condition.type === type);
  if (after === undefined) return index < 0 ? conditions : conditions.filter((condition) => condition.type !== type);
  if (sameState(conditions[index], after)) return conditions; // somebody was faster
  return index < 0 ? [...conditions, after] : conditions.with(index, after);
}

/** Whether two conditions say the same, whenever they came to say it. */
function sameState(a: Condition | undefined, b: Condition | undefined): boolean {
  return a === undefined || b === undefined ? a === b
    : a.status === b.status && a.reason === b.reason && a.message === b.message && a.observedGeneration === b.observedGeneration;
}

function ofType(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}
