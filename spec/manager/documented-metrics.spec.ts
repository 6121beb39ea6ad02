import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { Controller, Manager } from '../../lib/index.ts';
import { InMemoryFleet } from '../../lib/testing/index.ts';

/** The second table of docs/metrics.md, a line for each metric: name, type, labels. */
function documented(): string[] {
  const [, text = ''] = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8').split('\n## ');
  return [...text.matchAll(/^\| `(\w+)` \| (\w+) \| (.*?) \|/gm)].map(([, name = '', type = '', labels = '']) =>
    `${name} ${type} ${labels.split(', ').flatMap((label) => /^`(\w+)`/.exec(label)?.[1] ?? []).filter((label) => !/^(success|error|requeue)/.test(label)).join()}`);
}

describe('the metrics of a manager and its controllers', () => {
  it('are those of docs/metrics.md, with their types and labels, and no other', async () => {
    const fleet = new InMemoryFleet();
    const metrics = new Registry();
    await using manager = new Manager({ kubeConfig: fleet, metrics, signals: [], leaderElection: { leaseName: 'a', leaseNamespace: 'default' } });
    const reconciled = Promise.withResolvers<void>();
    const controller = new Controller({ name: 'a', sources: [], reconcile: () => reconciled.resolve() });
    controller.queue.add({ namespace: 'default', name: 'a' });
    manager.add(controller);
    const ended = manager.start();
    await reconciled.promise;
    const kept = metrics.getMetricsAsArray() as unknown as readonly { readonly name: string; readonly type: string; readonly labelNames?: readonly string[] }[];
    expect(kept.map(({ name, type, labelNames = [] }) => `${name} ${type} ${labelNames.join()}`)).to.have.members(documented());
    await manager.stop();
    await ended;
    fleet.stop();
  });
});
