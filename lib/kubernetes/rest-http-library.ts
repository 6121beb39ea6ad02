import { type HttpMethod, type PromiseHttpLibrary, type RequestContext, ResponseContext } from '@kubernetes/client-node';
import { catchError, lastValueFrom, map, of, throwError } from 'rxjs';
import { untilAborted } from '../operators/until-aborted.ts';
import type { Fence } from './fence.ts';
import type { RestClient, RestRequest } from './rest-client.ts';
import { StatusError } from './status-error.ts';

/**
 * What client-node's API classes send by, on a `RestClient`: an answer of any status, for them to judge. A middleware of theirs that leads to another `origin` fails the call; so does
 * the fence, which all but GET ask at once, and again when a connection is about to write them.
 */
export function restHttpLibrary(rest: RestClient, origin: string, fence?: Fence): PromiseHttpLibrary {
  return {
    send: async (context) => {
      const request = requestOf(context, origin, fence);
      const refused = request.fence?.();
      if (refused !== undefined) throw refused;
      return lastValueFrom(rest.request(request).pipe(
        map(({ status, headers, body }) => responseOf(status, headers, body)),
        catchError((error: unknown) => (error instanceof StatusError ? of(refusal(error)) : throwError(() => error))),
        untilAborted(context.getSignal()),
      ));
    },
  };
}

function requestOf(context: RequestContext, origin: string, fence: Fence | undefined): RestRequest {
  const { origin: target, pathname, search } = new URL(context.getUrl());
  if (target !== origin) throw new TypeError(`a request must go to the cluster's own server, ${origin}; got ${target}`);
  const method: HttpMethod = context.getHttpMethod();
  const body: unknown = context.getBody();
  if (body !== undefined && typeof body !== 'string') throw new TypeError(`the body of a request must be a string; got a ${typeof body}`);
  return {
    method, path: `${pathname}${search}`, headers: context.getHeaders(),
    ...(body === undefined ? {} : { body }),
    ...(isOfAnySize(method, pathname) ? { maxBytes: Infinity, gzip: true } : {}),
    ...(fence === undefined || method === 'GET' ? {} : { fence }),
  };
}

/** Lists, what a deletecollection answers, and logs. All else is an object, and bounded. */
function isOfAnySize(method: HttpMethod, path: string): boolean {
  const [, resource] = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/(?:namespaces\/[^/]+\/(?=.))?(.+)$/.exec(path) ?? [];
  return resource !== undefined && (method === 'GET' || method === 'DELETE') && (!resource.includes('/') || resource.endsWith('/log'));
}

/** HTTP/2 has the status among its headers, under a name that is none. */
function responseOf(status: number, headers: Readonly<Record<string, unknown>>, text: string): ResponseContext {
  const given = Object.entries(headers).filter(([name, value]) => value !== undefined && !name.startsWith(':')).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]);
  return new ResponseContext(status, Object.fromEntries(given), {
    text: async () => text,
    binary: async () => Buffer.from(text),
    stream: () => null,
  });
}

/** The answer that the error was made of, as far as it tells: its Status, and when to come back. */
function refusal({ statusCode, status, retryAfter }: StatusError): ResponseContext {
  const headers = { 'content-type': 'application/json', 'retry-after': retryAfter === undefined ? undefined : Math.ceil(retryAfter / 1000).toString() };
  return responseOf(statusCode, headers, JSON.stringify({ apiVersion: 'v1', kind: 'Status', status: 'Failure', ...status }));
}
