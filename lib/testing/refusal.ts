import type { Status } from '../model/kubernetes-object.ts';
import { type Resource, groupResource } from './resource.ts';

type Details = NonNullable<Status['details']>;
type Cause = NonNullable<Details['causes']>[number];

/** What an API server answers instead of doing what it was asked: a Status and its code, with the texts of kube-apiserver. */
export class Refusal extends Error {
  readonly status: Status & { readonly code: number };
  readonly code: number;
  /** Sent as `Retry-After`. */
  readonly retryAfter: number | undefined;

  constructor(code: number, reason: string | undefined, message: string, details?: Details, metadata: { readonly continue?: string } = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.retryAfter = details?.retryAfterSeconds;
    this.status = {
      kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', message,
      ...(reason !== undefined && { reason }), ...(details !== undefined && { details }), code,
    } as Status & { readonly code: number };
  }
}

const named = (resource: Resource, name: string): Details => ({ ...(name !== '' && { name }), ...(resource.group !== '' && { group: resource.group }), kind: resource.plural });
const kindNamed = (resource: Resource, name: string): Details => ({ ...(name !== '' && { name }), ...(resource.group !== '' && { group: resource.group }), kind: resource.kind });
const groupKind = ({ kind, group }: Resource): string => group === '' ? kind : `${kind}.${group}`;

export const unauthorized = (): Refusal => new Refusal(401, 'Unauthorized', 'Unauthorized');

export const notFound = (resource: Resource, name: string): Refusal =>
  new Refusal(404, 'NotFound', `${groupResource(resource)} "${name}" not found`, named(resource, name));

/** A path below a known group version that names no resource. */
export const noSuchResource = (): Refusal => new Refusal(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (resource: Resource, name: string): Refusal =>
  new Refusal(409, 'AlreadyExists', `${groupResource(resource)} "${name}" already exists`, named(resource, name));

/** A name that is taken until the finalizers of its object are gone. */
export const stillBeingDeleted = (resource: Resource, name: string): Refusal =>
  new Refusal(409, 'AlreadyExists', `object is being deleted: ${groupResource(resource)} "${name}" already exists`, named(resource, name));

export const conflict = (resource: Resource, name: string, why: string): Refusal =>
  new Refusal(409, 'Conflict', `Operation cannot be fulfilled on ${groupResource(resource)} "${name}": ${why}`, named(resource, name));

/** What an apply would change although others manage it. */
export function applyConflict(conflicts: readonly { readonly manager: string; readonly path: string }[]): Refusal {
  const [first] = conflicts;
  const managers = [...new Set(conflicts.map(({ manager }) => manager))].sort();
  const message = conflicts.length === 1 && first !== undefined
    ? `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.path}`
    : `Apply failed with ${conflicts.length} conflicts: ${managers.flatMap((manager) => [`conflicts with ${manager}:`, ...conflicts.filter((conflict) => conflict.manager === manager).map(({ path }) => `- ${path}`)]).join('\n')}`;
  return new Refusal(409, 'Conflict', message, { causes: conflicts.map(({ manager, path }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field: path })) });
}

export const preconditionFailed = (resource: Resource, name: string, why: string): Refusal =>
  new Refusal(409, 'Conflict', `Operation cannot be fulfilled on ${groupKind(resource)} "${name}": ${why}`, kindNamed(resource, name));

export const badRequest = (message: string): Refusal => new Refusal(400, 'BadRequest', message);

export const methodNotAllowed = (): Refusal => new Refusal(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const expired = (message: string, continueToken?: string): Refusal =>
  new Refusal(410, 'Expired', message, undefined, continueToken === undefined ? {} : { continue: continueToken });

export const requestTooLarge = (limit: number): Refusal => new Refusal(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);

export const tooManyRequests = (message: string, seconds: number): Refusal => new Refusal(429, 'TooManyRequests', message, { retryAfterSeconds: seconds });

/** `secrets is forbidden: User "bob" cannot list resource "secrets" in API group "" in the namespace "default"`. */
export function forbidden(user: string, verb: string, path: string, target?: { readonly resource: Resource; readonly namespace?: string; readonly name?: string; readonly subresource?: string }): Refusal {
  if (target === undefined) return new Refusal(403, 'Forbidden', `forbidden: User ${JSON.stringify(user)} cannot ${verb} path ${JSON.stringify(path)}`, {});
  const { resource, namespace, name = '', subresource } = target;
  const object = name === '' ? groupResource(resource) : `${groupResource(resource)} ${JSON.stringify(name)}`;
  const where = namespace === undefined && !(resource.group === '' && resource.plural === 'namespaces' && name !== '') ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace ?? name)}`; // that of a Namespace is the Namespace itself
  const what = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  return new Refusal(403, 'Forbidden', `${object} is forbidden: User ${JSON.stringify(user)} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(resource.group)} ${where}`, named(resource, name));
}

/** A Namespace that a cluster cannot be without. */
export const undeletable = (resource: Resource, name: string): Refusal =>
  new Refusal(403, 'Forbidden', `${groupResource(resource)} "${name}" is forbidden: this namespace may not be deleted`, named(resource, name));

export const unsupportedMediaType = (accepted: readonly string[]): Refusal =>
  new Refusal(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`);

/** A JSON patch that cannot be applied. */
export const unprocessable = (): Refusal => new Refusal(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

export const internalError = (message: string): Refusal => new Refusal(500, undefined, message);

export const versionTooLarge = (wanted: string, current: string): Refusal => new Refusal(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
  causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1,
});

export type FieldFault = 'Required' | 'Invalid' | 'Forbidden' | 'NotSupported';

const CAUSES: Readonly<Record<FieldFault, { readonly reason: string; readonly text: string }>> = {
  Required: { reason: 'FieldValueRequired', text: 'Required value' },
  Invalid: { reason: 'FieldValueInvalid', text: 'Invalid value' },
  NotSupported: { reason: 'FieldValueNotSupported', text: 'Unsupported value' },
  Forbidden: { reason: 'FieldValueForbidden', text: 'Forbidden' },
};

/** One field that is wrong in an object of a kind, or in the options of a request. */
export function invalid(subject: { readonly group: string; readonly kind: string }, name: string, field: string, fault: FieldFault, why: string): Refusal {
  const { reason, text } = CAUSES[fault];
  const cause: Cause = { reason, message: `${text}: ${why}`, field };
  const { group, kind } = subject;
  return new Refusal(422, 'Invalid', `${group === '' ? kind : `${kind}.${group}`} "${name}" is invalid: ${field}: ${cause.message ?? ''}`, {
    ...(name !== '' && { name }), ...(group !== '' && { group }), kind, causes: [cause],
  });
}
