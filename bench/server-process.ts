import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What a process can be told to do, by the name of the command. */
type CommandsOf<C> = { readonly [K in keyof C]: { readonly ask: unknown; readonly answer: unknown } };

interface Ask<C extends CommandsOf<C>, K extends keyof C = keyof C> { readonly id: number; readonly command: K; readonly ask: C[K]['ask'] }
interface Reply<C extends CommandsOf<C>, K extends keyof C = keyof C> { readonly id: number; readonly answer: C[K]['answer']; readonly error?: string }

/** Servers in a child process: their CPU and memory are not the client's. It runs a file that calls {@link obey}. */
export class ServerProcess<C extends CommandsOf<C>> implements AsyncDisposable {
  readonly #process: ChildProcess;
  #asked = 0;

  private constructor(server: ChildProcess) {
    this.#process = server;
    server.setMaxListeners(0); // one for each answer that is waited for
  }

  /** Resolves when it takes commands. `execArgv`: what its Node is told. */
  static async start<C extends CommandsOf<C>>(file: string, execArgv: readonly string[] = []): Promise<ServerProcess<C>> {
    const server = fork(file, ['serve'], { execArgv: [...execArgv] });
    await once(server, 'message');
    return new ServerProcess<C>(server);
  }

  /** Resolves to the answer; rejects where the command failed, or the process ended before it answered. */
  async tell<K extends keyof C & string>(command: K, ask: C[K]['ask']): Promise<C[K]['answer']> {
    const id = this.#asked++;
    this.#process.send({ id, command, ask } satisfies Ask<C, K>);
    for (;;) {
      const [reply] = await Promise.race([
        once(this.#process, 'message'),
        once(this.#process, 'exit').then(() => Promise.reject(new Error(`the server ended before it answered ${command}`))),
      ]) as [Reply<C, K>];
      if (reply.id !== id) continue;
      if (reply.error !== undefined) throw new Error(`${command}: ${reply.error}`);
      return reply.answer;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }
}

/** In the child process: does what it is told, and ends with its parent. */
export function obey<C extends CommandsOf<C>>(commands: { readonly [K in keyof C]: (ask: C[K]['ask']) => C[K]['answer'] | Promise<C[K]['answer']> }): void {
  process.on('message', ({ id, command, ask }: Ask<C>) => {
    void Promise.resolve(ask).then(commands[command]).then(
      (answer) => process.send?.({ id, answer } satisfies Reply<C>),
      (error: unknown) => process.send?.({ id, answer: null, error: String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}
