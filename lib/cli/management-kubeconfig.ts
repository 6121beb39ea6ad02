import { KubeConfig } from '@kubernetes/client-node';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Management } from './arguments.ts';
import { Failure } from './failure.ts';

/** Where a Pod finds the credentials of its own cluster. */
const IN_CLUSTER_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** The user's own kubeconfig, found as kubectl finds it. Throws a {@link Failure} that quotes nothing of it but names of contexts. */
export function managementKubeconfig({ kubeconfig, context }: Management, env: Readonly<Record<string, string | undefined>>): KubeConfig {
  const config = kubeconfig === undefined ? usualKubeconfig(env) : fromFiles([kubeconfig]);
  if (context !== undefined) {
    if (config.getContextObject(context) === null) throw new Failure(`expected one of the contexts ${config.getContexts().map(({ name }) => name).join(', ') || '(there are none)'}; got ${context}`);
    config.setCurrentContext(context);
  }
  if (config.getContextObject(config.getCurrentContext()) === null) throw new Failure('the kubeconfig has no current context; name one with --context');
  if (config.getCurrentCluster() === null) throw new Failure(`the context ${config.getCurrentContext()} names a cluster that the kubeconfig does not have`);
  return config;
}

function usualKubeconfig(env: Readonly<Record<string, string | undefined>>): KubeConfig {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  if (named.length > 0) return fromFiles(named.filter((path) => named.length === 1 || existsSync(path)));
  const usual = join(homedir(), '.kube', 'config');
  if (existsSync(usual)) return fromFiles([usual]);
  if (env['KUBERNETES_SERVICE_HOST'] === undefined || !existsSync(IN_CLUSTER_TOKEN)) {
    throw new Failure(`expected --kubeconfig FILE, $KUBECONFIG, ${usual} or a Pod's own credentials; found none of them`);
  }
  const config = new KubeConfig();
  config.loadFromCluster();
  return config;
}

function fromFiles(paths: readonly string[]): KubeConfig {
  const [first, ...others] = paths;
  if (first === undefined) throw new Failure('none of the files of $KUBECONFIG is there');
  const config = fromFile(first);
  for (const path of others) merge(config, fromFile(path));
  return config;
}

/** As kubectl does: what the earlier file says of a name, and its current context, win. */
function merge(config: KubeConfig, later: KubeConfig): void {
  const unknown = <T extends { readonly name: string }>(known: readonly T[], more: readonly T[]) => more.filter(({ name }) => !known.some((one) => one.name === name));
  later.clusters = unknown(config.getClusters(), later.getClusters());
  later.users = unknown(config.getUsers(), later.getUsers());
  later.contexts = unknown(config.getContexts(), later.getContexts());
  config.mergeConfig(later, Boolean(config.getCurrentContext()));
}

function fromFile(path: string): KubeConfig {
  const config = new KubeConfig();
  try {
    readFileSync(path);
  } catch (error) {
    throw new Failure(`cannot read the kubeconfig ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`, { cause: error });
  }
  try {
    config.loadFromFile(path);
  } catch {
    // The parser's message quotes the lines around, and they may be a key.
    throw new Failure(`${path} is not a kubeconfig: expected YAML or JSON with clusters, users and contexts`);
  }
  return config;
}
