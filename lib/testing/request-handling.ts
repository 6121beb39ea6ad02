import type { Catalogue } from './catalogue.ts';
import { type Fault, GARBAGE } from './fault.ts';
import { Refusal, expired, forbidden, internalError, methodNotAllowed, noSuchResource, requestTooLarge, tooManyRequests, unauthorized } from './refusal.ts';
import { type RecordedRequest, routed } from './request-log.ts';
import { answer } from './resource-api.ts';
import { type Route, routeOf } from './route.ts';
import { type Reply, type ServerExchange, headerOf } from './server-exchange.ts';
import type { OpenRequest, ServerState } from './server-state.ts';
import { ANONYMOUS, type User } from './users.ts';
import { openWatch } from './watching.ts';

const OPEN_PATHS: ReadonlySet<string> = new Set(['/livez', '/readyz', '/healthz', '/version']);
/** Of a request, in bytes, as kube-apiserver. */
const MAX_BODY = 3 * 1024 * 1024;
const HEALTH = /^\/(livez|readyz|healthz)(\/|$)/;

/** Answers one request: fault, authentication, authorisation, then what it asks for. */
export function handleRequest(state: ServerState, exchange: ServerExchange): void {
  const { method, target } = exchange;
  const [path = '/', search = ''] = target.split('?', 2);
  const query = new URLSearchParams(search);
  const { route, refusal } = readRoute(method, path, query, state.catalogue);
  const user = state.users.authenticate(headerOf(exchange, 'authorization'), exchange.certificate);
  const record: OpenRequest = {
    method, path: target, ...routed(route), headers: withoutCredentials(exchange.headers), ...(user !== undefined && { user: impersonated(exchange, user).name }),
    protocol: exchange.protocol, connection: exchange.connection, at: state.now(),
  };
  exchange.onStatus((status) => { record.status = status; });
  state.log.add(record);

  const proceed = () => answering(exchange, () => respond(state, { exchange, record, route, path, query, user, ...(refusal !== undefined && { refusal }) }));
  const fault = state.faults.forRequest(record);
  if (fault === undefined) proceed();
  else strike(state, fault, exchange, record, proceed);
}

interface Asked {
  readonly exchange: ServerExchange;
  readonly record: OpenRequest;
  readonly route: Route;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly user: User | undefined;
  /** Why the route leads nowhere. */
  readonly refusal?: Refusal;
}

/** Does what answers a request, and answers with what it throws. */
function answering(exchange: ServerExchange, work: () => void): void {
  try {
    work();
  } catch (error) {
    exchange.reply(refused(error));
  }
}

function respond(state: ServerState, asked: Asked): void {
  const { exchange, record, route, path, query, user, refusal } = asked;
  admit(state, asked, user);
  if (refusal !== undefined) throw refusal;
  if (route.resource === undefined) return exchange.reply(documentAt(state.catalogue, exchange.method, path, headerOf(exchange, 'accept')));
  if (state.initializing(record.resource ?? '')) throw tooManyRequests('storage is (re)initializing', 1);
  if (route.verb === 'watch') return openWatch(state, exchange, record, route, query);
  exchange.onBody((body) => answering(exchange, () => {
    if (body.length > MAX_BODY) throw requestTooLarge(MAX_BODY);
    const [accept, contentType, userAgent] = ['accept', 'content-type', 'user-agent'].map((name) => headerOf(exchange, name));
    exchange.reply(answer(state.store, { route, query, accept, contentType, manager: managerOf(userAgent), body }));
  }));
}

/** Throws unless the user may do this. */
function admit({ anonymous, forbidding }: ServerState, { record, route, path }: Asked, user: User | undefined): void {
  if (user === undefined || (user === ANONYMOUS && anonymous === 'unauthorized')) throw unauthorized();
  const closed = user === ANONYMOUS && anonymous === 'forbidden' && !OPEN_PATHS.has(path);
  if (!closed && ![...forbidding].some((forbids) => forbids(record))) return;
  throw forbidden(record.user ?? user.name, record.verb, path, route.resource === undefined ? undefined : route);
}

function readRoute(method: string, path: string, query: URLSearchParams, catalogue: Catalogue): { readonly route: Route; readonly refusal?: Refusal } {
  try {
    return { route: routeOf(method, path, query, catalogue) };
  } catch (error) {
    return { route: { verb: method.toLowerCase() }, refusal: error instanceof Refusal ? error : internalError(String(error)) };
  }
}

/** Who does not say who manages its fields is named by its user agent, up to the version. */
function managerOf(userAgent = 'unknown'): string {
  return userAgent.split('/')[0]?.slice(0, 128) ?? '';
}

/** What is recorded may be printed. */
function withoutCredentials({ authorization: _, ...headers }: ServerExchange['headers']): RecordedRequest['headers'] {
  return headers;
}

function impersonated({ headers }: ServerExchange, user: User): User {
  const name = headers['impersonate-user'];
  return typeof name === 'string' ? { name, groups: [headers['impersonate-group'] ?? []].flat() } : user;
}

function documentAt(catalogue: Catalogue, method: string, path: string, accept = ''): Reply {
  if (HEALTH.test(path)) return { status: 200, headers: TEXT, body: 'ok' };
  const aggregated = /\bas=APIGroupDiscoveryList\b/.test(accept) && (path === '/api' || path === '/apis');
  const body = catalogue.document(path.length > 1 ? path.replace(/\/$/, '') : path, aggregated);
  if (body === undefined && path.startsWith('/api/')) throw noSuchResource();
  if (body === undefined) return { status: 404, headers: TEXT, body: '404 page not found\n' };
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed();
  return { status: 200, headers: { 'content-type': aggregated ? 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' : 'application/json' }, body };
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };

/** The answer to what went wrong. */
export function refused(error: unknown): Reply {
  const refusal = error instanceof Refusal ? error : internalError(String(error));
  return { status: refusal.code, headers: refusal.retryAfter === undefined ? {} : { 'retry-after': String(refusal.retryAfter) }, body: JSON.stringify(refusal.status) };
}

function strike(state: ServerState, fault: Fault, exchange: ServerExchange, record: OpenRequest, proceed: () => void): void {
  const reply = (refusal: Refusal, headers: Readonly<Record<string, string>> = {}) => {
    const answered = refused(refusal);
    exchange.reply({ ...answered, headers: { ...answered.headers, ...headers } });
  };
  switch (fault.fault) {
    case 'hang': break;
    case 'reset': exchange.resetConnection(); break;
    case 'refuseStream': exchange.refuse(); break;
    case 'goaway':
      exchange.lastOnConnection();
      proceed();
      break;
    case 'slow': state.later(fault.delay, proceed); break;
    case 'unauthorized': reply(unauthorized()); break;
    case 'forbidden': reply(forbidden(record.user ?? ANONYMOUS.name, record.verb, record.path)); break;
    case 'gone':
      if (record.verb === 'watch') streamOnce(exchange, `${JSON.stringify({ type: 'ERROR', object: GONE.status })}\n`);
      else reply(GONE);
      break;
    case 'tooManyRequests': {
      const { retryAfter = 1 } = fault;
      reply(tooManyRequests('too many requests, please try again later', typeof retryAfter === 'number' ? retryAfter : 1), { 'retry-after': String(retryAfter) });
      break;
    }
    case 'serverError': reply(new Refusal(fault.status ?? 500, 'InternalError', fault.message ?? 'Internal error occurred', {})); break;
    case 'redirect': exchange.reply({ status: 302, headers: { ...TEXT, location: fault.location }, body: '' }); break;
    case 'truncate': exchange.truncating(fault.reset === true); proceed(); break;
    case 'garbage': exchange.reply({ status: 200, headers: { 'content-type': fault.contentType ?? 'application/json' }, body: fault.body ?? GARBAGE }); break;
    default: proceed();
  }
}

/** One line and the end. */
function streamOnce(exchange: ServerExchange, line: string): void {
  exchange.stream();
  exchange.write(line);
  exchange.end();
}

const GONE = expired('The resourceVersion for the provided watch is too old.');
