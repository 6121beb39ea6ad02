import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { terminationSignal } from '../../lib/manager/termination-signals.ts';
import { leavesNothingOpen } from '../leaks.ts';

const PROGRAM = fileURLToPath(new URL('worker-process.ts', import.meta.url));

/** A program with a manager in it, in a process of its own. */
class Program {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #exit: Promise<unknown[]>;

  constructor(manner: 'ends' | 'waits' | 'hangs') {
    const child = this.#process = spawn(process.execPath, [PROGRAM, manner], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.#exit = once(child, 'exit');
  }

  /** The next line that it says; `undefined` after the last. */
  async line(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next();
    return done === true ? undefined : value;
  }

  send(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** What it exits with. */
  async end(): Promise<{ readonly code: unknown; readonly signal: unknown }> {
    const [code, signal] = await this.#exit;
    return { code, signal };
  }
}

// controller-runtime: pkg/manager/signals/signal_test.go, "Signals Test"
describe('a process with a Manager', function processes() {
  this.timeout(60_000); // one of its own for each, which compiles the library first
  leavesNothingOpen();

  describe('that is sent a signal', () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      it(`ends by itself after ${signal}, when everything has stopped`, async () => {
        const program = new Program('ends');
        expect(await program.line()).to.equal('runs');
        program.send(signal);
        expect([await program.line(), await program.line(), await program.line(), await program.line()]).to.deep.equal(['stops', 'is over', 'ended', undefined]);
        expect(await program.end()).to.deep.equal({ code: 0, signal: null });
      });
    }

    for (const manner of ['waits', 'hangs'] as const) {
      it(`is ended at once by the second signal, though it still ${manner}`, async () => {
        const program = new Program(manner);
        await program.line();
        program.send('SIGTERM');
        expect(await program.line()).to.equal('stops');
        program.send('SIGINT');
        expect(await program.end()).to.deep.equal({ code: null, signal: 'SIGINT' });
      });
    }
  });

  it('listens from the start to the first signal only', () => {
    const listeners = () => [process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')];
    const before = listeners();
    const heard: string[] = [];
    const subscription = terminationSignal(['SIGTERM', 'SIGINT']).subscribe({ next: (signal) => { heard.push(signal); }, complete: () => { heard.push('complete'); } });
    expect(listeners()).to.deep.equal(before.map((count) => count + 1));
    process.emit('SIGINT', 'SIGINT');
    expect(heard).to.deep.equal(['SIGINT', 'complete']);
    expect(listeners()).to.deep.equal(before);
    expect(subscription.closed).to.equal(true);
    terminationSignal(['SIGTERM']).subscribe().unsubscribe();
    expect(listeners()).to.deep.equal(before);
  });
});
