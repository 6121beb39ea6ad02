import { real } from '../backends/real.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeClusterCache } from '../suites/cluster-cache.ts';

describe('on a real kube-apiserver', () => {
  leavesNothingOpen();
  describeClusterCache(real);
});
