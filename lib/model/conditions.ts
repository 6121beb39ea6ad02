import type { Condition } from './cluster-api/condition.ts';
import { type JsonObject, isJsonObject, ownField, sameJson } from './json.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

/** A condition as it is to be. */
export interface NewCondition extends Pick<Condition, 'type' | 'status' | 'reason'> {
  /** @default '' */
  readonly message?: string | undefined;
  /** @default the generation of the object, where it has one */
  readonly observedGeneration?: number | undefined;
  /** In RFC 3339. @default as it was, where the status stays; `now`, where it is another one */
  readonly lastTransitionTime?: string | undefined;
}

/**
 * The object with the condition in `status.conditions`: in its place where there is one of its type, behind the others where there is none.
 * `lastTransitionTime` moves only with the status. The very same object where nothing changes.
 */
export function setCondition<T extends KubernetesObject>(object: T, condition: NewCondition, now: Date): T {
  const conditions = conditionsOf(object);
  const index = conditions.findIndex(({ type }) => type === condition.type);
  const existing = conditions[index];
  const { observedGeneration = object.metadata?.generation } = condition;
  const next = transitioned(existing, { ...condition, observedGeneration }, now);
  if (next === existing) return object;
  return withConditions(object, existing === undefined ? [...conditions, next] : conditions.with(index, next));
}

/** The object without its condition of the type; the very same object where there is none. */
export function removeCondition<T extends KubernetesObject>(object: T, type: string): T {
  const conditions = conditionsOf(object);
  const left = conditions.filter((condition) => condition.type !== type);
  return left.length === conditions.length ? object : withConditions(object, left);
}

/** The object's condition of the type, as it stands in `status.conditions`. */
export function getCondition(object: KubernetesObject, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}

/** Whether the condition is there, and its status is True. */
export function isConditionTrue(object: KubernetesObject, type: string): boolean {
  return getCondition(object, type)?.status === 'True';
}

/** Whether the condition is there, and its status is False. */
export function isConditionFalse(object: KubernetesObject, type: string): boolean {
  return getCondition(object, type)?.status === 'False';
}

/** Whether the status of the condition is Unknown, or there is no such condition. */
export function isConditionUnknown(object: KubernetesObject, type: string): boolean {
  return (getCondition(object, type)?.status ?? 'Unknown') === 'Unknown';
}

/** The condition after the one that was; `existing` itself where it is the same. */
export function transitioned(existing: Condition | undefined, condition: NewCondition, now: Date): Condition {
  const { type, status, reason, message = '', observedGeneration, lastTransitionTime } = condition;
  const kept = existing?.status === status ? existing.lastTransitionTime : undefined;
  const next: Condition = {
    type, status, reason, message,
    lastTransitionTime: kept ?? lastTransitionTime ?? rfc3339(now),
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  };
  return existing !== undefined && sameJson(existing, next) ? existing : next;
}

/** A time as Kubernetes writes it: in whole seconds, those begun not counted. */
export function rfc3339(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

function conditionsOf(object: KubernetesObject): readonly Condition[] {
  const { status } = object as { readonly status?: unknown };
  const conditions = isJsonObject(status) ? ownField(status, 'conditions') : undefined;
  return Array.isArray(conditions) ? conditions as readonly Condition[] : [];
}

function withConditions<T extends KubernetesObject>(object: T, conditions: readonly Condition[]): T {
  const { status } = object as { readonly status?: JsonObject };
  return { ...object, status: { ...status, conditions } };
}
