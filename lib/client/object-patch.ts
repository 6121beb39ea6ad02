import type { SchedulerLike } from 'rxjs';
import type { Condition } from '../model/cluster-api/condition.ts';
import { type ConditionChange, applyConditionChanges, areConditions, conditionChanges } from '../model/condition-changes.ts';
import { ClusterCacheError } from '../model/errors.ts';
import { type JsonObject, isJsonObject } from '../model/json.ts';
import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import { mergePatch } from '../model/merge-patch.ts';
import { type ObjectKey, formatKey, keyOf } from '../model/object-key.ts';
import { checkOptions, filled, flag, list, optional, procedure, schedulerLike } from '../model/option-check.ts';
import type { Client, CreateOptions } from './client.ts';
import { checkKind, checkName } from './object-path.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** What a patch helper needs of a client. */
export type PatchingClient = Pick<Client, 'get' | 'patch' | 'status'>;

export interface PatchHelperOptions {
  /**
   * Patches only the very state that the object was in: a 409 (`isConflict`) where anybody has written since. Wanted where a list changes that others write as
   * well, such as the finalizers: a merge patch replaces lists in full. @default false: fields that did not change are left as others wrote them
   */
  readonly optimisticLock?: boolean | undefined;
  /** Types of the conditions that are this controller's: where others have changed one too, ours wins. @default none: that is a `ConditionConflictError` */
  readonly ownedConditions?: readonly string[] | undefined;
  /** Spreads the attempts at conditions that others write at the same time; in [0, 1). @default Math.random */
  readonly random?: (() => number) | undefined;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike | undefined;
}

/** Writes what has become of one object. */
export interface PatchHelper<T> {
  /**
   * Sends what differs between the object that the helper was made of and `changed`, a changed copy of it. Resolves to the object as it is stored then, or to
   * the helper's own where nothing differs: nothing is sent then. Each call compares with the same object: for what comes after, make another helper from the
   * answer.
   */
  patch(changed: T, options?: CreateOptions): Promise<T>;
}

/** Conditions that this controller does not own were changed by others as well, to something else; nothing was written. Look at the object anew. */
export class ConditionConflictError extends ClusterCacheError {
  override readonly name = 'ConditionConflictError';
  readonly types: readonly string[];

  constructor(object: KubernetesObject, types: readonly string[]) {
    super('CONDITION_CONFLICT', `${object.kind ?? 'object'} ${formatKey(keyOf(object))}: others have changed the conditions ${types.join(', ')} as well`);
    this.types = types;
  }
}

const SHAPE = { optimisticLock: optional(flag), ownedConditions: optional(list), random: optional(procedure), scheduler: optional(schedulerLike) };

/** Attempts at conditions, and ms between them: Cluster API's, drawn from [100, 200). Whoever writes conditions of one object at the same time spreads out. */
const CONDITION_RETRY = Object.freeze({ steps: 5, delay: 100, jitter: 1 });

/**
 * Remembers an object as it is now, to write later what has become of it: by at most two of the smallest merge patches, of the status and of the rest. The
 * status goes first: where the last finalizer is taken off an object that is being deleted, there is no object afterwards. One that fails ends the call, and
 * the other is not sent. Conditions (`status.conditions`) are merged by their type: those of others stay as they are now, by reading the object again where
 * somebody has written since. Neither object is changed. Throws a TypeError where an argument is wrong; `patch` rejects with one where `changed` is not the
 * same object, by apiVersion, kind, namespace, name, uid or resourceVersion.
 */
export function patchHelper<T extends object>(client: PatchingClient, kind: Kind<T>, object: T, options: PatchHelperOptions = {}): PatchHelper<T> {
  checkKind(kind);
  checkOptions('options', options, SHAPE);
  const { optimisticLock, ownedConditions, ...retrying } = filled({ optimisticLock: false, ownedConditions: [] as readonly string[] }, options);
  const before = partsOf(object);
  const key = keyOf(object);
  checkName(key);
  for (const field of ['apiVersion', 'kind'] as const) {
    const own = (object as KubernetesObject)[field];
    if (own !== undefined && own !== kind[field]) throw new TypeError(`object.${field} must be ${JSON.stringify(kind[field])}, as the kind; got ${JSON.stringify(own)}`);
  }
  const { resourceVersion } = before.metadata;
  if (optimisticLock && resourceVersion === undefined) throw new TypeError('object.metadata.resourceVersion must be there for an optimisticLock; got undefined');

  /** Conditions are a list, which a patch replaces: only on top of the state that they were merged into. */
  const patchConditions = (changes: readonly ConditionChange[], rest: JsonObject | undefined, call: CreateOptions): Promise<T> => {
    let latest: KubernetesObject | undefined = object;
    return retryOnConflict(async (signal) => {
      const onto: KubernetesObject = latest ?? await client.get(kind, key, { signal, timeout: call.timeout }) as KubernetesObject;
      latest = undefined; // read anew for the next attempt
      if (onto.metadata?.uid !== before.metadata.uid) throw replaced(kind, key);
      const { conditions, conflicts } = applyConditionChanges(statusParts(partsOf(onto).status)?.conditions ?? [], changes, ownedConditions);
      if (conflicts.length > 0) throw new ConditionConflictError(object, conflicts);
      const version = onto.metadata?.resourceVersion;
      return client.status.patch(kind, key, {
        ...(version === undefined ? {} : { metadata: { resourceVersion: version } }), status: { ...rest, conditions },
      }, { ...call, signal, type: 'merge' });
    }, { ...retrying, ...CONDITION_RETRY, ...(optimisticLock ? { steps: 1 } : {}), signal: call.signal });
  };

  const patchStatus = async (status: unknown, call: CreateOptions): Promise<T | undefined> => {
    const [was, is] = [statusParts(before.status), statusParts(status)];
    if (was === undefined || is === undefined) return patchFields(mergePatch({ status: before.status }, { status }), call);
    const changes = conditionChanges(was.conditions, is.conditions);
    const rest = mergePatch(was.rest, is.rest);
    if (changes.length > 0) return patchConditions(changes, rest, call);
    return patchFields(rest === undefined ? undefined : { status: rest }, call);
  };

  const patchFields = async (patch: JsonObject | undefined, call: CreateOptions): Promise<T | undefined> => {
    if (patch === undefined) return undefined;
    return client.status.patch(kind, key, optimisticLock ? { metadata: { resourceVersion }, ...patch } : patch, { ...call, type: 'merge' });
  };

  return {
    async patch(changed, call = {}) {
      checkSameObject(object, changed);
      if (changed === object) return object;
      const after = partsOf(changed);
      const written = await patchStatus(after.status, call);
      const main = mergePatch(before.main, after.main);
      if (main === undefined) return written ?? object;
      const stored = call.dryRun === true ? object : written ?? object;
      return client.patch(kind, key, optimisticLock ? lockedTo(main, stored) : main, { ...call, type: 'merge' });
    },
  };
}

/** Throws a TypeError where `changed` is not a state of the same object. */
export function checkSameObject(object: KubernetesObject, changed: KubernetesObject): void {
  if (typeof changed !== 'object' || changed === null) throw new TypeError(`changed must be an object; got ${changed === null ? 'null' : typeof changed}`);
  for (const field of ['apiVersion', 'kind'] as const) checkSame(field, object[field], changed[field]);
  for (const field of ['namespace', 'name', 'uid', 'resourceVersion'] as const) checkSame(`metadata.${field}`, object.metadata?.[field], changed.metadata?.[field]);
}

function checkSame(field: string, expected: string | undefined, got: string | undefined): void {
  if (expected === got) return;
  throw new TypeError(`changed.${field} must be ${JSON.stringify(expected)}, as it was; got ${JSON.stringify(got)}`);
}

interface Parts {
  readonly main: JsonObject;
  readonly metadata: NonNullable<KubernetesObject['metadata']>;
  readonly status: unknown;
}

function partsOf(object: object): Parts {
  const { status, ...main } = object as KubernetesObject & { readonly status?: unknown };
  return { main: { ...main }, metadata: main.metadata ?? {}, status };
}

/** A status with conditions apart; `undefined` where it is something else, or its conditions are. */
function statusParts(status: unknown): { readonly conditions: readonly Condition[]; readonly rest: JsonObject } | undefined {
  if (!isJsonObject(status ?? {})) return undefined;
  const { conditions = [], ...rest } = (status ?? {}) as JsonObject;
  return areConditions(conditions) ? { conditions, rest } : undefined;
}

function replaced({ kind }: Kind<unknown>, key: ObjectKey): Error {
  return new ClusterCacheError('OBJECT_REPLACED', `${kind} ${formatKey(key)} is another object of the same name by now`);
}

/** The same patch, of the state that is stored only. */
function lockedTo(main: JsonObject, stored: KubernetesObject): JsonObject {
  return { ...main, metadata: { ...main['metadata'] as JsonObject | undefined, resourceVersion: stored.metadata?.resourceVersion } };
}
