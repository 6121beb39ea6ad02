import { real } from '../backends/real.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeInformer } from '../suites/informer.ts';

describe('on a real kube-apiserver', () => {
  leavesNothingOpen();
  describeInformer(real);
});
