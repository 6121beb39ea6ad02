import type { Change, Collection } from './collection.ts';
import type { Status } from '../model/kubernetes-object.ts';
import { type Resource, groupVersion } from './resource.ts';
import type { Selector } from './selector.ts';
import { type Form, StoredObject } from './stored-object.ts';

/** Where a watch writes to. */
export interface WatchSink {
  /** Returns false when nothing more should come before `drained` is called. */
  write(line: string): boolean;
  end(): void;
}

export interface WatchStreamOptions {
  readonly collection: Collection;
  readonly resource: Resource;
  readonly version: string;
  readonly form: Form;
  readonly selects: Selector;
  /** Whether the client asked for bookmarks. */
  readonly bookmarks: boolean;
  readonly sink: WatchSink;
}

const INITIAL_EVENTS_END = { 'k8s.io/initial-events-end': 'true' };

/**
 * One open watch: reads the changes of a collection at its own pace and writes those that its client selects. What enters the selection
 * is ADDED, what leaves it DELETED. A client so slow that its place in the history is forgotten is cut off, as kube-apiserver does.
 */
export class WatchStream {
  readonly bookmarks: boolean;
  readonly #options: WatchStreamOptions;
  #next = 0;
  #flowing = false;
  #ended = false;
  #unfollow: (() => void) | undefined;

  constructor(options: WatchStreamOptions) {
    this.bookmarks = options.bookmarks;
    this.#options = options;
  }

  get resource(): Resource {
    return this.#options.resource;
  }

  /** Of the group, that the watch is served in. */
  get version(): string {
    return this.#options.version;
  }

  /** Begins after a resourceVersion. */
  resume(version: bigint): void {
    this.#begin(this.#options.collection.after(version));
  }

  /** Begins with all that is there as ADDED, then a bookmark that says so where bookmarks are wanted. */
  replay(objects: readonly StoredObject[], version: bigint): void {
    const { resource, version: served, form, selects, sink } = this.#options;
    for (const stored of objects) {
      if (selects(stored.object)) sink.write(line('ADDED', stored.text(resource, served, form)));
    }
    if (this.bookmarks) this.bookmark(version, INITIAL_EVENTS_END);
    this.#begin(this.#options.collection.after(version));
  }

  /** Tells the client how far it is, unless it lags behind. */
  bookmark(version: bigint, annotations?: Readonly<Record<string, string>>): void {
    if (this.#ended || !this.bookmarks) return;
    if (this.#unfollow !== undefined && this.#options.collection.change(this.#next) !== undefined) return;
    const { resource, version: served, form, sink } = this.#options;
    const type = form === 'metadata' ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' } : { kind: resource.kind, apiVersion: groupVersion(resource.group, served) };
    sink.write(line('BOOKMARK', JSON.stringify({ ...type, metadata: { resourceVersion: version.toString(), ...(annotations && { annotations }) } })));
  }

  /** Tells the client why and ends. */
  fail(status: Status): void {
    if (this.#ended) return;
    this.#options.sink.write(line('ERROR', JSON.stringify(status)));
    this.end();
  }

  /** The sink takes more. */
  drained(): void {
    this.#flowing = true;
    this.#pump();
  }

  /** Ends the answer. Idempotent. */
  end(): void {
    if (this.#ended) return;
    this.release();
    this.#options.sink.end();
  }

  /** The client has gone. Idempotent. */
  release(): void {
    this.#ended = true;
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  #begin(next: number): void {
    if (this.#ended) return; // the client has gone at the first lines
    this.#next = next;
    this.#flowing = true;
    this.#unfollow = this.#options.collection.follow(() => this.#pump());
    this.#pump();
  }

  #pump(): void {
    const { collection, sink } = this.#options;
    while (this.#flowing && !this.#ended) {
      const change = collection.change(this.#next);
      if (change === undefined) return;
      if (change === 'forgotten') {
        this.end();
        return;
      }
      this.#next += 1;
      const text = this.#lineOf(change);
      if (text !== undefined) this.#flowing = sink.write(text);
    }
  }

  #lineOf({ type, version, current, previous }: Change): string | undefined {
    const { resource, version: served, form, selects } = this.#options;
    const was = previous !== undefined && selects(previous.object);
    const is = type !== 'DELETED' && selects(current.object);
    if (is) return line(was ? 'MODIFIED' : 'ADDED', current.text(resource, served, form));
    if (!was) return undefined;
    const last = type === 'DELETED' ? current : new StoredObject({ ...previous.object, metadata: { ...previous.object.metadata, resourceVersion: version.toString() } }, version);
    return line('DELETED', last.text(resource, served, form));
  }
}

function line(type: string, object: string): string {
  return `{"type":"${type}","object":${object}}\n`;
}
