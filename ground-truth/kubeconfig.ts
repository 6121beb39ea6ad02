import type { RawCredential } from './raw-client.ts';

export interface KubeconfigOptions {
  readonly url: string;
  readonly ca: string;
  readonly credential: RawCredential;
  /** Of the cluster; the user and the context are called after it. @default 'workload' */
  readonly name?: string;
}

/** A kubeconfig of one cluster, one user and one context, with everything embedded, as Cluster API's providers write them. */
export function kubeconfig({ url, ca, credential: { token, cert, key }, name = 'workload' }: KubeconfigOptions): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const user = [
    ...(token === undefined ? [] : [`    token: ${token}`]),
    ...(cert === undefined ? [] : [`    client-certificate-data: ${base64(cert)}`]),
    ...(key === undefined ? [] : [`    client-key-data: ${base64(key)}`]),
  ];
  return `apiVersion: v1
kind: Config
clusters:
- name: ${name}
  cluster:
    server: ${url}
    certificate-authority-data: ${base64(ca)}
users:
- name: ${name}-admin
  user:
${user.join('\n')}
contexts:
- name: ${name}-admin@${name}
  context:
    cluster: ${name}
    user: ${name}-admin
current-context: ${name}-admin@${name}
`;
}
