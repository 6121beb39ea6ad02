import { ClusterCacheError } from './errors.ts';

/** What Cluster API keeps in a cluster's Secrets: its kubeconfig, and certificates with their keys. The longer name goes before the one that it ends with. */
const PURPOSES = Object.freeze(['kubeconfig', 'apiserver-etcd-client', 'ca', 'etcd', 'sa', 'proxy'] as const);

/** What a Secret of a cluster is for: the end of its name. */
export type SecretPurpose = (typeof PURPOSES)[number];

/** The name of a cluster's Secret: `<cluster>-<purpose>`. */
export function secretName(clusterName: string, purpose: SecretPurpose): string {
  return `${clusterName}-${purpose}`;
}

/** The inverse of {@link secretName}. Throws a `ClusterCacheError` of code `BAD_SECRET_NAME` where no cluster's Secret has such a name. */
export function parseSecretName(name: string): { readonly clusterName: string; readonly purpose: SecretPurpose } {
  const purpose = PURPOSES.find((suffix) => name.endsWith(`-${suffix}`) && name.length > suffix.length + 1);
  if (purpose !== undefined) return { clusterName: name.slice(0, -purpose.length - 1), purpose };
  throw new ClusterCacheError('BAD_SECRET_NAME', `${JSON.stringify(name)} is not a valid cluster secret name: ${name.includes('-') ? 'the purpose suffix is invalid' : 'the purpose suffix is missing'}`);
}
