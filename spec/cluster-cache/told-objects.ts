import { type Observable, tap } from 'rxjs';
import type { KubernetesObject, ObjectChange, ObjectEvent } from '../../lib/index.ts';
import { formatKey } from '../../lib/model/object-key.ts';
import { Recorder } from '../suites/recorder.ts';
import { SOON } from './fleet-scene.ts';

/** Follows objects as a user does: keeps what there is by the events alone, and what was told that could not be. */
export class ToldObjects<T extends KubernetesObject> {
  /** By `namespace/name`. */
  readonly objects = new Map<string, T>();
  /** Each event in short: `added default/a initial`, `synced`. */
  readonly lines: string[] = [];
  /** Events that are none: of an object that is added twice, or changed though it is not there, from another state than the last, or not at all. */
  readonly illegal: string[] = [];
  readonly #recorder: Recorder<ObjectEvent<T>>;

  /** `slow` is called with every event, and may take its time. */
  constructor(events$: Observable<ObjectEvent<T>>, slow: (event: ObjectEvent<T>) => void = () => {}) {
    this.#recorder = new Recorder(events$.pipe(tap((event) => {
      slow(event);
      this.#take(event);
    })));
  }

  get ended(): boolean {
    return this.#recorder.ended;
  }

  /** Resolves when a line was told, or is. */
  async told(line: string): Promise<void> {
    await this.#recorder.next((event) => lineOf(event) === line, SOON);
  }

  /** What is told while `work` is done, up to and with the first `last`. */
  async during(work: () => unknown, last: string): Promise<readonly string[]> {
    const from = this.lines.length;
    await work();
    await this.#recorder.next(() => this.lines.indexOf(last, from) >= 0, SOON);
    return this.lines.slice(from, this.lines.indexOf(last, from) + 1);
  }

  close(): void {
    this.#recorder.close();
  }

  #take(event: ObjectEvent<T>): void {
    this.lines.push(lineOf(event));
    if (event.type === 'synced') return;
    const id = formatKey(event.key);
    const known = this.objects.get(id);
    if (!isLegal(event, known)) this.illegal.push(lineOf(event));
    if (event.type === 'deleted') this.objects.delete(id);
    else this.objects.set(id, event.object);
  }
}

function isLegal<T extends KubernetesObject>(event: ObjectChange<T>, known: T | undefined): boolean {
  if (event.type === 'added') return known === undefined;
  if (event.type === 'deleted') return known !== undefined;
  return known === event.previous && (event.cause === 'resync' || known.metadata?.resourceVersion !== event.object.metadata?.resourceVersion);
}

function lineOf(event: ObjectEvent<unknown>): string {
  return event.type === 'synced' ? event.type : `${event.type} ${formatKey(event.key)} ${event.cause}`;
}
