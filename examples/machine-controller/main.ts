import { KubeConfig } from '@kubernetes/client-node';
import { Manager, NodeProviderIDIndex, setupWithManager } from 'clustercache';
import { machineController } from './machine-controller.ts';

const kubeConfig = new KubeConfig();
kubeConfig.loadFromDefault();

const manager = new Manager({ kubeConfig, userAgent: 'machine-controller', leaderElection: { leaseName: 'machine-controller', leaseNamespace: 'default' }, server: { port: 8081 } });
const clusters = setupWithManager(manager, { cache: { indexes: [NodeProviderIDIndex] } });
manager.add(machineController(clusters, manager.client));
await manager.start();
