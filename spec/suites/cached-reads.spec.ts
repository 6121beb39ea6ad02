import { embedded } from '../backends/embedded.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeCachedReads } from './cached-reads.ts';

describe('on the embedded API server', () => {
  leavesNothingOpen();
  describeCachedReads(embedded);
});
