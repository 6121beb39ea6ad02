import { Subject, distinctUntilChanged } from 'rxjs';
import type { LogFields, Logger } from '../model/logger.ts';
import { plain } from './text-layout.ts';

/** What goes wrong between the command and the management cluster, as lines: the log of a cluster cache, of which one kind of record is shown. */
export class ManagementTroubles implements Logger {
  readonly #failures = new Subject<string>();
  #last: string | undefined;

  /** A line for each new trouble; the same one again only when another was between. */
  readonly line$ = this.#failures.pipe(distinctUntilChanged());

  /** The newest, for when it is all that there is to say. */
  get last(): string | undefined {
    return this.#last;
  }

  debug(): void {}
  info(): void {}

  warn({ kind, err }: LogFields, message: string): void {
    if (typeof kind !== 'string') return;
    this.#last = plain(`${message}: ${kind}: ${err instanceof Error ? err.message : 'unknown error'}`);
    this.#failures.next(this.#last);
  }

  error(fields: LogFields, message: string): void {
    this.warn(fields, message);
  }
}
