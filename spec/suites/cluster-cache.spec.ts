import { embedded } from '../backends/embedded.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeClusterCache } from './cluster-cache.ts';

describe('on the embedded API server', () => {
  leavesNothingOpen();
  describeClusterCache(embedded);
});
