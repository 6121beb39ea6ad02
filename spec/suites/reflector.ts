import { expect } from 'chai';
import { reflect } from '../../lib/informer/reflector.ts';
import { type KnownChange, KnownObjects } from '../../lib/informer/known-objects.ts';
import type { ReflectorProgress } from '../../lib/informer/reflector-event.ts';
import { listerWatcher } from '../../lib/kubernetes/lister-watcher.ts';
import { createRestClient } from '../../lib/kubernetes/rest-client.ts';
import { createTransport } from '../../lib/kubernetes/transport.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import type { Backend, Environment, TestServer } from '../backends/backend.ts';
import { Recorder } from './recorder.ts';
import { endpointOf } from './transport.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const SELECTED = 'suite=reflector';
/** ms within which a reflector that was woken by nothing but its own backoff is up to date again. */
const RECOVERY = 20_000;

type Mapped = KubernetesObject & { readonly data?: Readonly<Record<string, string>> };
type Event = KnownChange<Mapped> | ReflectorProgress;

/** The reflector over the real transport: what it tells when the network, the server or the server's memory fails. */
export function describeReflector(backend: Backend): void {
  describe(`reflector, ${backend.name} server`, function () {
    this.timeout(60_000);
    let environment: Environment;
    let server: TestServer;
    let reflector: Recorder<Event>;
    let close: () => void;

    before(async () => {
      environment = await backend.start();
      server = environment.management;
    });

    after(() => environment?.stop());

    beforeEach(async () => {
      await server.raw.delete(`${CONFIG_MAPS}?labelSelector=suite`);
      for (const name of ['a', 'b', 'c']) await create(name);
      const transport = createTransport(endpointOf(server, await server.login('token')), { userAgent: 'suite' });
      const rest = createRestClient({ transport, timeout: 10_000 });
      const resource = { basePath: '/api/v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true, hasStatus: false };
      reflector = new Recorder<Event>(reflect(listerWatcher<Mapped>(rest, resource, { labelSelector: SELECTED }), new KnownObjects<Mapped>(), { pageSize: 2, awake$: transport.alive$ }));
      close = () => { reflector.close(); transport.close(); };
      await reflector.next(({ type }) => type === 'synced', RECOVERY);
    });

    afterEach(() => close());

    const create = (name: string): Promise<unknown> => server.raw.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { suite: 'reflector' } }, data: { a: '1' } });
    const change = (name: string, a: string): Promise<unknown> => server.raw.merge(`${CONFIG_MAPS}/${name}`, { data: { a } });
    const remove = (name: string): Promise<unknown> => server.raw.delete(`${CONFIG_MAPS}/${name}`);

    const lists = (): string[] => reflector.values.flatMap((event) => (event.type === 'listing' ? [event.cause] : []));
    /** What was told of objects since the `from`th event. */
    const told = (from = 0): string[] => reflector.values.slice(from).flatMap((event) => {
      if (event.type === 'applied') return [`${event.cause} ${event.key} ${event.object.data?.['a']}`];
      return event.type === 'deleted' ? [`${event.cause} ${event.key} gone`] : [];
    });
    const deleted = (name: string) => (event: Event): boolean => event.type === 'deleted' && event.key === `default/${name}`;
    const applied = (name: string, a: string) => (event: Event): boolean => event.type === 'applied' && event.key === `default/${name}` && event.object.data?.['a'] === a;

    it('tells what there is, page by page, and then each change once', async () => {
      await change('a', '2');
      await remove('b');
      await create('d');
      await reflector.next(applied('d', '1'), RECOVERY);
      expect(told()).to.deep.equal(['initial default/a 1', 'initial default/b 1', 'initial default/c 1', 'watch default/a 2', 'watch default/b gone', 'watch default/d 1']);
      expect(lists()).to.deep.equal(['initial']);
    });

    it('goes on where it was after a cut: no list, and exactly what happened meanwhile', async () => {
      const from = reflector.values.length;
      await server.path.refuse();
      await change('a', '2');
      await remove('b');
      await create('d');
      await server.path.heal();
      await reflector.next(applied('d', '1'), RECOVERY);
      expect(told(from)).to.deep.equal(['reconnect default/a 2', 'reconnect default/b gone', 'reconnect default/d 1']);
      expect(lists()).to.deep.equal(['initial']);
    });

    it('loses nothing in three cuts under way', async () => {
      for (let round = 1; round <= 3; round += 1) {
        await change('a', `round ${round}`);
        server.path.cut();
        await reflector.next(applied('a', `round ${round}`), RECOVERY);
      }
      expect(lists()).to.deep.equal(['initial']);
      // Whether a change is told before the cut or after it is a race; that it is told once, and in its turn, is not.
      expect(told(reflector.values.findIndex(({ type }) => type === 'synced')).map((line) => line.replace(/^(watch|reconnect) /, ''))).to.deep.equal(Array.from({ length: 3 }, (_, index) => `default/a round ${index + 1}`));
    });

    it('lists once when the server has forgotten, and tells the exact difference', async () => {
      const from = reflector.values.length;
      await server.path.refuse();
      await change('a', '2');
      await remove('b');
      await create('d');
      await server.forgetHistory();
      await server.path.heal();
      await reflector.next(({ type }) => type === 'synced', RECOVERY);
      await reflector.next(deleted('b'), RECOVERY);
      await reflector.next(applied('d', '1'), RECOVERY);
      expect(told(from).toSorted()).to.deep.equal(['relist default/a 2', 'relist default/b gone', 'relist default/d 1']);
      expect(lists()).to.deep.equal(['initial', 'watchExpired']);
      await change('c', '2');
      await reflector.next(applied('c', '2'), RECOVERY);
    });

    it('lists at most once when the server is killed and comes back', async () => {
      const from = reflector.values.length;
      await server.kill();
      await server.restart();
      await change('a', '2');
      await reflector.next(applied('a', '2'), RECOVERY);
      expect(told(from).map((line) => line.replace(/^\w+ /, ''))).to.deep.equal(['default/a 2']);
      expect(lists()).to.have.lengthOf.within(1, 2);
    });
  });
}
