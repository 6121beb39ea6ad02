import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { whenWeDie } from './guard.ts';

/** How much of a log is shown when a process ended that should not have. */
const LOG_TAIL_LINES = 10;

/** One running server, which never outlives us. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #exited: Promise<unknown>;
  readonly #name: string;

  /** Starts `command` with its output appended to the file `log`. */
  constructor(command: string, args: readonly string[], log: string) {
    const output = openSync(log, 'a');
    this.#name = basename(command);
    this.#log = log;
    this.#child = spawn(command, args, { stdio: ['ignore', output, output] });
    closeSync(output);
    this.#exited = once(this.#child, 'exit').catch((error: unknown) => error);
    if (this.#child.pid !== undefined) {
      const releaseGuard = whenWeDie('kill -9 "$1"', String(this.#child.pid));
      this.#child.once('exit', releaseGuard);
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Throws, with the end of its log, when it is not running any more. */
  assertRunning(): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) return;
    const tail = readFileSync(this.#log, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
    throw new Error(`${this.#name} has ended (${exitCode ?? signalCode ?? 'it cannot be run'}):\n${tail}`);
  }

  /** Ends it and resolves when it is gone, so that its port is free. Idempotent. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#child.kill(signal);
    await this.#exited;
  }

  /** Stops its clock (SIGSTOP): the kernel still accepts connections and acknowledges bytes, and nobody answers. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }
}
