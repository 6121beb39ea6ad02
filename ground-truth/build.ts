/**
 * Builds etcd and kube-apiserver from their Go modules and copies the CRDs of Cluster API beside them: `npm run ground-truth`.
 * Does nothing when they are there and go.mod and go.sum are still what they were built from.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ASSETS_FOLDER, binaries } from './assets.ts';

const KUBERNETES = { module: 'k8s.io/kubernetes', package: 'k8s.io/kubernetes/cmd/kube-apiserver', binary: 'kube-apiserver' };
const ETCD = { package: 'go.etcd.io/etcd/server/v3', binary: 'etcd' };
const CLUSTER_API = { module: 'sigs.k8s.io/cluster-api', crds: 'core/config/crd/bases', prefix: 'cluster.x-k8s.io_' };

class BuildError extends Error {}

try {
  build();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`ground truth: ${error.message}`);
  process.exitCode = 1;
}

function build(): void {
  mkdirSync(ASSETS_FOLDER, { recursive: true });
  if (process.env['KUBEBUILDER_ASSETS']) {
    const missing = Object.values(binaries()).filter((file) => !existsSync(file));
    if (missing.length > 0) throw new BuildError(`KUBEBUILDER_ASSETS is set, but ${missing.join(' and ')} cannot be found`);
  } else {
    once('binaries', ['go.mod', 'go.sum'], Object.values(binaries()), buildBinaries);
  }
  once('crds', ['crds.mod', 'crds.sum'], [join(ASSETS_FOLDER, 'crds')], copyCrds);
  console.log(`ground truth: ready in ${ASSETS_FOLDER}`);
}

/** Runs `make` unless all `outputs` are there and were made from the same `inputs`, and this same file. */
function once(name: string, inputs: readonly string[], outputs: readonly string[], make: () => void): void {
  const stampFile = join(ASSETS_FOLDER, `${name}.stamp`);
  const hash = createHash('sha256');
  for (const file of ['build.ts', ...inputs]) hash.update(readFileSync(join(import.meta.dirname, file)));
  const stamp = hash.digest('hex');
  if (outputs.every((file) => existsSync(file)) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  rmSync(stampFile, { force: true });
  make();
  writeFileSync(stampFile, stamp);
}

function buildBinaries(): void {
  checkGo();
  const version = go(['list', '-m', '-f', '{{.Version}}', KUBERNETES.module]).stdout.trim();
  console.log(`ground truth: building kube-apiserver ${version} and etcd; about five minutes on two cores with a cold cache`);
  const started = performance.now();
  // Without the flag /version says v0.0.0-master.
  go(['build', '-ldflags', `-X k8s.io/component-base/version.gitVersion=${version}`, '-o', ASSETS_FOLDER, KUBERNETES.package, ETCD.package], 'show');
  renameSync(join(ASSETS_FOLDER, 'server'), join(ASSETS_FOLDER, ETCD.binary)); // go names a binary after its package's folder
  console.log(`ground truth: built in ${Math.round((performance.now() - started) / 1000)} s`);
}

function copyCrds(): void {
  checkGo();
  const found: unknown = JSON.parse(go(['mod', 'download', '-modfile=crds.mod', '-json', CLUSTER_API.module]).stdout);
  if (typeof found !== 'object' || found === null || !('Dir' in found)) throw new BuildError(`go did not say where ${CLUSTER_API.module} is`);
  const from = join(String(found.Dir), CLUSTER_API.crds);
  const to = join(ASSETS_FOLDER, 'crds');
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to);
  for (const file of readdirSync(from)) {
    if (file.startsWith(CLUSTER_API.prefix)) copyFileSync(join(from, file), join(to, file));
  }
}

function checkGo(): void {
  const wanted = /^go (\d+)\.(\d+)/m.exec(readFileSync(join(import.meta.dirname, 'go.mod'), 'utf8'));
  if (wanted === null) throw new BuildError('go.mod names no Go version');
  const { error, stdout } = spawnSync('go', ['env', 'GOVERSION'], { cwd: import.meta.dirname, encoding: 'utf8' });
  const needed = `Go ${wanted[1]}.${wanted[2]} or newer is needed (https://go.dev/dl)`;
  if (error !== undefined) throw new BuildError(`${needed}, and no \`go\` can be run: ${error.message}`);
  // A Go that is too old prints its complaint and no version, unless it may fetch a newer one.
  const found = /^go(\d+)\.(\d+)/.exec(stdout);
  const old = found === null || Number(found[1]) < Number(wanted[1]) || (found[1] === wanted[1] && Number(found[2]) < Number(wanted[2]));
  if (old) throw new BuildError(`${needed}, found ${stdout.trim() || 'one that is too old for go.mod'}`);
}

function go(args: readonly string[], output: 'show' | 'read' = 'read'): SpawnSyncReturns<string> {
  const stdio = output === 'show' ? 'inherit' : 'pipe';
  const run = spawnSync('go', args, { cwd: import.meta.dirname, encoding: 'utf8', stdio, maxBuffer: 1 << 26 });
  if (run.error !== undefined) throw new BuildError(`go ${args[0]} cannot be run: ${run.error.message}`);
  if (run.status !== 0) throw new BuildError(`go ${args[0]} failed${run.stderr ? `: ${run.stderr.trim()}` : ''}`);
  return run;
}
