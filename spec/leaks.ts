import { AssertionError } from 'chai';
import { createHook } from 'node:async_hooks';
import { collectGarbage } from './collect-garbage.ts';

/** ms for what was told to close to be closed; only a leak waits so long. */
const DEADLINE = 2_000;

/** ms between collections of garbage while something is left. */
const COLLECT_EVERY = 100;

/** Handles that count even when they let the process end: a forgotten socket is a leak, referenced or not. */
const HANDLES = new Set(['TCPWRAP', 'TCPSERVERWRAP', 'TLSWRAP', 'PIPEWRAP', 'PIPESERVERWRAP', 'PROCESSWRAP', 'UDPWRAP', 'WORKER', 'FSEVENTWRAP', 'HTTP2SESSION', 'HTTP2STREAM']);

/** Frames of a stack that say where in this package something was opened. */
const OWN_FRAME = /\/(lib|spec|bench)\/[^\n]*/;

/**
 * Declares, inside a `describe`, that its specs leave nothing open: every socket, server, child process, worker and running timer that was
 * opened since it began is closed when it ends. What is left is named with the line that opened it. The hooks that close belong into a
 * `describe` inside: mocha runs the hooks of one in the order in which they are declared, and an inner one's first.
 */
export function leavesNothingOpen(): void {
  let watch: LeakWatch | undefined;
  before('nothing is open yet', async () => { watch = await watchForLeaks(); });
  after('nothing is left open', async () => {
    const left = await watch?.end() ?? [];
    if (left.length > 0) throw new AssertionError(`left open:\n${left.map((line) => `  ${line}`).join('\n')}`);
  });
}

export interface LeakWatch {
  /** Waits until all that was opened meanwhile is closed, at most `deadline` ms, and tells what is not. */
  end(deadline?: number): Promise<readonly string[]>;
}

/** Begins to follow what is opened. */
export async function watchForLeaks(): Promise<LeakWatch> {
  await turn(); // mocha starts the timer of an asynchronous hook after its first turn: it belongs to the baseline, as it runs at the end
  const opened = new Map<number, string>();
  const baseline = referenced();
  const hook = createHook({
    init(id, type) {
      if (HANDLES.has(type)) opened.set(id, `${type} ${origin()}`);
    },
    destroy(id) {
      opened.delete(id);
    },
    trackPromises: false,
  }).enable();

  const left = () => {
    const surplus = [...referenced()].map(([type, count]) => [type, count - (baseline.get(type) ?? 0)] as const).filter(([, count]) => count > 0);
    return [...opened.values(), ...surplus.map(([type, count]) => `${count} × ${type}`)];
  };

  return {
    async end(deadline = DEADLINE) {
      const until = performance.now() + deadline;
      for (let next = 0; left().length > 0 && performance.now() < until; await turn()) {
        if (performance.now() < next) continue;
        collectGarbage(); // the handle of a TLS socket that was closed long ago is told to be gone when it is collected
        next = performance.now() + COLLECT_EVERY;
      }
      hook.disable();
      return left();
    },
  };
}

/** What keeps the process alive, counted by type: timers that nobody cleared, sockets, servers, children. */
function referenced(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) {
    if (type !== 'Immediate' && type !== 'TTYWrap') counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}

/** The line of this package that is opening something now, where the stack still tells. */
function origin(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const frames = new Error('here').stack?.split('\n') ?? [];
  Error.stackTraceLimit = limit;
  return frames.find((frame) => OWN_FRAME.test(frame) && !frame.includes('/node_modules/') && !frame.includes('/spec/leaks.ts'))?.trim() ?? '(opened by a dependency, or later)';
}

function turn(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}
