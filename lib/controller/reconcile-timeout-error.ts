import { ClusterCacheError } from '../model/errors.ts';

/** A reconcile did not end within its deadline: the reason of its signal, and what is reported of it. */
export class ReconcileTimeoutError extends ClusterCacheError {
  override readonly name = 'ReconcileTimeoutError';

  constructor(deadline: number) {
    super('RECONCILE_TIMEOUT', `the reconcile did not end within ${deadline} ms`);
  }
}
