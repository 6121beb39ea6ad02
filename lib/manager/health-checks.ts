import { type SchedulerLike, firstValueFrom, timeout } from 'rxjs';
import { abortable } from '../operators/abortable.ts';
import { untilAborted } from '../operators/until-aborted.ts';

/** Passes unless it throws or rejects. `signal` aborts when nobody waits for it any more. */
export type HealthCheck = (signal: AbortSignal) => unknown;

/** What a health endpoint is asked. */
export interface HealthQuestion {
  /** A line for each check also where all pass. */
  readonly verbose: boolean;
  /** Checks that do not count. */
  readonly exclude: readonly string[];
  /** Aborts when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

/** What a health endpoint answers. */
export interface HealthAnswer {
  readonly status: 200 | 404 | 500;
  readonly body: string;
}

/** ms that a check may take: half of what lies between two probes of a kubelet, so that those that hang do not pile up. */
const CHECK_TIMEOUT = 5_000;

/** Named checks of one endpoint, answered as kube-apiserver and controller-runtime do. */
export class HealthChecks {
  readonly #endpoint: string;
  readonly #scheduler: SchedulerLike;
  readonly #checks = new Map<string, HealthCheck>([['ping', () => {}]]);

  /** `endpoint` is the word for it in the answer: `healthz`. */
  constructor(endpoint: string, scheduler: SchedulerLike) {
    this.#endpoint = endpoint;
    this.#scheduler = scheduler;
  }

  /** Another one of the same name takes its place. */
  set(name: string, check: HealthCheck): void {
    this.#checks.set(name, check);
  }

  /** All checks, but the excluded: `ok`; a line for each where `verbose`, or where one fails. Why it failed is for the log, not for whoever asks. */
  async answer({ verbose, exclude, signal }: HealthQuestion): Promise<HealthAnswer> {
    const excluded = new Set(exclude);
    const lines = await Promise.all(Array.from(this.#checks, async ([name, check]) => {
      if (excluded.delete(name)) return `[+]${name} excluded: ok`;
      return await this.#failure(check, signal) === undefined ? `[+]${name} ok` : `[-]${name} failed: reason withheld`;
    }));
    const passed = lines.every((line) => line.startsWith('[+]'));
    const unknown = excluded.size === 0 ? [] : [`warn: some health checks cannot be excluded: no matches for ${[...excluded].map((name) => JSON.stringify(name)).join(',')}`];
    if (passed && !verbose) return { status: 200, body: 'ok' };
    return { status: passed ? 200 : 500, body: [...lines, ...unknown, `${this.#endpoint} check ${passed ? 'passed' : 'failed'}`, ''].join('\n') };
  }

  /** One check by its name, with why it failed. */
  async answerOf(name: string, signal?: AbortSignal): Promise<HealthAnswer> {
    const check = this.#checks.get(name);
    if (check === undefined) return { status: 404, body: '404 page not found\n' };
    const failure = await this.#failure(check, signal);
    return failure === undefined ? { status: 200, body: 'ok' } : { status: 500, body: `internal server error: ${failure.message}\n` };
  }

  async #failure(check: HealthCheck, signal: AbortSignal | undefined): Promise<Error | undefined> {
    try {
      await firstValueFrom(abortable(async (own) => check(own)).pipe(timeout({ first: CHECK_TIMEOUT, scheduler: this.#scheduler }), untilAborted(signal)));
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}
