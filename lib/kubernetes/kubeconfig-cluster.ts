import { X509Certificate } from 'node:crypto';
import { KubeconfigError } from '../model/errors.ts';
import { type Fields, PREFIX, booleanField, stringField } from './kubeconfig-document.ts';
import type { KubeconfigPolicy } from './kubeconfig-policy.ts';
import { pemField, refuse } from './kubeconfig-material.ts';

export interface ClusterEntry {
  readonly server: URL;
  readonly proxy?: URL;
  readonly ca?: string;
  readonly servername?: string;
  readonly insecureSkipVerify: boolean;
}

/** What `clusters[n].cluster` says of the server. */
export function readClusterEntry(fields: Fields, path: string, policy: KubeconfigPolicy): ClusterEntry {
  refuse(fields, path, 'certificate-authority', 'KUBECONFIG_CA_FILE', 'a file of this machine; embed it as certificate-authority-data');
  const server = readServer(fields, path, policy);
  const insecureSkipVerify = booleanField(fields, 'insecure-skip-tls-verify', path);
  if (insecureSkipVerify && !policy.allowInsecureSkipTlsVerify) {
    throw new KubeconfigError('KUBECONFIG_INSECURE_SKIP_TLS_VERIFY', `${PREFIX}: ${path}.insecure-skip-tls-verify must not be true, or kubeconfigPolicy.allowInsecureSkipTlsVerify must be`, { refused: true });
  }
  const ca = pemField(fields, 'certificate-authority-data', path);
  if (ca !== undefined) checkAuthorities(ca, `${path}.certificate-authority-data`);
  if (ca !== undefined && insecureSkipVerify) {
    throw new KubeconfigError('KUBECONFIG_CONFLICTING_TRUST', `${PREFIX}: ${path} must not have certificate-authority-data together with insecure-skip-tls-verify`);
  }
  const servername = stringField(fields, 'tls-server-name', path);
  const proxy = readProxy(fields, path);
  return {
    server, insecureSkipVerify,
    ...(ca === undefined ? {} : { ca }),
    ...(servername === undefined ? {} : { servername }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}

function readServer(fields: Fields, path: string, policy: KubeconfigPolicy): URL {
  const text = stringField(fields, 'server', path);
  const server = text === undefined ? null : URL.parse(text);
  const expected = `${PREFIX}: ${path}.server must be a URL such as https://host:6443`;
  if (server === null || !['https:', 'http:'].includes(server.protocol)) throw new KubeconfigError('KUBECONFIG_BAD_SERVER', text === undefined ? `${expected}; it is missing or empty` : `${expected}; got something else`);
  if (server.username !== '' || server.password !== '') throw new KubeconfigError('KUBECONFIG_SERVER_CREDENTIALS', `${expected}, without credentials in it`, { refused: true });
  if (server.search !== '' || server.hash !== '') throw new KubeconfigError('KUBECONFIG_BAD_SERVER', `${expected}, without a query or fragment`);
  if (server.protocol === 'http:' && !policy.allowPlainHttp) {
    throw new KubeconfigError('KUBECONFIG_PLAIN_HTTP', `${PREFIX}: ${path}.server must be at https://, or kubeconfigPolicy.allowPlainHttp must be true; got ${server.origin}`, { refused: true });
  }
  return server;
}

function readProxy(fields: Fields, path: string): URL | undefined {
  const text = stringField(fields, 'proxy-url', path);
  if (text === undefined) return undefined;
  const proxy = URL.parse(text);
  if (proxy !== null && ['https:', 'http:'].includes(proxy.protocol)) return proxy;
  throw new KubeconfigError('KUBECONFIG_BAD_PROXY', `${PREFIX}: ${path}.proxy-url must be a URL at http:// or https://; got ${proxy === null ? 'something else' : 'another scheme'}`);
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

function checkAuthorities(pem: string, path: string): void {
  const certificates = pem.match(CERTIFICATE) ?? [];
  if (certificates.length > 0 && certificates.every(isCertificate)) return;
  throw new KubeconfigError('KUBECONFIG_BAD_CERTIFICATE', `${PREFIX}: ${path} must be PEM certificates in base64; got something else`);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== '';
  } catch {
    return false;
  }
}
