import { ClusterCacheError, type ClusterCacheErrorOptions } from '../model/errors.ts';
import type { Status } from '../model/kubernetes-object.ts';
import { oneLine } from '../model/one-line.ts';
import type { TransportResponse } from './transport.ts';

export interface StatusErrorOptions extends ClusterCacheErrorOptions {
  /** ms after which the server wants to be asked again. */
  readonly retryAfter?: number;
}

/** The API server answered with something other than what was asked for. `code` is the reason of its Status, such as `NotFound`. */
export class StatusError extends ClusterCacheError {
  override readonly name = 'StatusError';
  /** The Status of the API server, or one made of a bare HTTP status. */
  readonly status: Status;
  /** ms after which the server wants to be asked again, where it said so. */
  readonly retryAfter?: number;

  constructor(status: Status, options: StatusErrorOptions = {}) {
    const code = codeOf(status);
    const { reason } = status;
    super(typeof reason === 'string' && REASON.test(reason) ? reason : `HTTP_${code}`, oneLine(status.message, LONGEST_MESSAGE) || genericMessage(code), options);
    this.status = status;
    if (options.retryAfter !== undefined) this.retryAfter = options.retryAfter;
  }

  /** The HTTP status, or that of an ERROR event. */
  get statusCode(): number { return codeOf(this.status); }
}

/** What a reason looks like; whatever else a server sends for one is no code to go by. */
const REASON = /^[A-Z][A-Za-z0-9]{0,63}$/;

/** The longest message, in characters: what an API server says of a Pod with ten wrong fields. */
const LONGEST_MESSAGE = 2_000;

/** Most characters of an answer that is read as a Status: ten times what one with the causes of a hundred wrong fields takes. */
const LONGEST_STATUS = 256 * 1024;

function codeOf({ code }: Status): number {
  return typeof code === 'number' ? code : 0;
}

/** The longest text that is taken from an answer that is no Status, in characters: enough for a proxy's sentence. */
const LONGEST_TEXT = 200;

/** What an answer that is not 2xx says. */
export function statusErrorOf({ status: code, headers, body }: TransportResponse, now: () => number = Date.now): StatusError {
  const status = parseStatus(body);
  const retryAfter = retryAfterOf(headers['retry-after'], now) ?? secondsOf(status?.details?.retryAfterSeconds);
  return new StatusError({ ...status ?? bareStatus(code, body), code }, retryAfter === undefined ? {} : { retryAfter });
}

/** 401: the credentials were refused. */
export const isUnauthorized = (error: unknown): boolean => hasStatus(error, 401, 'Unauthorized');
/** 403: the credentials are good, and do not allow it. */
export const isForbidden = (error: unknown): boolean => hasStatus(error, 403, 'Forbidden');
/** 404: no such object, or no such path. */
export const isNotFound = (error: unknown): boolean => hasStatus(error, 404, 'NotFound');
/** 409: an object of that name is there. */
export const isAlreadyExists = (error: unknown): boolean => error instanceof StatusError && error.status.reason === 'AlreadyExists';
/** Somebody else has written in between; not `AlreadyExists`, which is 409 as well. */
export const isConflict = (error: unknown): boolean => error instanceof StatusError && error.statusCode === 409 && !isAlreadyExists(error);
/** The resourceVersion or continue token is too old: list again. */
export const isGone = (error: unknown): boolean => hasStatus(error, 410, 'Gone') || hasStatus(error, 410, 'Expired');
/** 422: the object breaks a rule of its kind. */
export const isInvalid = (error: unknown): boolean => hasStatus(error, 422, 'Invalid');
/** 429: the server asks to come back later. */
export const isTooManyRequests = (error: unknown): boolean => hasStatus(error, 429, 'TooManyRequests');
/** The server gave up waiting for itself or something behind it. */
export const isTimeout = (error: unknown): boolean => hasStatus(error, 504, 'Timeout') || hasStatus(error, 504, 'ServerTimeout');
/** 500 and above: the server failed. */
export const isServerError = (error: unknown): boolean => error instanceof StatusError && error.statusCode >= 500;

function hasStatus(error: unknown, code: number, reason: string): boolean {
  return error instanceof StatusError && (error.statusCode === code || error.status.reason === reason);
}

function parseStatus(body: string): Status | undefined {
  if (body.length > LONGEST_STATUS) return undefined;
  try {
    const parsed = JSON.parse(body) as Status | null;
    return typeof parsed === 'object' && parsed?.kind === 'Status' ? parsed : undefined;
  } catch {
    return undefined; // a proxy's page, or the bare text of a handler
  }
}

/** A Status for an answer that has none: client-go's words for the code, and of a short plain text that text. */
function bareStatus(code: number, body: string): Status {
  if (code >= 300 && code < 400) return { message: `the server answered with a redirect (${code}), and redirects are not followed` };
  const text = body.trim();
  const isPlain = text !== '' && text.length <= LONGEST_TEXT && !text.startsWith('<') && !text.startsWith('{') && oneLine(text, LONGEST_TEXT) === text;
  return { reason: REASONS[code] ?? '', message: isPlain && code !== 404 ? `${genericMessage(code)}: ${text}` : genericMessage(code) };
}

const REASONS: Readonly<Record<number, string>> = Object.freeze({
  400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 405: 'MethodNotAllowed', 406: 'NotAcceptable', 409: 'Conflict', 410: 'Gone', 413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType', 422: 'Invalid', 429: 'TooManyRequests', 500: 'InternalError', 503: 'ServiceUnavailable', 504: 'Timeout',
});

/** client-go's text for an answer that brings none of its own. */
function genericMessage(code: number): string {
  switch (code) {
    case 400: return 'the server rejected our request for an unknown reason';
    case 401: return 'the server has asked for the client to provide credentials';
    case 403: return 'the server refused the request: forbidden';
    case 404: return 'the server could not find the requested resource';
    case 405: return 'the server does not allow this method on the requested resource';
    case 409: return 'the server reported a conflict';
    case 410: return 'the resourceVersion or continue token is too old';
    case 429: return 'the server has received too many requests and has asked us to try again later';
    case 500: return 'an error on the server has prevented the request from succeeding';
    case 503: return 'the server is currently unable to handle the request';
    case 504: return 'the server was unable to return a response in the time allotted';
    default: return `the server answered with status ${code}`;
  }
}

/** `Retry-After` in ms: seconds or an HTTP date. */
function retryAfterOf(header: string | readonly string[] | undefined, now: () => number): number | undefined {
  const value = typeof header === 'string' ? header.trim() : header?.[0]?.trim();
  if (value === undefined || value === '') return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now());
}

function secondsOf(seconds: unknown): number | undefined {
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
}
