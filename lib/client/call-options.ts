import { type Check, type Shape, checkOptions, count, duration, flag, having, optional, text, words } from '../model/option-check.ts';
import { pathSegment } from './object-path.ts';
import type { PatchOptions } from './client.ts';

const seconds: Check = (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : 'a whole number of seconds, 0 or more');
const oneOf = (...values: readonly string[]): Check => (value) => (values.includes(value as string) ? undefined : `one of ${values.join(', ')}`);

/** Kubernetes allows no longer one. */
const LONGEST_FIELD_MANAGER = 128;
const fieldManager: Check = (value) => (typeof value === 'string' && value !== '' && value.length <= LONGEST_FIELD_MANAGER
  ? undefined : `a name of 1 to ${LONGEST_FIELD_MANAGER} characters`);

const call: Shape = { signal: optional(having('an AbortSignal', 'addEventListener', 'removeEventListener')), timeout: optional(duration) };
const write: Shape = { ...call, dryRun: optional(flag) };
const selection: Shape = { namespace: optional((value) => (value === '' ? undefined : pathSegment(value))), labelSelector: optional(words), fieldSelector: optional(words) };
const deletion: Shape = { ...write, propagationPolicy: optional(oneOf('Orphan', 'Background', 'Foreground')), gracePeriodSeconds: optional(seconds) };
const change: Shape = { ...write, fieldManager: optional(fieldManager), fieldValidation: optional(oneOf('Ignore', 'Warn', 'Strict')) };
const patch: Shape = { ...change, type: oneOf('merge', 'json', 'strategic', 'apply') };

const SHAPES = {
  get: { ...call, resourceVersion: optional(words), stale: optional(flag) },
  list: {
    ...call, ...selection, limit: optional(count), continue: optional(text),
    resourceVersion: optional(words), resourceVersionMatch: optional(oneOf('NotOlderThan', 'Exact')),
    index: { field: text, value: words }, stale: optional(flag),
  },
  observed: { ...call, namespace: optional(words) },
  create: change,
  update: change,
  patch,
  apply: { ...patch, fieldManager, force: optional(flag) },
  delete: { ...deletion, preconditions: { uid: optional(text), resourceVersion: optional(text) } },
  deleteAllOf: { ...deletion, ...selection },
} satisfies Readonly<Record<string, Shape>>;

/** Throws a TypeError where a call's options are not what it takes. */
export function checkCall(call: 'get' | 'list' | 'observed' | 'create' | 'update' | 'delete' | 'deleteAllOf', options: unknown): void {
  checkOptions('options', options, SHAPES[call]);
}

/** As {@link checkCall}, for a patch: what it takes depends on its type. */
export function checkPatch(options: PatchOptions): void {
  checkOptions('options', options, (options as PatchOptions | undefined)?.type === 'apply' ? SHAPES.apply : SHAPES.patch);
}
