import type { KeyAlgorithm, KeyedCertificate } from './certificates.ts';

/** How a kubeconfig of a fake server authenticates. */
export interface KubeconfigOptions {
  /** Of the cluster and the user. @default 'fake' */
  readonly name?: string;
  /** @default `name` */
  readonly contextName?: string;
  /** @default 'token' */
  readonly user?: 'token' | 'clientCertificate' | 'basic' | 'none';
  /** The common name of a client certificate, the user of a token or password. @default 'kubernetes-admin', of the group system:masters */
  readonly userName?: string;
  /** Of a client certificate. @default 'ec' */
  readonly key?: KeyAlgorithm;
  /** This client certificate. @default a new one */
  readonly certificate?: KeyedCertificate;
  /** This token, accepted from now on. @default the server's own */
  readonly token?: string;
  /** @default the server's URL */
  readonly server?: string;
  /** PEM. @default the server's authority */
  readonly ca?: string;
  /** Of the context. @default none */
  readonly namespace?: string;
  /** Further fields of the cluster: `proxy-url`, `tls-server-name`, `insecure-skip-tls-verify`, … */
  readonly cluster?: Readonly<Record<string, unknown>>;
}

/** A kubeconfig with one context. JSON, which is YAML. */
export function kubeconfigDocument({ name, contextName, server, ca, cluster = {}, namespace, user }: {
  readonly name: string; readonly contextName: string; readonly server: string; readonly ca?: string | undefined;
  readonly cluster?: Readonly<Record<string, unknown>>; readonly namespace?: string | undefined; readonly user: Readonly<Record<string, string>>;
}): string {
  return JSON.stringify({
    apiVersion: 'v1', kind: 'Config', preferences: {}, 'current-context': contextName,
    clusters: [{ name, cluster: { server, ...(ca !== undefined && { 'certificate-authority-data': base64(ca) }), ...cluster } }],
    users: [{ name: `${name}-admin`, user }],
    contexts: [{ name: contextName, context: { cluster: name, user: `${name}-admin`, ...(namespace !== undefined && { namespace }) } }],
  }, null, 2);
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
