import { expect } from 'chai';
import { inspect } from 'node:util';
import { Registry } from 'prom-client';
import { type LogFields, defineKind } from '../../lib/index.ts';
import type { Cluster } from '../../lib/model/cluster.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { FleetScene, SOON } from './fleet-scene.ts';

const NODE = defineKind({ apiVersion: 'v1', kind: 'Node' });
const CLUSTER = defineKind<Cluster>({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster' });

interface LogRecord {
  readonly level: string;
  readonly fields: LogFields;
  readonly message: string;
}

/** Every message of the library, with the level it comes at. */
const MESSAGES: Readonly<Record<string, string>> = {
  connecting: 'debug', connected: 'info', disconnected: 'info', 'kubeconfig rotated': 'info', 'probe failed': 'debug', 'a request is sent again': 'debug', 'connect failed': 'warn', waiting: 'info', removed: 'info',
  'the newer kubeconfig cannot be used; the connection goes on': 'warn', 'reading the management cluster failed': 'warn', 'the kubeconfig now leads to another cluster': 'warn',
};

describe('what a ClusterCache lets out', () => {
  leavesNothingOpen();

  describe('over a whole life on an embedded fleet', () => {
    const records: LogRecord[] = [];
    /** Everything that was said, shown or thrown, by where. */
    const shown = new Map<string, string>();
    const secrets: string[] = [];

    before(async function () {
      this.timeout(30_000);
      const log = (level: string) => (fields: LogFields, message: string) => { records.push({ level, fields, message }); };
      const metrics = new Registry();
      const scene = await FleetScene.create({ metrics, logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') } }, { clusters: 0 });
      try {
        await live(scene, metrics);
      } finally {
        await scene.stop();
      }
    });

    async function live(scene: FleetScene, metrics: Registry): Promise<void> {
      const { fleet, clusters } = scene;
      let step = 0;
      const show = async (...more: readonly unknown[]) => {
        step += 1;
        const key = fleet.key('cluster-1');
        const state = scene.states().values.at(-1);
        const parts: Readonly<Record<string, unknown>> = { state, clusters, diagnosis: clusters.diagnose(key), json: JSON.stringify(state), more };
        for (const [name, part] of Object.entries(parts)) shown.set(`${step} ${name}`, typeof part === 'string' ? part : inspect(part, { depth: 12, showHidden: true }));
        shown.set(`${step} metrics`, await metrics.metrics());
      };
      /** A kubeconfig whose secrets can be recognised. */
      const secretKubeconfig = (options: Parameters<typeof scene.workload.kubeconfig>[0]): string => {
        const text = scene.workload.kubeconfig({ name: 'cluster-1', ...options });
        const { user } = (JSON.parse(text) as { readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }] }).users[0];
        for (const secret of Object.values(user)) {
          secrets.push(secret.slice(0, 24));
          if (secret.length > 100) secrets.push(Buffer.from(secret, 'base64').toString().split('\n')[1]?.slice(0, 32) ?? secret); // the first line of a PEM's content
        }
        return text;
      };

      await fleet.add('cluster-1', { kubeconfig: false });
      scene.states();
      await clusters.start();
      await scene.phase('pending kubeconfigMissing');
      await show();
      const wrong = secretKubeconfig({ token: 'SECRET-token-that-is-refused' });
      scene.workload.users.revokeToken('SECRET-token-that-is-refused');
      fleet.putKubeconfig('cluster-1', wrong);
      await scene.phase('disconnected connectFailed');
      await show();
      fleet.putKubeconfig('cluster-1', secretKubeconfig({ token: 'SECRET-token-the-first' }));
      await scene.phase('connected');
      const client = clusters.getUncachedClient(scene.key);
      const config = clusters.getRESTConfig(scene.key);
      fleet.break('cluster-1', { fault: 'refuseStream', match: /nodes/, times: 1 });
      await client.list(NODE);
      await show(client, config, config.exportConfig());
      for (const user of ['basic', 'clientCertificate'] as const) {
        const told = scene.told().length;
        fleet.putKubeconfig('cluster-1', secretKubeconfig({ user }));
        await eventually(() => scene.told().length > told, SOON);
        await show(clusters.getRESTConfig(scene.key));
      }
      for (const broken of [`SECRET-not-a-kubeconfig: [${'x'.repeat(20)}`, wrong.replace('"token"', '"tokenFile"'), wrong.replace('https:', 'SECRET-scheme:')]) {
        secrets.push('SECRET-');
        await scene.upon(() => fleet.putKubeconfig('cluster-1', broken), (state) => state.phase === 'connected' && state.error !== undefined);
        await show(scene.states().values.at(-1));
      }
      const last = secretKubeconfig({ token: 'SECRET-token-the-last' });
      await scene.upon(() => fleet.putKubeconfig('cluster-1', last), (state) => state.phase === 'connected' && state.error === undefined);
      fleet.break('cluster-1', { fault: 'serverError' });
      await scene.phase('disconnected probeFailureThreshold');
      await show(await client.list(NODE).catch((error: unknown) => error));
      await fleet.heal('cluster-1');
      await scene.upon(() => {}, ({ phase }) => phase === 'connected');
      scene.workload.users.revokeToken('SECRET-token-the-last');
      await scene.phase('disconnected unauthorized');
      await show();
      await fleet.add('other', { ready: false });
      await scene.upon(() => fleet.putKubeconfig('cluster-1', fleet.kubeconfig('other')), ({ phase }) => phase === 'connected');
      await scene.upon(() => fleet.putKubeconfig('cluster-1', secretKubeconfig({ token: 'SECRET-token-of-another' })), (state) => state.phase === 'connected' && state.connection.clusterUid === scene.workload.uid);
      const cut = fleet.managementServer.inject({ fault: 'garbage', match: ({ verb }) => verb === 'watch', body: `SECRET-garbage ${last}` });
      fleet.managementServer.patch(CLUSTER, scene.key, { metadata: { annotations: { changed: 'yes' } } });
      await eventually(() => records.some(({ message }) => message === 'reading the management cluster failed'), SOON);
      await cut.remove();
      await show();
      fleet.managementServer.delete(CLUSTER, scene.key);
      await scene.phase('absent deleted');
      await show();
      shown.set('events', inspect(scene.events.values, { depth: 12, showHidden: true }));
      shown.set('states', inspect(scene.states().values, { depth: 12, showHidden: true, maxArrayLength: null }));
      shown.set('records', inspect(records, { depth: 12, showHidden: true, maxArrayLength: null }));
    }

    it('is no secret of any kubeconfig: in no record, state, event, metric, diagnosis, error or inspected object', () => {
      expect(secrets.length).to.be.above(8);
      const found = [...shown].flatMap(([where, text]) => secrets.filter((secret) => text.includes(secret)).map((secret) => `${where}: ${secret}`));
      expect(found).to.deep.equal([]);
      expect([...shown.values()].some((text) => text.includes(`127.0.0.1`)), 'there is something to see').to.equal(true);
    });

    it('is logged under constant messages, each at its level', () => {
      for (const { level, message } of records) expect(`${level} ${message}`).to.equal(`${MESSAGES[message] ?? 'never'} ${message}`);
      expect(Object.keys(MESSAGES).filter((message) => !records.some((record) => record.message === message)), 'not seen').to.deep.equal([]);
    });

    it('names the cluster in every record about one', () => {
      for (const { fields, message } of records) {
        if (message === 'reading the management cluster failed') expect(fields).to.have.keys('kind', 'err');
        else expect(fields['cluster'], message).to.be.oneOf(['default/cluster-1', 'default/other']);
      }
    });

    it('says what failed and where, and when it is tried again', () => {
      const failed = records.filter(({ message }) => message === 'connect failed');
      expect(failed.length).to.be.above(0);
      for (const { fields } of failed) {
        expect(fields).to.include.keys('code', 'stage', 'message', 'retryAt');
        expect(fields['retryAt']).to.be.instanceOf(Date);
      }
    });
  });
});
