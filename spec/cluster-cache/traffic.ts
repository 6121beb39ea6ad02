import { type Client, type KubernetesObject, defineKind } from '../../lib/index.ts';

const CONFIG_MAP = defineKind<KubernetesObject>({ apiVersion: 'v1', kind: 'ConfigMap' });

/** Reads and writes one after the other, of one ConfigMap, for as long as it is not stopped. */
export class Traffic {
  /** What calls were rejected with. */
  readonly failures: unknown[] = [];
  /** Rounds that went well. */
  rounds = 0;
  #stopped = false;
  readonly #ended: Promise<void>;

  /** `memory` reads what is kept, `live` does not. */
  constructor(memory: Client, live: Client, name = 'traffic') {
    this.#ended = this.#run(memory, live, { namespace: 'default', name });
  }

  /** Resolves when the last call has ended. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.#ended;
  }

  async #run(memory: Client, live: Client, key: { readonly namespace: string; readonly name: string }): Promise<void> {
    const { resourceVersion = '' } = (await live.create(CONFIG_MAP, { metadata: key })).metadata ?? {};
    await memory.observed(CONFIG_MAP, resourceVersion);
    while (!this.#stopped) {
      try {
        await memory.patch(CONFIG_MAP, key, { data: { round: String(this.rounds) } }, { type: 'merge' });
        await live.get(CONFIG_MAP, key);
        await memory.get(CONFIG_MAP, key);
        await live.list(CONFIG_MAP, { namespace: key.namespace });
        this.rounds += 1;
      } catch (error) {
        this.failures.push(error);
      }
    }
  }
}
