import { type Observable, lastValueFrom, timeout, toArray } from 'rxjs';

/** ms for what a spec waits for; only a failure waits so long. */
const DEADLINE = 8_000;

/** The one value. */
export function result<T>(source: Observable<T>): Promise<T> {
  return lastValueFrom(source.pipe(timeout(DEADLINE)));
}

/** All values. */
export function results<T>(source: Observable<T>): Promise<T[]> {
  return result(source.pipe(toArray()));
}

/** What it errors with. */
export async function failure(source: Observable<unknown>): Promise<Error & { readonly code?: string; readonly stage?: string; readonly outcomeUnknown?: boolean }> {
  try {
    await lastValueFrom(source.pipe(timeout(DEADLINE)), { defaultValue: undefined });
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

/** Resolves when `holds` does. */
export async function until(holds: () => boolean, what = 'what was waited for'): Promise<void> {
  const end = performance.now() + DEADLINE;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`${what} did not come about`);
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}
