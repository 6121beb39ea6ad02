import { expect } from 'chai';
import { Subject, type Subscription } from 'rxjs';
import { turnBudget } from '../../lib/kubernetes/turn-budget.ts';
import { type Transport, createTransport } from '../../lib/kubernetes/transport.ts';
import type { TransportError } from '../../lib/model/errors.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { result, until } from './deadline.ts';
import { type Answer, type Handler, protocols } from './protocols.ts';

const get = { path: '/', timeout: 5_000 };

const WATCHES = 10;
const LINES = 4_000;
/** Of 1 KB, numbered. */
const line = (i: number) => `${i} ${'x'.repeat(1_000)}`;
/** In pieces of 1 MB: the server shares the event loop, and must not hold it either. */
const PIECES = Array.from({ length: 4 }, (_, piece) => Buffer.from(Array.from({ length: LINES / 4 }, (_, i) => `${line(piece * LINES / 4 + i)}\n`).join('')));

function send({ write, end }: Answer, piece = 0): void {
  const bytes = PIECES[piece];
  if (bytes === undefined) return end();
  write(bytes);
  setImmediate(() => send({ write, end } as Answer, piece + 1));
}

/** µs of work for each line: so 40 MB take more than a second. */
const WORK = 30;

function work(): void {
  for (const end = performance.now() + WORK / 1_000; performance.now() < end;);
}

/** The longest turn of the event loop in ms, until it is asked for. */
function longestTurn(): () => number {
  let longest = 0;
  let last = performance.now();
  let next: NodeJS.Immediate;
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    next = setImmediate(turn);
  };
  next = setImmediate(turn);
  return () => {
    clearImmediate(next);
    return longest;
  };
}

for (const [protocol, serve] of Object.entries(protocols)) {
  describe(`much at once over ${protocol}`, () => {
    leavesNothingOpen();
    let open: AsyncDisposableStack;
    beforeEach(() => { open = new AsyncDisposableStack(); });
    afterEach(async () => {
      await open.disposeAsync();
      expect(turnBudget.waiting).to.equal(0);
    });

    const connect = async (handle: Handler): Promise<Transport> => {
      const transport = createTransport(open.use(await serve(handle)).endpoint(), { userAgent: 'spec' });
      open.defer(() => transport.close());
      return transport;
    };

    it('is given out in slices, in order and whole, and a call is answered meanwhile', async () => {
      const go = new Subject<void>();
      const transport = await connect((answer) => {
        answer.head(200);
        if (answer.url === '/livez') return answer.end('ok');
        go.subscribe(() => send(answer));
      });
      const seen = Array.from({ length: WATCHES }, () => 0);
      const ended: unknown[] = [];
      let opened = 0;
      seen.forEach((_, watch) => transport.lines({ ...get, onOpened: () => { opened += 1; } }).subscribe({
        next: (text) => {
          work();
          if (text === line(seen[watch] as number)) seen[watch] = (seen[watch] as number) + 1;
        },
        error: (error: unknown) => ended.push(error),
        complete: () => ended.push('complete'),
      }));
      await until(() => opened === WATCHES);
      const turns = longestTurn();
      go.next();
      await until(() => seen.some((count) => count > 0));
      expect((await result(transport.request({ ...get, path: '/livez' }))).body).to.equal('ok');
      expect(seen.reduce((sum, count) => sum + count, 0)).to.be.below(WATCHES * LINES / 2);
      await until(() => ended.length === WATCHES);
      expect(seen).to.deep.equal(Array.from({ length: WATCHES }, () => LINES));
      expect(ended).to.deep.equal(Array.from({ length: WATCHES }, () => 'complete'));
      expect(turns()).to.be.below(100);
    });

    interface Waiting {
      readonly transport: Transport;
      readonly watch: Subscription;
      readonly answer: Answer;
      /** Its lines, and how it ended. */
      readonly log: readonly string[];
    }

    /** A watch of 30 lines whose third has come, and which waits for a later turn after each: its reader is slow. */
    const waiting = async (): Promise<Waiting> => {
      const answers: Answer[] = [];
      const transport = await connect((answer) => {
        answers.push(answer);
        answer.head(200);
        for (let i = 0; i < 30; i += 1) answer.write(`${line(i)}\n`);
      });
      const log: string[] = [];
      const watch = transport.lines(get).subscribe({
        next: (text) => {
          log.push(text);
          for (const end = performance.now() + 9; performance.now() < end;);
        },
        error: ({ code }: TransportError) => log.push(code),
        complete: () => log.push('complete'),
      });
      await until(() => log.length >= 3 && turnBudget.waiting === 1);
      return { transport, watch, answer: answers[0] as Answer, log };
    };

    it('is forgotten where it is cancelled while it waits', async () => {
      const { transport, watch, answer, log } = await waiting();
      const seen = log.length;
      watch.unsubscribe();
      expect(turnBudget.waiting).to.equal(0);
      await answer.closed;
      await until(() => transport.stats().streams === 0);
      expect(log).to.have.length(seen);
    });

    it('is over at once where the transport is closed while it waits', async () => {
      const { transport, log } = await waiting();
      transport.close();
      await until(() => log.at(-1) === 'CLOSED');
      expect(log.length).to.be.below(10);
    });

    it('is given out to the end before it completes', async () => {
      const { answer, log } = await waiting();
      answer.end();
      await until(() => log.length > 30);
      expect(log).to.deep.equal([...Array.from({ length: 30 }, (_, i) => line(i)), 'complete']);
    });

    it('is given out as far as it came before it fails', async () => {
      const { answer, log } = await waiting();
      answer.reset();
      const ended = () => !log.at(-1)?.includes(' ');
      await until(ended);
      expect(log.length).to.be.above(10);
      expect(log.slice(0, -1)).to.deep.equal(Array.from({ length: log.length - 1 }, (_, i) => line(i)));
      expect(log.at(-1)).to.be.oneOf(['STREAM_RESET', 'SOCKET_CLOSED', 'ECONNRESET']);
    });
  });
}
