import { expect } from 'chai';
import { type Cluster, type ClusterEvent, type LogFields, type Request, type Source } from '../../lib/index.ts';
import { newFakeClusterCache } from '../../lib/testing/index.ts';
import { leavesNothingOpen } from '../leaks.ts';

const KEY = { namespace: 'default', name: 'one' };

describe('a cluster source whose mapper returns what is no requests', () => {
  leavesNothingOpen();
  const silent = { debug() {}, info() {}, warn() {} };
  const returned: Readonly<Record<string, readonly [value: unknown, message: string]>> = {
    nothing: [undefined, 'a mapper must return an array of requests, or a promise of one; got undefined'],
    'a promise of nothing': [Promise.resolve(), 'a mapper must return an array of requests, or a promise of one; got undefined'],
    'a request without an array': [KEY, 'a mapper must return an array of requests, or a promise of one; got an object'],
    'an array of something else': [[null], 'a request must have a namespace and a name; got null'],
    'a request without a namespace': [[{ name: 'a' }], 'a request must have a namespace and a name; got an object'],
  };

  for (const [title, [value, message]] of Object.entries(returned)) {
    it(`says so with the cluster's key, and goes on: ${title}`, async () => {
      const records: LogFields[] = [];
      const clusters = newFakeClusterCache({ key: KEY, logger: { ...silent, error: (fields) => records.push(fields) } });
      const requests: Request[] = [];
      let isBad = true;
      const source: Source = clusters.getClusterSource('spec', (_cluster: Cluster, { key }: ClusterEvent) => (isBad ? value as never : [key]));
      source.subscribe((request) => requests.push(request));
      await turn();
      expect(records.map(({ controller, cluster, err }) => [controller, cluster, (err as Error).message])).to.deep.equal([['spec', 'default/one', message]]);
      isBad = false;
      clusters.disconnect(KEY);
      expect(requests).to.deep.equal([KEY]);
      await clusters.stop();
    });
  }
});

function turn(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}
