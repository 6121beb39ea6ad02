import { type Runnable } from '../../lib/manager/runnable.ts';
import { Manager } from '../../lib/manager/manager.ts';
import type { ManagerOptions } from '../../lib/manager/manager-options.ts';
import { FakeFleet, type FakeFleetOptions } from '../../lib/testing/index.ts';
import { defineKind } from '../../lib/index.ts';

/** Short, so that a spec sees in a second what takes half a minute; the Lease itself knows whole seconds only. */
export const SHORT_ELECTION = { leaseName: 'spec', leaseNamespace: 'default', leaseDuration: 1_000, renewDeadline: 500, retryPeriod: 50 } as const;

/** ms for whatever is to happen. */
export const SOON = 8_000;

export const CONFIG_MAP = defineKind<{ readonly metadata?: { readonly name?: string; readonly namespace?: string }; readonly data?: Readonly<Record<string, string>> }>({ apiVersion: 'v1', kind: 'ConfigMap' });

export function aConfigMap(name: string): { readonly metadata: { readonly name: string; readonly namespace: string } } {
  return { metadata: { name, namespace: 'default' } };
}

export const failureOf = (promise: PromiseLike<unknown>): Promise<unknown> => Promise.resolve(promise).then(() => 'no failure', (error: unknown) => error);

/** An embedded fleet, the managers that run on it, and what they did, in order. */
export class ManagerScene implements AsyncDisposable {
  readonly fleet: FakeFleet;
  readonly log: string[] = [];
  readonly #managers: { readonly manager: Manager; run?: Promise<void> }[] = [];

  private constructor(fleet: FakeFleet) {
    this.fleet = fleet;
  }

  static async create(options: FakeFleetOptions = {}): Promise<ManagerScene> {
    return new ManagerScene(await FakeFleet.start({ clusters: 1, ...options }));
  }

  /** Not started. It listens to no signals of the process, which is that of all specs. */
  manager(options: Partial<ManagerOptions> = {}): Manager {
    const manager = new Manager({ kubeConfig: this.fleet.management, userAgent: 'spec', signals: [], ...options });
    this.#managers.push({ manager });
    return manager;
  }

  /** Something with a start and a stop, both of which are logged when they begin, and when they are over. */
  runnable(name: string, { group, starting, stopping }: Pick<Runnable, 'group'> & { readonly starting?: PromiseLike<unknown>; readonly stopping?: () => PromiseLike<unknown> } = {}): Runnable {
    return {
      name, group,
      start: async () => {
        this.log.push(`${name} starts`);
        await starting;
        this.log.push(`${name} runs`);
      },
      stop: async () => {
        this.log.push(`${name} stops`);
        await stopping?.();
        this.log.push(`${name} is over`);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#managers.map(({ manager }) => manager.stop()));
    await this.fleet.stop();
  }
}
