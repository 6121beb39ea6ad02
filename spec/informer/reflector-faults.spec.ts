import { expect } from 'chai';
import { filter } from 'rxjs';
import { type KnownChange, KnownObjects } from '../../lib/informer/known-objects.ts';
import type { ReflectorProgress } from '../../lib/informer/reflector-event.ts';
import { reflect } from '../../lib/informer/reflector.ts';
import { Endpoint } from '../../lib/kubernetes/endpoint.ts';
import { listerWatcher } from '../../lib/kubernetes/lister-watcher.ts';
import { createRestClient } from '../../lib/kubernetes/rest-client.ts';
import { createTransport } from '../../lib/kubernetes/transport.ts';
import { ClusterCacheError } from '../../lib/model/errors.ts';
import { type KubernetesObject, defineKind } from '../../lib/model/kubernetes-object.ts';
import { reflectorBackoff } from '../../lib/operators/backoff.ts';
import { FakeApiServer } from '../../lib/testing/fake-api-server.ts';
import type { Fault } from '../../lib/testing/fault.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { Recorder } from '../suites/recorder.ts';

const DEADLINE = 9_000;
const ConfigMap = defineKind({ apiVersion: 'v1', kind: 'ConfigMap' });
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } });

type Event = KnownChange<KubernetesObject> | ReflectorProgress;
type Interruption = Extract<Event, { type: 'interrupted' }>;
const isInterruption = (event: Event): event is Interruption => event.type === 'interrupted';

/** The reflector on real sockets: each fault is seen for what it is, and what happened meanwhile is told once. */
describe('reflect on real sockets', () => {
  leavesNothingOpen();

  for (const protocol of ['h2', 'http/1.1'] as const) {
    describe(`over ${protocol}`, () => {
      let server: FakeApiServer;
      let close: () => void;
      let recorder: Recorder<Event>;

      beforeEach(async () => {
        server = await FakeApiServer.start({ protocols: [protocol] });
        for (const name of ['a', 'b', 'c']) server.create(configMap(name));
      });

      afterEach(async () => {
        close();
        await server.stop();
      });

      const start = () => {
        const endpoint = new Endpoint({ server: new URL(server.url), tls: { ca: server.ca, insecureSkipVerify: false }, authorization: `Bearer ${server.token}` });
        const transport = createTransport(endpoint, { userAgent: 'spec', pingInterval: 100, pingDeadline: 300 });
        const rest = createRestClient({ transport, timeout: 10_000 });
        const resource = { basePath: '/api/v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true, hasStatus: false };
        recorder = new Recorder(reflect(listerWatcher(rest, resource, { namespace: 'default' }), new KnownObjects<KubernetesObject>(), { pageSize: 2, backoff: { ...reflectorBackoff, initial: 20 }, random: () => 0 }).pipe(filter(({ type }) => type !== 'listing')));
        close = () => { recorder.close(); transport.close(); };
      };
      const synced = () => recorder.next(({ type }) => type === 'synced', DEADLINE);
      const codeOf = ({ error }: Interruption) => (error instanceof ClusterCacheError ? error.code : error);
      const told = () => recorder.values.flatMap((event) => (event.type === 'applied' ? [`${event.object.metadata?.name} (${event.cause})`] : event.type === 'deleted' ? [`no ${event.key} (${event.cause})`] : []));
      const INITIAL = ['a (initial)', 'b (initial)', 'c (initial)'];

      const ofWatches: readonly (readonly [title: string, fault: Exclude<Fault, { fault: 'refuse' | 'halfOpen' }> & { readonly times: number }, code: RegExp])[] = [
        // Twice: a request on a connection that had been used before may be sent again without a word.
        ['is reset', { fault: 'reset', times: 2 }, /./],
        ['is answered 500', { fault: 'serverError', times: 1 }, /^InternalError$/],
        ['is answered 429', { fault: 'tooManyRequests', retryAfter: 0, times: 1 }, /^TooManyRequests$/],
        ['is answered 401', { fault: 'unauthorized', times: 1 }, /^Unauthorized$/],
        ['is answered 403', { fault: 'forbidden', times: 1 }, /^Forbidden$/],
        ['is garbage', { fault: 'garbage', times: 1 }, /^GARBAGE$/],
        ['is cut in the middle of a line', { fault: 'truncate', times: 1 }, /./],
        ['is cut in the middle of a line by a reset', { fault: 'truncate', reset: true, times: 1 }, /./],
      ];
      for (const [title, fault, code] of ofWatches) {
        it(`resumes a watch that ${title}, and lists once only`, async () => {
          const injected = server.inject({ ...fault, match: /watch=true/ });
          start();
          await synced();
          server.create(configMap('d'));
          await recorder.next((event) => event.type === 'applied' && event.key === 'default/d', DEADLINE);
          expect(injected.hits).to.equal(fault.times);
          const interruption = recorder.values.find(isInterruption);
          expect(interruption?.during).to.equal('watch');
          expect(codeOf(interruption!)).to.match(code);
          expect(told()).to.deep.equal([...INITIAL, 'd (reconnect)']);
          expect(server.counters.lists['configmaps']).to.equal(2);
        });
      }

      it('lists again when the watch is told that its version is gone, and tells the difference', async () => {
        const injected = server.inject({ fault: 'gone', times: 1, match: /watch=true/ });
        start();
        await synced();
        server.delete(ConfigMap, { namespace: 'default', name: 'b' });
        server.create(configMap('d'));
        await recorder.next((event) => event.type === 'applied' && event.key === 'default/d', DEADLINE);
        await recorder.next((event) => event.type === 'deleted', DEADLINE);
        expect(injected.hits).to.equal(1);
        expect(told().slice(0, 3)).to.deep.equal(INITIAL);
        expect(told().slice(3).map((line) => line.replace(/ \(.*/, '')).toSorted()).to.deep.equal(['d', 'no default/b']);
        expect(server.counters.lists['configmaps']).to.be.within(3, 4);
      });

      it('begins a list in one body when a continue token is gone', async () => {
        const injected = server.inject({ fault: 'gone', times: 1, match: /continue=/ });
        start();
        await synced();
        expect(injected.hits).to.equal(1);
        expect(told()).to.deep.equal(INITIAL);
        expect(server.requests.filter(({ verb, resource }) => verb === 'list' && resource === 'configmaps').map(({ path }) => path.replace(/continue=[^&]+/, 'continue'))).to.deep.equal([
          '/api/v1/namespaces/default/configmaps?limit=2', '/api/v1/namespaces/default/configmaps?limit=2&continue', '/api/v1/namespaces/default/configmaps',
        ]);
      });

      it('goes on after nobody listened for a while, with exactly what happened', async () => {
        start();
        await synced();
        const fault = server.inject({ fault: 'refuse' });
        await recorder.next(isInterruption, DEADLINE);
        server.delete(ConfigMap, { namespace: 'default', name: 'b' });
        server.create(configMap('d'));
        await fault.remove();
        await recorder.next((event) => event.type === 'applied' && event.key === 'default/d', DEADLINE);
        expect(told()).to.deep.equal([...INITIAL, 'no default/b (reconnect)', 'd (reconnect)']);
        expect(server.counters.lists['configmaps']).to.equal(2);
      });

      if (protocol === 'h2') {
        it('notices a connection that fell silent, and goes on when it speaks again', async () => {
          start();
          await synced();
          const fault = server.inject({ fault: 'halfOpen' });
          await recorder.next(isInterruption, DEADLINE);
          server.create(configMap('d'));
          await fault.remove();
          await recorder.next((event) => event.type === 'applied' && event.key === 'default/d', DEADLINE);
          expect(told()).to.deep.equal([...INITIAL, 'd (reconnect)']);
          expect(server.counters.lists['configmaps']).to.equal(2);
        });
      }
    });
  }
});
