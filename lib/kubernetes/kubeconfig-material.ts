import { KubeconfigError } from '../model/errors.ts';
import { type Fields, PREFIX, own, stringField } from './kubeconfig-document.ts';

/** Refuses a field that would read a file or run a program; an empty one does neither. */
export function refuse(fields: Fields, path: string, field: string, code: string, because: string): void {
  const value = own(fields, field);
  if (value === undefined || value === null || value === '') return;
  throw new KubeconfigError(code, `${PREFIX}: ${path}.${field} is not allowed: it names ${because}`, { refused: true });
}

const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/** A field of base64 that holds PEM; what PEM it is, is for the caller to check. */
export function pemField(fields: Fields, field: string, path: string): string | undefined {
  const value = stringField(fields, field, path);
  if (value === undefined) return undefined;
  const pem = BASE64.test(value) ? Buffer.from(value, 'base64').toString('latin1') : '';
  if (pem.includes('-----BEGIN ')) return pem;
  throw new KubeconfigError('KUBECONFIG_BAD_CERTIFICATE', `${PREFIX}: ${path}.${field} must be PEM in base64; got something else`);
}

/** A field that becomes part of a header: printable ASCII, so that it can neither end the header nor be sent as something else. */
export function headerField(fields: Fields, field: string, path: string): string | undefined {
  const value = stringField(fields, field, path);
  if (value !== undefined) checkHeaderValue(value, `${path}.${field}`);
  return value;
}

export function checkHeaderValue(value: string, path: string): void {
  if (/^[\x20-\x7e]*$/.test(value)) return;
  throw new KubeconfigError('KUBECONFIG_BAD_HEADER_VALUE', `${PREFIX}: ${path} must be printable ASCII on one line; got other characters`);
}
