import type { Request } from './request.ts';

/** The requests that a function of the user returned, as they are. Throws a TypeError where they are none: `expected` says what it must return. */
export function checkRequests(requests: unknown, expected: string): readonly Request[] {
  if (!Array.isArray(requests)) throw new TypeError(`${expected}; got ${kindOf(requests)}`);
  for (const request of requests as readonly Partial<Request>[]) {
    if (typeof request?.name !== 'string' || typeof request.namespace !== 'string') throw new TypeError(`a request must have a namespace and a name; got ${kindOf(request)}`);
  }
  return requests as readonly Request[];
}

function kindOf(value: unknown): string {
  return value === null || value === undefined ? String(value) : `${/^[aeiou]/.test(typeof value) ? 'an' : 'a'} ${typeof value}`;
}
