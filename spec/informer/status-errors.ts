import { StatusError } from '../../lib/kubernetes/status-error.ts';

/** What an API server answers; `retryAfter` in seconds. */
export const statusError = (code: number, reason: string, retryAfter?: number): StatusError =>
  new StatusError({ kind: 'Status', status: 'Failure', code, reason, message: reason, details: {} }, retryAfter === undefined ? {} : { retryAfter: retryAfter * 1000 });
