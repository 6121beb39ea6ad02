import { type HttpMethod, type PromiseHttpLibrary, type RequestContext, ResponseContext } from '@kubernetes/client-node';
import { catchError, firstValueFrom, map, of, throwError } from 'rxjs';
import { untilAborted } from '../operators/until-aborted.ts';
import type { RestClient, RestRequest } from './rest-client.ts';
import { StatusError } from './status-error.ts';

/** What client-node's API classes send by, on a `RestClient`: an answer of any status, for them to judge. */
export function restHttpLibrary(rest: RestClient): PromiseHttpLibrary {
  return {
    send: async (context) => firstValueFrom(rest.request(requestOf(context)).pipe(
      map(({ status, headers, body }) => responseOf(status, headers, body)),
      catchError((error: unknown) => (error instanceof StatusError ? of(refusal(error)) : throwError(() => error))),
      untilAborted(context.getSignal()),
    )),
  };
}

function requestOf(context: RequestContext): RestRequest {
  const { pathname, search } = new URL(context.getUrl());
  const method: HttpMethod = context.getHttpMethod();
  const body: unknown = context.getBody();
  if (body !== undefined && typeof body !== 'string') throw new TypeError(`the body of a request must be a string; got a ${typeof body}`);
  return {
    method, path: `${pathname}${search}`, headers: context.getHeaders(),
    ...(body === undefined ? {} : { body }),
    ...(isOfAnySize(method, pathname) ? { maxBytes: Infinity, gzip: true } : {}),
  };
}

/** Lists, what a deletecollection answers, and logs. All else is an object, and bounded. */
function isOfAnySize(method: HttpMethod, path: string): boolean {
  const [, resource] = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/(?:namespaces\/[^/]+\/(?=.))?(.+)$/.exec(path) ?? [];
  return resource !== undefined && (method === 'GET' || method === 'DELETE') && (!resource.includes('/') || resource.endsWith('/log'));
}

function responseOf(status: number, headers: Readonly<Record<string, string | readonly string[] | undefined>>, text: string): ResponseContext {
  const given = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')]]));
  return new ResponseContext(status, Object.fromEntries(given) as Record<string, string>, {
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
