import { KubeconfigError } from '../model/errors.ts';
import { type Fields, PREFIX, own, stringField } from './kubeconfig-document.ts';

/** Refuses a field that would read a file or run a program; an empty one does neither. */
export function refuse(fields: Fields, path: string, field: string, code: string, because: string): void {
  const value = own(fields, field);
  if (value === undefined || value === null || value === '') return;
  throw new KubeconfigError(code, `${PREFIX}: ${path}.${field} is not allowed: it names ${because}`, { refused: true });
}

/** No two parts of it fit the same character: one that did would take minutes for a megabyte that is not base64 after all. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** A field of base64 that holds PEM; what PEM it is, is for the caller to check. */
export function pemField(fields: Fields, field: string, path: string): string | undefined {
  const value = stringField(fields, field, path);
  if (value === undefined) return undefined;
  const pem = BASE64.test(value.replace(/\s+/g, '')) ? Buffer.from(value, 'base64').toString('latin1') : '';
  if (pem.includes('-----BEGIN ')) return pem;
  throw new KubeconfigError('KUBECONFIG_BAD_CERTIFICATE', `${PREFIX}: ${path}.${field} must be PEM in base64; got something else`);
}

const HEADER_NAME_BYTE = /[!#$&'*+.^_`|~0-9A-Za-z-]/;

/** A text as part of a header's name: in lower case, as the API server reads it, and every byte that a name cannot hold as %XX. */
export function headerName(text: string): string {
  return Array.from(Buffer.from(text.toLowerCase()), (byte) => {
    const character = String.fromCharCode(byte);
    return HEADER_NAME_BYTE.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
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
