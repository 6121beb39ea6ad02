import { KubeConfig } from '@kubernetes/client-node';
import { ClusterCache } from 'clustercache';
import { auditTime } from 'rxjs';
import { inventory } from './fleet-inventory.ts';

const management = new KubeConfig();
management.loadFromDefault();

const clusters = new ClusterCache({ management, client: { userAgent: 'fleet-inventory' } });
inventory(clusters).pipe(auditTime(100)).subscribe(({ pods, byCluster }) => {
  console.log(`${pods} pods: ${Array.from(byCluster, ([cluster, count]) => `${cluster} ${count}`).join(', ')}`);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { void clusters.stop(); });
await clusters.start();
