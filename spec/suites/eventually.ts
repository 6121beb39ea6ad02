import { setImmediate } from 'node:timers/promises';

/** Resolves when `holds` does; rejects when it does not within `ms`. For what tells nobody when it changes. */
export async function eventually(holds: () => boolean, ms: number): Promise<void> {
  const until = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > until) throw new Error(`within ${ms} ms there was no moment when ${holds}`);
    await setImmediate();
  }
}
