import type { LogFields, Logger } from '../../lib/model/logger.ts';
import type { ObjectKey } from '../../lib/model/object-key.ts';
import type { Request } from '../../lib/model/request.ts';
import type { WorkQueueMetrics, WorkQueueReadings } from '../../lib/workqueue/work-queue-metrics.ts';
import type { WorkQueue } from '../../lib/workqueue/work-queue.ts';

export const cluster = (name: string): ObjectKey => ({ namespace: 'fleet', name });

/** `a/x`: the object x of the cluster a; `x`: an object of no cluster. */
export function request(text: string): Request {
  const [object = '', of] = text.split('/').reverse();
  return { namespace: 'default', name: object, ...(of === undefined ? {} : { cluster: cluster(of) }) };
}

export const nameOf = ({ name, cluster }: Request): string => (cluster === undefined ? name : `${cluster.name}/${name}`);

/** Hands everything out that is ready, as fast as it can. */
export function drain<T>(queue: WorkQueue<T>): readonly T[] {
  const taken: T[] = [];
  for (let item = queue.poll(); item !== undefined; item = queue.poll()) {
    taken.push(item);
    queue.done(item);
  }
  return taken;
}

/** What a queue says of itself. */
export function counts<T>({ length, waiting, parked, processing }: WorkQueue<T>): { readonly [state: string]: number } {
  return { length, waiting, parked, processing };
}

/** A logger that keeps what it is told. */
export function recordingLogger(): Logger & { readonly records: (readonly [message: string, fields: LogFields])[] } {
  const records: (readonly [string, LogFields])[] = [];
  const record = (fields: LogFields, message: string) => { records.push([message, fields]); };
  return { records, debug: record, info: record, warn: record, error: record };
}

/** Metrics as a dashboard would show them: by controller-runtime's names. */
export class ShownMetrics implements WorkQueueMetrics {
  readonly depth: { [priority: string]: number } = {};
  readonly waited: number[] = [];
  readonly worked: number[] = [];
  adds = 0;
  retries = 0;
  readings: WorkQueueReadings | undefined;

  keep(readings: WorkQueueReadings): void { this.readings = readings; }
  added(priority: number): void { this.adds += 1; this.#move(priority, 1); }
  prioritized(from: number, to: number): void { this.#move(from, -1); this.#move(to, 1); }
  parked(priority: number): void { this.#move(priority, -1); }
  released(priority: number): void { this.#move(priority, 1); }
  taken(priority: number, waited: number): void { this.#move(priority, -1); this.waited.push(waited); }
  done(worked: number): void { this.worked.push(worked); }
  retried(): void { this.retries += 1; }

  #move(priority: number, by: number): void {
    this.depth[priority] = (this.depth[priority] ?? 0) + by;
  }
}
