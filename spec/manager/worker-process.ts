import { Manager } from '../../lib/manager/manager.ts';
import { setupWithManager } from '../../lib/manager/setup-with-manager.ts';
import { FakeFleet } from '../../lib/testing/index.ts';

/** A program as a user writes it, with its management cluster inside. Says line by line how far it is; its first argument says how it takes to being stopped. */
const [, , manner] = process.argv;
const say = (line: string): void => { process.stdout.write(`${line}\n`); };

const fleet = await FakeFleet.start({ clusters: 1 });
const manager = new Manager({ kubeConfig: fleet.management, leaderElection: { leaseName: 'spec', leaseNamespace: 'default' }, server: { port: 0, host: '127.0.0.1' } });
setupWithManager(manager);
manager.add({
  name: 'worker',
  start: () => say('runs'),
  stop: async () => {
    say('stops');
    if (manner === 'hangs') for (;;); // not even a timer would fire
    if (manner === 'waits') await new Promise(() => {});
    await manager.client.list({ apiVersion: 'v1', kind: 'ConfigMap' });
    say('is over');
  },
});
await manager.start();
say('ended');
await fleet.stop();
