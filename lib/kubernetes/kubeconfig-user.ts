import { X509Certificate, createPrivateKey } from 'node:crypto';
import { KubeconfigError } from '../model/errors.ts';
import { type Fields, PREFIX, listField, mapping, own, stringField } from './kubeconfig-document.ts';
import { checkHeaderValue, headerField, headerName, pemField, refuse } from './kubeconfig-material.ts';

export interface UserEntry {
  readonly authorization?: string;
  readonly impersonation?: Readonly<Record<string, string | readonly string[]>>;
  readonly tokenExpiry?: Date;
  readonly certificate?: { readonly cert: string; readonly key: string; readonly expiry: Date };
}

/** What `users[n].user` says of who we are. */
export function readUserEntry(fields: Fields, path: string): UserEntry {
  refuse(fields, path, 'exec', 'KUBECONFIG_EXEC', 'a program to run; embed a token or a client certificate');
  refuse(fields, path, 'auth-provider', 'KUBECONFIG_AUTH_PROVIDER', 'a plugin; embed a token or a client certificate');
  refuse(fields, path, 'tokenFile', 'KUBECONFIG_TOKEN_FILE', 'a file of this machine; embed it as token');
  refuse(fields, path, 'client-certificate', 'KUBECONFIG_CLIENT_CERTIFICATE_FILE', 'a file of this machine; embed it as client-certificate-data');
  refuse(fields, path, 'client-key', 'KUBECONFIG_CLIENT_KEY_FILE', 'a file of this machine; embed it as client-key-data');

  const token = headerField(fields, 'token', path);
  const username = stringField(fields, 'username', path);
  const password = stringField(fields, 'password', path);
  if (token !== undefined && username !== undefined) throw new KubeconfigError('KUBECONFIG_CONFLICTING_AUTH', `${PREFIX}: ${path} must have a token or a username, not both`);
  if (username?.includes(':') === true) throw new KubeconfigError('KUBECONFIG_BAD_HEADER_VALUE', `${PREFIX}: ${path}.username must not hold a colon`);
  const authorization = token !== undefined ? `Bearer ${token}` : username !== undefined ? `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` : undefined;
  const certificate = readCertificate(fields, path);
  const impersonation = readImpersonation(fields, path);
  const tokenExpiry = token === undefined ? undefined : expiryOf(token);
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(impersonation === undefined ? {} : { impersonation }),
    ...(tokenExpiry === undefined ? {} : { tokenExpiry }),
  };
}

function readCertificate(fields: Fields, path: string): UserEntry['certificate'] {
  const cert = pemField(fields, 'client-certificate-data', path);
  const key = pemField(fields, 'client-key-data', path);
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new KubeconfigError('KUBECONFIG_HALF_CERTIFICATE', `${PREFIX}: ${path} must have client-certificate-data and client-key-data together; got one of them`);
  }
  let matches: boolean;
  let expiry: Date;
  try {
    const certificate = new X509Certificate(cert);
    expiry = certificate.validToDate;
    matches = certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    // Without the parser's own error, which may quote the key.
    throw new KubeconfigError('KUBECONFIG_BAD_CERTIFICATE', `${PREFIX}: ${path} must have a PEM certificate and its PEM private key; got something else`);
  }
  if (!matches) throw new KubeconfigError('KUBECONFIG_KEY_MISMATCH', `${PREFIX}: ${path}.client-key-data must be the key of client-certificate-data; got another one`);
  return { cert, key, expiry };
}

function readImpersonation(fields: Fields, path: string): UserEntry['impersonation'] {
  const user = headerField(fields, 'as', path);
  const uid = headerField(fields, 'as-uid', path);
  const groups = strings(fields, 'as-groups', path);
  const extra = Object.entries(mapping(own(fields, 'as-user-extra') ?? {}, `${path}.as-user-extra`))
    .map(([name, values]) => [`Impersonate-Extra-${headerName(name)}`, strings({ values }, 'values', `${path}.as-user-extra`)] as const);
  if (user === undefined) {
    if (uid === undefined && groups.length === 0 && extra.length === 0) return undefined;
    throw new KubeconfigError('KUBECONFIG_BAD_IMPERSONATION', `${PREFIX}: ${path}.as must be set where as-uid, as-groups or as-user-extra are`);
  }
  return {
    'Impersonate-User': user,
    ...(uid === undefined ? {} : { 'Impersonate-Uid': uid }),
    ...(groups.length === 0 ? {} : { 'Impersonate-Group': groups }),
    ...Object.fromEntries(extra),
  };
}

function strings(fields: Fields, field: string, path: string): readonly string[] {
  return listField(fields, field, path).map((value) => {
    if (typeof value !== 'string') throw new KubeconfigError('KUBECONFIG_WRONG_TYPE', `${PREFIX}: ${path}.${field} must be a list of strings; got a ${typeof value} in it`);
    checkHeaderValue(value, `${path}.${field}`);
    return value;
  });
}

/** Header, payload and signature; the payload is an object, whose `{` makes an `e` in base64url. */
const JWT = /^[\w-]+\.e[\w-]*\.[\w-]*$/;

/** What a JWT says of its end; nothing is verified, for nothing hangs on it. */
function expiryOf(token: string): Date | undefined {
  if (!JWT.test(token)) return undefined; // a parser's error costs more than the rest of a kubeconfig
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { readonly exp?: unknown };
    return typeof exp === 'number' && Math.abs(exp) < 8.64e12 ? new Date(exp * 1000) : undefined;
  } catch {
    return undefined; // it only looked like one
  }
}
