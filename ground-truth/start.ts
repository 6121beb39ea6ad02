/**
 * Starts a real kube-apiserver and etcd with Cluster API's CRDs, and stops them on Ctrl-C: `npm run ground-truth:start`. What
 * follows `--` are more flags of kube-apiserver.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ASSETS_FOLDER } from './assets.ts';
import { ControlPlane } from './control-plane.ts';
import { installCrds } from './install-crds.ts';
import { kubeconfig } from './kubeconfig.ts';
import { RawClient } from './raw-client.ts';

const KUBECONFIG = join(ASSETS_FOLDER, 'kubeconfig');

try {
  await run();
} catch (error) {
  console.error(`ground truth: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
  await using controlPlane = await ControlPlane.start({ flags: process.argv.slice(2) });
  const { url, certificates: { ca }, adminToken } = controlPlane;
  const credential = { token: adminToken };
  const raw = new RawClient({ url, ca, credential });
  await installCrds(raw);
  const { gitVersion } = await raw.get('/version');
  raw.close();
  writeFileSync(KUBECONFIG, kubeconfig({ url, ca, credential, name: 'ground-truth' }), { mode: 0o600 });
  console.log(`ground truth: kube-apiserver ${gitVersion} at ${url}; export KUBECONFIG=${KUBECONFIG}; Ctrl-C stops it`);
  const alive = setInterval(() => {}, 60_000); // nothing else keeps this process
  await stopped;
  clearInterval(alive);
  rmSync(KUBECONFIG, { force: true });
}
