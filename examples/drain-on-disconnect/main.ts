import { KubeConfig } from '@kubernetes/client-node';
import { Manager, setupWithManager } from 'clustercache';
import { drainOnDisconnect } from './drain-on-disconnect.ts';

const kubeConfig = new KubeConfig();
kubeConfig.loadFromDefault();

const manager = new Manager({ kubeConfig, userAgent: 'drain-on-disconnect' });
const clusters = setupWithManager(manager, { client: { userAgent: 'drain-on-disconnect' } });
manager.add({ name: 'drain-on-disconnect', start: ({ signal }) => drainOnDisconnect(clusters, manager.client, signal) });
await manager.start();
