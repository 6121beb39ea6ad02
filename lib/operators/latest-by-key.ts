import { Observable, Subject, type Subscriber } from 'rxjs';

/**
 * The newest value of every key, and who is to be told of it. One writer; a value is stored before anybody hears of it, so that whoever is
 * told can read it at once.
 */
export class LatestByKey<V> {
  readonly #values = new Map<string, V>();
  readonly #watchers = new Map<string, Set<Subscriber<V | undefined>>>();
  readonly #changes = new Subject<V>();
  #completed = false;

  /** Every new value of any key, without the current ones; the last value of a deleted key too. */
  readonly changes$: Observable<V> = this.#changes.asObservable();

  /** Every known key's current value at once, then {@link changes$}. */
  readonly all$: Observable<V> = new Observable((subscriber) => {
    const current = [...this.#values];
    // Before the first is handed out, so that what changes from inside it is not missed.
    subscriber.add(this.#changes.subscribe(subscriber));
    for (const [key, value] of current) if (this.#values.get(key) === value) subscriber.next(value);
  });

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  values(): IterableIterator<V> {
    return this.#values.values();
  }

  set(key: string, value: V): void {
    this.#values.set(key, value);
    this.#tell(key, value);
  }

  /** Stores a value that nobody needs to be told of. */
  amend(key: string, value: V): void {
    this.#values.set(key, value);
  }

  /** Forgets the key; whoever watches it is told the `last` value, which is kept nowhere. */
  delete(key: string, last: V): void {
    this.#values.delete(key);
    this.#tell(key, last);
  }

  /** The key's current value at once (`undefined` where there is none), then every new one. Completes with {@link complete}; never errors. */
  watch(key: string): Observable<V | undefined> {
    return new Observable((subscriber) => {
      const watchers = this.#watchers.get(key) ?? new Set();
      this.#watchers.set(key, watchers.add(subscriber));
      subscriber.add(() => {
        watchers.delete(subscriber);
        if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key);
      });
      subscriber.next(this.#values.get(key));
      if (this.#completed) subscriber.complete();
    });
  }

  /** Ends every stream that was handed out; whoever watches a key without a value is told so once more. */
  complete(): void {
    this.#completed = true;
    this.#changes.complete();
    for (const [key, watchers] of [...this.#watchers]) {
      for (const watcher of [...watchers]) {
        if (!this.#values.has(key)) watcher.next(undefined);
        watcher.complete();
      }
    }
  }

  #tell(key: string, value: V): void {
    for (const watcher of [...this.#watchers.get(key) ?? []]) watcher.next(value);
    this.#changes.next(value);
  }
}
