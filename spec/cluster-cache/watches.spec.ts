import { expect } from 'chai';
import { Subject } from 'rxjs';
import { type ClusterCacheError, ClusterNotConnectedError, type KubernetesObject, type ObjectChange, type Request, SelectorError, type WatchHandle, type Watcher, defineKind } from '../../lib/index.ts';
import { Certificates } from '../../lib/testing/index.ts';
import { formatKey } from '../../lib/model/object-key.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { Recorder } from '../suites/recorder.ts';
import { FleetScene, SOON } from './fleet-scene.ts';

const CONFIG_MAP = defineKind({ apiVersion: 'v1', kind: 'ConfigMap' });
const NODE = defineKind({ apiVersion: 'v1', kind: 'Node' });
const CLIENT = { userAgent: 'spec', qps: 1_000, burst: 1_000 };
const aConfigMap = (name: string, labels: Readonly<Record<string, string>> = {}, namespace = 'default'): KubernetesObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name, labels } });

describe('watch', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: FleetScene;
    let errors: { readonly fields: object; readonly message: string }[];
    const started = async (...options: Parameters<typeof FleetScene.started>): Promise<void> => {
      errors = [];
      const quiet = (): void => {};
      const logger = { debug: quiet, info: quiet, warn: quiet, error: (fields: object, message: string) => { errors.push({ fields, message }); } };
      scene = await FleetScene.started({ client: CLIENT, logger, ...options[0] }, options[1]);
    };
    const connected = async (...options: Parameters<typeof FleetScene.started>): Promise<void> => {
      await started(...options);
      await scene.phase('connected');
    };
    const lineOf = ({ type, key, cause }: ObjectChange<unknown>): string => `${type} ${key.name} ${cause}`;
    /** Watches, and keeps what it is told. */
    const watch = (watcher: Partial<Watcher<KubernetesObject>> = {}): { readonly lines: string[]; readonly handle: WatchHandle } => {
      const lines: string[] = [];
      const handle = scene.clusters.watch(scene.key, { name: 'spec', kind: CONFIG_MAP, ...watcher, eventHandler: watcher.eventHandler ?? ((change) => { lines.push(lineOf(change)); }) });
      return { lines, handle };
    };
    const watching = (): Promise<void> => eventually(() => scene.workload.counters.openWatches === 1, SOON);
    const failureOf = (work: () => unknown): unknown => {
      try {
        work();
      } catch (error) {
        return error;
      }
      return undefined;
    };
    afterEach(() => scene.stop());

    describe('throws', () => {
      it('for an empty name first, then where there is no connection', async () => {
        await started({}, { clusters: 0 });
        const key = scene.fleet.key('cluster-1');
        const eventHandler = (): void => {};
        expect(() => scene.clusters.watch(key, { name: '', kind: CONFIG_MAP, eventHandler })).to.throw(TypeError, 'watcher.name must be a non-empty string; got ""');
        const error = failureOf(() => scene.clusters.watch(key, { name: 'spec', kind: CONFIG_MAP, eventHandler }));
        expect(error).to.be.instanceOf(ClusterNotConnectedError).and.deep.include({ cluster: key });
        expect((error as Error).message).to.match(/^error getting watch: connection to the workload cluster is down/);
      });

      const eventHandler = (): void => {};
      const WRONG: readonly (readonly [what: string, watcher: unknown, type: new (...args: never) => Error, message: string])[] = [
        ['no watcher', undefined, TypeError, 'watcher must be an object; got undefined'],
        ['no kind', { name: 'spec', eventHandler }, TypeError, 'watcher.kind must be a kind, as defineKind makes it; got undefined'],
        ['half a kind', { name: 'spec', kind: { apiVersion: 'v1' }, eventHandler }, TypeError, 'kind.kind must be a non-empty string; got undefined'],
        ['no event handler', { name: 'spec', kind: CONFIG_MAP }, TypeError, 'watcher.eventHandler must be a function; got undefined'],
        ['an unknown field', { name: 'spec', kind: CONFIG_MAP, eventHandler, selector: '' }, TypeError, 'watcher.selector must be one of name, kind, namespace, labelSelector, predicates, eventHandler, queue; got an unknown field'],
        ['predicates that are none', { name: 'spec', kind: CONFIG_MAP, eventHandler, predicates: ['web'] }, TypeError, 'watcher.predicates must be an array of functions; got an array of 1'],
        ['a queue that is none', { name: 'spec', kind: CONFIG_MAP, eventHandler, queue: [] }, TypeError, 'watcher.queue must be a queue with next(); got an array of 0'],
        ['a selector that does not parse', { name: 'spec', kind: CONFIG_MAP, eventHandler, labelSelector: 'app in (' }, SelectorError, 'label selector'],
      ];
      for (const [what, watcher, type, message] of WRONG) {
        it(`for ${what}, and keeps nothing of it`, async () => {
          await connected();
          expect(() => scene.clusters.watch(scene.key, watcher as Watcher<KubernetesObject>)).to.throw(type, message);
          const { lines } = watch({ kind: NODE });
          await eventually(() => lines.length === 1, SOON);
        });
      }

      it('where the name is taken by a watch of another kind, namespace or selector, which goes on', async () => {
        await connected();
        const { lines } = watch({ labelSelector: 'app' });
        for (const [other, what] of [[{ kind: NODE, labelSelector: 'app' }, 'Node (v1) with app'], [{ labelSelector: 'tier' }, 'ConfigMap (v1) with tier'], [{ labelSelector: 'app', namespace: 'a' }, 'ConfigMap (v1) in a with app']] as const) {
          const error = failureOf(() => watch(other)) as ClusterCacheError;
          expect(error).to.include({ code: 'WATCH_CONFLICT' }).and.deep.include({ cluster: scene.key });
          expect(error.message).to.equal(`the watch "spec" must be of one kind, namespace and selector; it is of ConfigMap (v1) with app, and ${what} is asked for`);
        }
        scene.workload.create(aConfigMap('a', { app: 'web' }));
        await eventually(() => lines.length === 1, SOON);
      });
    });

    it('tells what there is, then every change, in order', async () => {
      await connected();
      for (const name of ['b', 'a']) scene.workload.create(aConfigMap(name));
      const { lines } = watch();
      await eventually(() => lines.length === 2, SOON);
      await watching();
      scene.workload.create(aConfigMap('c'));
      scene.workload.update(aConfigMap('a', { changed: 'yes' }));
      scene.workload.delete(CONFIG_MAP, { namespace: 'default', name: 'b' });
      await eventually(() => lines.length === 5, SOON);
      expect(lines).to.deep.equal(['added a initial', 'added b initial', 'added c watch', 'updated a watch', 'deleted b watch']);
    });

    it('is there once under its name, though others ask for it, and beside others', async () => {
      await connected();
      scene.workload.create(aConfigMap('a'));
      const first = watch();
      const again = watch();
      expect(again.handle).to.equal(first.handle);
      expect(first.handle.name).to.equal('spec');
      const other = watch({ name: 'another', kind: NODE });
      await eventually(() => first.lines.length === 1 && other.lines.length === 1, SOON);
      expect(again.lines).to.deep.equal([]);
      expect(scene.workload.counters.lists).to.include({ configmaps: 1, nodes: 1 });
    });

    it('tells what all predicates let through, and the queue what the event handler asks for', async () => {
      await connected();
      const requests = new Subject<Request>();
      const queue = new Recorder(requests);
      const told: string[] = [];
      watch({
        namespace: 'default',
        predicates: [({ object }) => object.metadata?.labels?.['app'] === 'web', ({ key }, cluster) => key.name !== cluster.name],
        eventHandler: ({ key }, cluster) => {
          told.push(`${formatKey(cluster)} ${formatKey(key)}`);
          return key.name === 'silent' ? undefined : [{ ...key }, { namespace: 'more', name: key.name }];
        },
        queue: requests,
      });
      for (const name of ['cluster-1', 'a', 'silent', 'b']) scene.workload.create(aConfigMap(name, { app: name === 'b' ? 'db' : 'web' }));
      scene.workload.create(aConfigMap('z', { app: 'web' }));
      await eventually(() => queue.values.length === 4, SOON);
      expect(told).to.deep.equal(['default/cluster-1 default/a', 'default/cluster-1 default/silent', 'default/cluster-1 default/z']);
      expect(queue.values).to.deep.equal([{ namespace: 'default', name: 'a' }, { namespace: 'more', name: 'a' }, { namespace: 'default', name: 'z' }, { namespace: 'more', name: 'z' }]);
      queue.close();
    });

    for (const [what, watcher] of [
      ['an event handler', { eventHandler: ({ key }) => { if (key.name === 'bad') throw new Error('cannot'); return [key]; } }],
      ['a predicate', { predicates: [({ key }) => { if (key.name === 'bad') throw new Error('cannot'); return true; }], eventHandler: ({ key }) => [key] }],
      ['a queue', { eventHandler: ({ key }) => [key] }],
    ] as const satisfies readonly (readonly [string, Partial<Watcher<KubernetesObject>>])[]) {
      it(`goes on where ${what} throws, and says so in the log`, async () => {
        await connected();
        const queued: string[] = [];
        const queue = { next: ({ name }: Request) => { if (what === 'a queue' && name === 'bad') throw new Error('cannot'); queued.push(name); } };
        watch({ ...watcher, queue });
        const beside = watch({ name: 'beside' });
        for (const name of ['a', 'bad', 'c']) scene.workload.create(aConfigMap(name));
        await eventually(() => queued.length === 2 && beside.lines.length === 3, SOON);
        expect(queued).to.deep.equal(['a', 'c']);
        expect(errors).to.have.length(1);
        expect(errors[0]?.fields).to.deep.include({ cluster: 'default/cluster-1', watch: 'spec', object: 'default/bad', event: 'added' }).and.have.nested.property('err.message', 'cannot');
      });
    }

    describe('is taken back', () => {
      it('by its handle: nothing more is told, and the name is free', async () => {
        await connected({ cache: { linger: 50 } });
        const { lines, handle } = watch();
        await watching();
        handle.stop();
        handle.stop();
        scene.workload.create(aConfigMap('a'));
        await eventually(() => scene.workload.counters.openWatches === 0, SOON);
        expect(lines).to.deep.equal([]);
        const next = watch({ kind: NODE });
        await eventually(() => next.lines.length === 1, SOON);
        handle.stop();
        expect(watch({ kind: NODE }).handle, 'the old handle has no hold of the new watch').to.equal(next.handle);
      });

      it('at the end of `using`', async () => {
        await connected();
        let kept: WatchHandle;
        {
          using handle = watch().handle;
          kept = handle;
        }
        expect(watch().handle).to.not.equal(kept);
      });

      for (const [what, isKept] of [['what is listed', false], ['what is kept', true]] as const) {
        it(`by its own event handler, in the middle of ${what}: not told once more`, async () => {
          await connected();
          for (const name of ['a', 'b', 'c']) scene.workload.create(aConfigMap(name));
          const other = watch({ name: 'other' });
          if (isKept) await eventually(() => other.lines.length === 3, SOON);
          const lines: string[] = [];
          const first = watch({ eventHandler: (change) => {
            lines.push(lineOf(change));
            if (lines.length === 2) watch().handle.stop(); // by its name: who is told in the same turn has no handle yet
          } });
          await eventually(() => lines.length === 2 && other.lines.length === 3, SOON);
          scene.workload.create(aConfigMap('d'));
          await eventually(() => other.lines.length === 4, SOON);
          expect(lines).to.deep.equal(['added a initial', 'added b initial']);
          expect(watch().handle).to.not.equal(first.handle);
        });
      }

      it('with its cluster, after the deletes; the name is free for the cluster that comes back', async () => {
        await connected();
        scene.workload.create(aConfigMap('a'));
        const { lines, handle } = watch();
        await eventually(() => lines.length === 1, SOON);
        await scene.fleet.remove('cluster-1');
        await eventually(() => lines.at(-1) === 'deleted a removed', SOON);
        await scene.fleet.add('cluster-1');
        scene.workload.create(aConfigMap('b'));
        await scene.upon(() => {}, ({ phase }) => phase === 'connected');
        const next = watch();
        expect(next.handle).to.not.equal(handle);
        await eventually(() => next.lines.length === 1, SOON);
        expect(lines, 'the old one').to.deep.equal(['added a initial', 'deleted a removed']);
      });

      it('by the end of the cluster cache, without deletes', async () => {
        await connected();
        scene.workload.create(aConfigMap('a'));
        const { lines } = watch();
        await eventually(() => lines.length === 1, SOON);
        await scene.clusters.stop();
        expect(lines).to.deep.equal(['added a initial']);
      });
    });

    it('is there again after a disconnect, without another call, with exactly what changed meanwhile', async () => {
      await connected();
      for (const name of ['a', 'b', 'c']) scene.workload.create(aConfigMap(name));
      const { lines, handle } = watch();
      await eventually(() => lines.length === 3, SOON);
      await watching();
      await scene.upon(() => scene.fleet.break('cluster-1', { fault: 'refuse' }), ({ phase }) => phase === 'disconnected');
      scene.workload.delete(CONFIG_MAP, { namespace: 'default', name: 'a' });
      scene.workload.update(aConfigMap('b', { changed: 'yes' }));
      scene.workload.create(aConfigMap('d'));
      expect(() => watch()).to.throw(ClusterNotConnectedError);
      await scene.upon(() => scene.fleet.heal('cluster-1'), ({ phase }) => phase === 'connected');
      await eventually(() => lines.length === 6, SOON);
      expect(lines.slice(3)).to.deep.equal(['deleted a reconnect', 'updated b reconnect', 'added d reconnect']);
      expect(watch().handle).to.equal(handle);
      expect(scene.workload.counters.lists['configmaps']).to.equal(1);
    });

    it('goes on over a new authority of the same cluster', async () => {
      await connected();
      scene.workload.create(aConfigMap('a'));
      const { lines } = watch();
      await eventually(() => lines.length === 1, SOON);
      await scene.upon(() => scene.fleet.rotateAuthority('cluster-1', Certificates.create()), ({ phase }) => phase === 'connected');
      scene.workload.create(aConfigMap('b'));
      await eventually(() => lines.some((line) => line.startsWith('added b')), SOON);
      expect(lines).to.have.length(2);
    });
  });
});
