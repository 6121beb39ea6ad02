import { real } from '../backends/real.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeCachedReads } from '../suites/cached-reads.ts';

describe('on a real kube-apiserver', () => {
  leavesNothingOpen();
  describeCachedReads(real);
});
