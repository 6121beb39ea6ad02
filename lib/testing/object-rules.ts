import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject, ObjectMeta } from '../model/kubernetes-object.ts';
import { badRequest, conflict, internalError, invalid, methodNotAllowed } from './refusal.ts';
import { type Resource, groupVersion } from './resource.ts';

/** An object with everything that any kind has beside its metadata. */
export interface AnyObject extends KubernetesObject {
  readonly [field: string]: unknown;
}

/** `metadata` with what the model leaves out. */
export interface FullMeta extends ObjectMeta {
  readonly generateName?: string;
  readonly deletionGracePeriodSeconds?: number;
}

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAME_RULE = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
/** Their names are path segments and little else. */
const ANY_NAME: ReadonlySet<string> = new Set(['rbac.authorization.k8s.io']);

/** Where a request wants to write. */
export interface Target {
  readonly resource: Resource;
  readonly version: string;
  /** Absent for what is cluster-scoped. */
  readonly namespace?: string | undefined;
  /** Absent for a create. */
  readonly name?: string | undefined;
}

/** The object of a body as an object of the target: of its kind, in its namespace, under its name. */
export function addressed(body: unknown, { resource, version, namespace, name }: Target): AnyObject {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind}): couldn't get version/kind`);
  const given = body as AnyObject;
  const apiVersion = groupVersion(resource.group, version);
  checkKind(resource, given, apiVersion);
  const metadata: FullMeta = given.metadata ?? {};
  if (namespace !== undefined && (metadata.namespace ?? namespace) !== namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (name !== undefined && (metadata.name ?? name) !== name) throw badRequest(`the name of the object (${metadata.name ?? ''}) does not match the name on the URL (${name})`);
  const { namespace: _, ...rest } = metadata;
  return { ...given, apiVersion, kind: resource.kind, metadata: { ...rest, ...(name !== undefined && { name }), ...(resource.namespaced && namespace !== undefined && { namespace }) } };
}

function checkKind({ kind, group, custom }: Resource, given: AnyObject, apiVersion: string): void {
  if (custom === true) {
    for (const [field, value] of [['Kind', given.kind], ['apiVersion', given.apiVersion]]) {
      if (value === undefined || value === '') throw badRequest(`the object provided is unrecognized (must be of type ${kind}): Object '${field ?? ''}' is missing in '${JSON.stringify(given)}'`);
    }
    if (given.kind !== kind) throw invalid({ group, kind: given.kind ?? '' }, given.metadata?.name ?? '', 'kind', 'Invalid', `${JSON.stringify(given.kind)}: must be ${kind}`);
    if (given.apiVersion !== apiVersion) throw badRequest(`the API version in the data (${given.apiVersion ?? ''}) does not match the expected API version (${apiVersion})`);
    return;
  }
  const { kind: givenKind = kind, apiVersion: givenVersion = apiVersion } = given;
  if (givenVersion !== apiVersion) throw badRequest(`${givenKind} in version ${JSON.stringify(givenVersion)} cannot be handled as a ${kind}: no kind ${JSON.stringify(givenKind)} is registered for version ${JSON.stringify(givenVersion)} in scheme "pkg/runtime/scheme.go:111"`);
  if (givenKind !== kind) throw badRequest(`${givenKind} in version ${JSON.stringify(givenVersion)} cannot be handled as a ${kind}: unknown conversion`);
}

/** A name for an object that has none but wants one. */
export function generatedName(prefix: string): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  return prefix + Array.from({ length: 5 }, () => letters[Math.floor(Math.random() * letters.length)]).join('');
}

export function checkNew(resource: Resource, { metadata = {} }: AnyObject): void {
  const { name = '', resourceVersion = '' } = metadata;
  if (resourceVersion !== '') throw internalError('resourceVersion should not be set on objects to be created');
  if (name === '') throw invalid(validated(resource), '', 'metadata.name', 'Required', 'name or generateName is required');
  if (!ANY_NAME.has(resource.group) && (!NAME.test(name) || name.length > 253)) throw invalid(validated(resource), name, 'metadata.name', 'Invalid', `${JSON.stringify(name)}: ${NAME_RULE}`);
}

export function checkUpdate(resource: Resource, update: AnyObject, existing: AnyObject): void {
  const { uid, resourceVersion = '', finalizers = [] } = update.metadata ?? {};
  const { name = '', namespace, uid: existingUid = '', resourceVersion: current, deletionTimestamp, finalizers: before = [] } = existing.metadata ?? {};
  if (uid !== undefined && uid !== existingUid) {
    const key = `/registry/${resource.plural}/${namespace === undefined ? name : `${namespace}/${name}`}`;
    throw conflict(resource, name, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${existingUid}`);
  }
  if (resourceVersion === '' && resource.custom === true) throw invalid({ group: resource.group, kind: resource.plural }, name, 'metadata.resourceVersion', 'Invalid', '0: must be specified for an update');
  if (resourceVersion !== '' && resourceVersion !== current) throw conflict(resource, name, 'the object has been modified; please apply your changes to the latest version and try again');
  const added = finalizers.filter((finalizer) => !before.includes(finalizer));
  if (deletionTimestamp !== undefined && added.length > 0) {
    throw invalid(resource, name, 'metadata.finalizers', 'Forbidden', `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`);
  }
}

export function checkVerb({ verbs }: Resource, verb: NonNullable<Resource['verbs']>[number]): void {
  if (verbs !== undefined && !verbs.includes(verb)) throw methodNotAllowed();
}

/** What kube-apiserver adds to a new object of its own kinds, as far as clients notice. */
export function withDefaults({ kind, group }: Resource, object: AnyObject): AnyObject {
  if (group !== '') return object;
  switch (kind) {
    case 'Secret': {
      const { stringData, ...secret } = object;
      const written = Object.entries((stringData ?? {}) as Record<string, string>).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
      const data = { ...secret['data'] as Record<string, string> | undefined, ...Object.fromEntries(written) as Record<string, string> };
      return { ...secret, ...(Object.keys(data).length > 0 && { data }), type: object['type'] ?? 'Opaque' };
    }
    case 'Namespace': return {
      ...object,
      metadata: { ...object.metadata, labels: { ...object.metadata?.labels, 'kubernetes.io/metadata.name': object.metadata?.name ?? '' } },
      spec: { finalizers: ['kubernetes'], ...object['spec'] as object | undefined }, status: { phase: 'Active' },
    };
    case 'Pod': return { ...object, status: { phase: 'Pending', ...object['status'] as object | undefined } };
    default: return object;
  }
}

/** An update of the whole object, or of its status alone, on top of what is there. The parts that clients cannot write stay. */
export function merged(resource: Resource, update: AnyObject, existing: AnyObject, subresource: 'status' | undefined, asGiven: boolean): AnyObject {
  const system = systemMetadata(existing.metadata ?? {});
  if (subresource === 'status') {
    const { managedFields } = update.metadata as FullMeta;
    return withField({ ...existing, metadata: { ...existing.metadata, ...(managedFields !== undefined && { managedFields }) } }, 'status', update['status']);
  }
  const { resourceVersion: _, ...metadata } = update.metadata ?? {};
  const written = withDefaultsOfUpdate(resource, { ...update, metadata: { ...metadata, ...system } });
  const result = resource.status === true && !asGiven ? withField(written, 'status', existing['status']) : written;
  return resource.generation === true && !sameDesire(result, existing) ? { ...result, metadata: { ...result.metadata, generation: (existing.metadata?.generation ?? 0) + 1 } } : result;
}

/** Whether two states differ in nothing but their resourceVersion and, unless it counts, in the account of who manages what. */
export function sameState(a: AnyObject, b: AnyObject, managedCounts: boolean): boolean {
  const bare = ({ metadata, ...rest }: AnyObject) => ({ ...rest, metadata: { ...metadata, resourceVersion: undefined, managedFields: managedCounts ? metadata?.managedFields : undefined } });
  return isDeepStrictEqual(pruned(bare(a)), pruned(bare(b)));
}

function sameDesire(a: AnyObject, b: AnyObject): boolean {
  const desire = ({ metadata: _, status: __, ...rest }: AnyObject) => rest;
  return isDeepStrictEqual(desire(a), desire(b));
}

function pruned(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function withDefaultsOfUpdate(resource: Resource, object: AnyObject): AnyObject {
  return resource.group === '' && resource.kind === 'Secret' ? withDefaults(resource, object) : object;
}

function withField(object: AnyObject, field: string, value: unknown): AnyObject {
  const { [field]: _, ...rest } = object;
  return (value === undefined ? rest : { ...rest, [field]: value });
}

function systemMetadata({ name, namespace, uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds }: FullMeta): FullMeta {
  return pruned({ name, namespace, uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds }) as FullMeta;
}

/** The name under which kube-apiserver's validation speaks of a kind. */
function validated({ group, kind }: Resource): { readonly group: string; readonly kind: string } {
  return { group, kind };
}
