import { type Observable, ReplaySubject, type Subscription, filter, firstValueFrom, skip, timeout } from 'rxjs';

/** Subscribes and keeps everything that comes, so that a spec can wait for what it wants to see, past or to come. */
export class Recorder<T> {
  readonly values: T[] = [];
  #ended = false;
  readonly #end = Promise.withResolvers<unknown>();
  readonly #all = new ReplaySubject<T>();
  readonly #subscription: Subscription;

  constructor(observable: Observable<T>) {
    this.#end.promise.catch(() => {});
    this.#subscription = observable.subscribe({
      next: (value) => { this.values.push(value); this.#all.next(value); },
      error: (error: unknown) => this.#finish(() => this.#end.resolve(error)),
      complete: () => this.#finish(() => this.#end.reject(new Error('it completed'))),
    });
  }

  /** Whether it has errored or completed. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The first value that fits, of those that came or come within `ms`. */
  next(fits: (value: T) => boolean, ms: number): Promise<T> {
    return firstValueFrom(this.#all.pipe(filter(fits), timeout({ first: ms })));
  }

  /** Resolves when that many values have come. */
  async count(values: number, ms: number): Promise<void> {
    if (values > 0) await firstValueFrom(this.#all.pipe(skip(values - 1), timeout({ first: ms })));
  }

  /** The error that it ends with within `ms`; rejects when it completes, or goes on. */
  failure(ms: number): Promise<unknown> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`it did not fail within ${ms} ms`)), ms);
    return Promise.race([this.#end.promise, promise]).finally(() => clearTimeout(timer));
  }

  close(): void {
    this.#subscription.unsubscribe();
  }

  #finish(settle: () => void): void {
    this.#ended = true;
    this.#all.complete();
    settle();
  }
}
