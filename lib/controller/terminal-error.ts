import { ClusterCacheError, type ClusterCacheErrorOptions } from '../model/errors.ts';

/** Thrown by a reconcile that would fail again however often it were tried: it is logged and counted, and its request waits for the next change. Also as the `cause` of another error. */
export class TerminalError extends ClusterCacheError {
  override readonly name = 'TerminalError';

  constructor(message: string, options?: ClusterCacheErrorOptions) {
    super('TERMINAL', message, options);
  }
}
