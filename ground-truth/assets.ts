import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the built binaries and the CRDs are kept between runs; ignored by git. */
export const ASSETS_FOLDER = join(import.meta.dirname, '..', '.ground-truth');

/** The files that a real control plane is started from. */
export interface Assets {
  readonly etcd: string;
  readonly kubeApiserver: string;
  /** Manifests of the CRDs of Cluster API, one a file. */
  readonly crds: readonly string[];
}

/** Paths of the binaries: in `KUBEBUILDER_ASSETS` where it is set (setup-envtest fills such a folder), else our own build. */
export function binaries(env: NodeJS.ProcessEnv = process.env): Pick<Assets, 'etcd' | 'kubeApiserver'> {
  const folder = env['KUBEBUILDER_ASSETS'] || ASSETS_FOLDER;
  return { etcd: join(folder, 'etcd'), kubeApiserver: join(folder, 'kube-apiserver') };
}

/** Everything that is needed, looked up once. Throws, in one line, when something has not been built yet. */
export function assets(env: NodeJS.ProcessEnv = process.env): Assets {
  const { etcd, kubeApiserver } = binaries(env);
  for (const file of [etcd, kubeApiserver]) {
    if (!existsSync(file)) throw new Error(`${file} is missing: run \`npm run ground-truth\``);
  }
  return { etcd, kubeApiserver, crds: crds() };
}

function crds(): string[] {
  const folder = join(ASSETS_FOLDER, 'crds');
  if (!existsSync(folder)) throw new Error(`${folder} is missing: run \`npm run ground-truth\``);
  return readdirSync(folder).toSorted().map((file) => join(folder, file));
}
