import { CoreV1Api, CustomObjectsApi, Health, KubeConfig, Watch } from '@kubernetes/client-node';
import { CONNECTS_AT_ONCE, type Contestant, type FollowOptions, type Following, Tally, WATCH_PATHS, queue } from './contestant.ts';

/**
 * What a user of client-node alone writes: a KubeConfig for each cluster, its API classes and its Watch. It has no call for `GET /` and asks `/livez`. Its Watch tells nobody
 * that it is open, and so counts from its first event on.
 */
export const clientNode: Contestant = {
  async follow({ management, watches, probeInterval }: FollowOptions): Promise<Following> {
    const tally = new Tally();
    const dial = queue(CONNECTS_AT_ONCE);
    const known = new Set<string>();
    const configs: KubeConfig[] = [];
    const ends: (() => void)[] = [];
    const own = kubeConfigOf(management);

    const connect = async (kubeconfig: string): Promise<void> => {
      const config = kubeConfigOf(kubeconfig);
      await new Health(config).livez({});
      const core = config.makeApiClient(CoreV1Api);
      await Promise.all([core.getAPIResources(), core.readNamespace({ name: 'kube-system' })]);
      configs.push(config);
      if (watches) await Promise.all(WATCH_PATHS.map((path) => open(config, path)));
      tally.add();
    };
    const open = (config: KubeConfig, path: string): Promise<void> => new Promise((resolve, reject) => {
      const [bare = ''] = path.split('?');
      void new Watch(config).watch(bare, { allowWatchBookmarks: true }, () => resolve(), reject).then((controller) => ends.push(() => controller.abort()));
    });

    return {
      async connected(count) {
        const clusters = await own.makeApiClient(CustomObjectsApi).listClusterCustomObject({ group: 'cluster.x-k8s.io', version: 'v1beta2', plural: 'clusters' }) as { readonly items: readonly { readonly metadata: { readonly name: string } }[] };
        for (const { metadata: { name } } of clusters.items) {
          if (known.has(name)) continue;
          known.add(name);
          dial(async () => {
            const { data } = await own.makeApiClient(CoreV1Api).readNamespacedSecret({ namespace: 'default', name: `${name}-kubeconfig` });
            await connect(Buffer.from(data?.['value'] ?? '', 'base64').toString());
          });
        }
        await tally.reached(count);
      },
      probe() {
        for (const config of configs) {
          let timer: NodeJS.Timeout;
          const again = (): void => { timer = setTimeout(() => void new Health(config).livez({}).then(again, () => { /* the fleet is gone */ }), probeInterval); };
          timer = setTimeout(() => void new Health(config).livez({}).then(again, () => { /* the fleet is gone */ }), probeInterval * Math.random());
          ends.push(() => clearTimeout(timer));
        }
      },
      async call(times) {
        const [config] = configs;
        if (config === undefined) throw new Error('nothing is connected');
        const core = config.makeApiClient(CoreV1Api);
        for (let i = 0; i < times; i++) await core.readNamespace({ name: 'kube-system' });
      },
      async stop() {
        for (const end of ends) end();
      },
    };
  },
};

function kubeConfigOf(text: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(text);
  return config;
}
