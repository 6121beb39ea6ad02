import { randomUUID } from 'node:crypto';
import type { Status } from '../model/kubernetes-object.ts';
import { Collection } from './collection.ts';
import { type FieldManager, withUpdatedFields } from './managed-fields.ts';
import { type AnyObject, type FullMeta, type Target, addressed, checkNew, checkUpdate, checkVerb, generatedName, merged, sameState, withDefaults } from './object-rules.ts';
import { alreadyExists, notFound, preconditionFailed, stillBeingDeleted, undeletable } from './refusal.ts';
import { type Resource, groupResource } from './resource.ts';
import { StoredObject } from './stored-object.ts';

export interface WriteOptions {
  /** Check everything and store nothing. @default false */
  readonly dryRun?: boolean;
  /** What sets a scene writes status and uid together with the rest; a client of the API cannot. @default false */
  readonly asGiven?: boolean;
  /** Who writes: the fields are its own from now on. @default nobody keeps account */
  readonly manager?: FieldManager;
  /** The account of who manages what comes with the object. @default false */
  readonly managed?: boolean;
  /** @default the whole object */
  readonly subresource?: 'status' | undefined;
}

export interface DeleteOptions {
  readonly dryRun?: boolean;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

export interface ObjectStoreOptions {
  /** Changes that are kept of each resource. */
  readonly history: number;
  /** The first resourceVersion. */
  readonly version: bigint;
  /** Called after every write. */
  readonly written?: (resource: Resource, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: AnyObject) => void;
}

const UNDELETABLE: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);
const NAMESPACES: Pick<Resource, 'group' | 'plural'> = { group: '', plural: 'namespaces' };

/** The objects of a server, and the rules by which kube-apiserver changes them. Every write has a resourceVersion of its own; readers see it in the same tick. */
export class ObjectStore {
  readonly #collections = new Map<string, { readonly resource: Resource; readonly collection: Collection }>();
  readonly #history: number;
  readonly #written: ObjectStoreOptions['written'];
  #version: bigint;
  #floor = 0n;

  constructor({ history, version, written }: ObjectStoreOptions) {
    this.#history = history;
    this.#version = version;
    this.#written = written;
  }

  /** The resourceVersion of the last write. */
  get version(): bigint {
    return this.#version;
  }

  /** The objects of a resource; made when it is first asked for. */
  collection(resource: Resource): Collection {
    const name = groupResource(resource);
    let found = this.#collections.get(name);
    if (found === undefined) this.#collections.set(name, found = { resource, collection: new Collection(this.#history, this.#floor) });
    return found.collection;
  }

  find(target: Omit<Target, 'version'>): StoredObject | undefined {
    return this.collection(target.resource).get(keyOf(target, target.name ?? ''));
  }

  get(target: Target): StoredObject {
    const found = this.find(target);
    if (found === undefined) throw notFound(target.resource, target.name ?? '');
    return found;
  }

  create(target: Target, body: unknown, { dryRun = false, asGiven = false, manager }: WriteOptions = {}): StoredObject {
    const { resource, namespace } = target;
    const given = addressed(body, target);
    const { generateName, ...metadata } = given.metadata as FullMeta;
    if (resource.namespaced && namespace !== undefined) this.#checkNamespace(namespace);
    const named = { ...given, metadata: { ...(generateName !== undefined && { generateName }), ...metadata, ...(metadata.name === undefined && generateName !== undefined && { name: generatedName(generateName) }) } };
    checkNew(resource, named);
    const name = named.metadata.name ?? '';
    const taken = this.collection(resource).get(keyOf(target, name));
    if (taken !== undefined) throw taken.object.metadata?.deletionTimestamp === undefined ? alreadyExists(resource, name) : stillBeingDeleted(resource, name);
    const { status, ...rest } = named as AnyObject;
    const keepsStatus = asGiven || resource.status !== true || resource.createsWithStatus === true;
    const object = withDefaults(resource, {
      ...rest,
      metadata: { ...withoutSystemFields(named.metadata), uid: (asGiven ? metadata.uid : undefined) ?? randomUUID(), creationTimestamp: timestamp(), ...(resource.generation === true && { generation: 1 }) },
      ...(keepsStatus && status !== undefined && { status }),
    });
    return this.#store(resource, 'ADDED', manager === undefined ? object : withUpdatedFields(undefined, object, manager), undefined, dryRun);
  }

  update(target: Target, body: unknown, { dryRun = false, asGiven = false, managed = false, manager, subresource }: WriteOptions = {}): StoredObject {
    const { resource } = target;
    const update = addressed(body, target);
    const existing = this.get(target);
    const current = existing.as(resource, target.version) as AnyObject;
    checkUpdate(resource, update, current);
    const written = merged(resource, update, current, subresource, asGiven);
    if (sameState(written, current, managed)) return existing;
    const object = manager === undefined ? written : withUpdatedFields(current, written, manager);
    const { deletionTimestamp, finalizers = [] } = object.metadata ?? {};
    if (deletionTimestamp !== undefined && finalizers.length === 0) {
      if (!dryRun) this.#remove(resource, existing);
      return new StoredObject({ ...object, metadata: { ...object.metadata, resourceVersion: existing.version.toString() } }, existing.version);
    }
    return this.#store(resource, 'MODIFIED', object, existing, dryRun);
  }

  /** Deletes at once, or marks for deletion what has finalizers. */
  delete(target: Target, { dryRun = false, uid, resourceVersion }: DeleteOptions = {}): { readonly deleted: boolean; readonly object: StoredObject } {
    const { resource, name = '' } = target;
    checkVerb(resource, 'delete');
    if (isNamespace(resource) && UNDELETABLE.has(name)) throw undeletable(resource, name);
    const existing = this.get(target);
    const { metadata } = existing.object;
    if (uid !== undefined && uid !== metadata?.uid) throw preconditionFailed(resource, name, `the UID in the precondition (${uid}) does not match the UID in record (${metadata?.uid ?? ''}). The object might have been deleted and then recreated`);
    if (resourceVersion !== undefined && resourceVersion !== metadata?.resourceVersion) throw preconditionFailed(resource, name, `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata?.resourceVersion ?? ''}). The object might have been modified`);
    if ((metadata?.finalizers ?? []).length === 0) {
      if (!dryRun) this.#remove(resource, existing);
      return { deleted: true, object: existing };
    }
    if (metadata?.deletionTimestamp !== undefined) return { deleted: false, object: existing };
    const marked = {
      ...existing.object,
      metadata: { ...metadata, deletionTimestamp: timestamp(), deletionGracePeriodSeconds: 0, ...(resource.generation === true && { generation: (metadata?.generation ?? 0) + 1 }) },
    };
    return { deleted: false, object: this.#store(resource, 'MODIFIED', marked, existing, dryRun) };
  }

  /** As if somebody had written something else: later writes have higher resourceVersions. */
  advance(by = 1): void {
    this.#version += BigInt(by);
  }

  /** Forgets the history of everything: what resumes below the last write must list again. */
  compact(): void {
    this.#floor = this.#version;
    for (const { collection } of this.#collections.values()) collection.compact(this.#version);
  }

  #store(resource: Resource, type: 'ADDED' | 'MODIFIED', object: AnyObject, previous: StoredObject | undefined, dryRun: boolean): StoredObject {
    const version = dryRun ? previous?.version ?? 0n : ++this.#version;
    const { name, generateName, namespace, uid, resourceVersion: _, finalizers = [], ...metadata } = object.metadata as FullMeta;
    const stored = new StoredObject({
      ...object,
      metadata: { name, ...(generateName !== undefined && { generateName }), ...(namespace !== undefined && { namespace }), uid, ...(version > 0n && { resourceVersion: version.toString() }), ...metadata, ...(finalizers.length > 0 && { finalizers }) },
    } as AnyObject, version);
    if (!dryRun) {
      this.collection(resource).apply({ type, version, current: stored, ...(previous !== undefined && { previous }) });
      this.#written?.(resource, type, stored.object as AnyObject);
    }
    return stored;
  }

  #remove(resource: Resource, previous: StoredObject): void {
    const version = ++this.#version;
    const current = new StoredObject({ ...previous.object, metadata: { ...previous.object.metadata, resourceVersion: version.toString() } }, version);
    this.collection(resource).apply({ type: 'DELETED', version, current, previous });
    if (isNamespace(resource)) this.#empty(previous.object.metadata?.name ?? '');
    this.#written?.(resource, 'DELETED', current.object as AnyObject);
  }

  #empty(namespace: string): void {
    for (const { resource, collection } of this.#collections.values()) {
      if (!resource.namespaced) continue;
      for (const stored of collection.all()) {
        if (stored.object.metadata?.namespace === namespace) this.#remove(resource, stored);
      }
    }
  }

  #checkNamespace(namespace: string): void {
    const namespaces = NAMESPACES as Resource;
    if (this.collection(namespaces).get(namespace) === undefined) throw notFound(namespaces, namespace);
  }
}

/** The answer to a delete of what is gone. */
export function deletedStatus(resource: Resource, { object }: StoredObject): Status & { readonly metadata: object } {
  const { name = '', uid = '' } = object.metadata ?? {};
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name, ...(resource.group !== '' && { group: resource.group }), kind: resource.plural, uid } };
}

function keyOf({ resource, namespace }: Pick<Target, 'resource' | 'namespace'>, name: string): string {
  return resource.namespaced ? `${namespace ?? ''}/${name}` : name;
}

function withoutSystemFields({ uid: _, creationTimestamp: __, generation: ___, deletionTimestamp: ____, deletionGracePeriodSeconds: _____, ...metadata }: FullMeta): FullMeta {
  return metadata;
}

function isNamespace({ group, kind }: Resource): boolean {
  return group === '' && kind === 'Namespace';
}

function timestamp(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
