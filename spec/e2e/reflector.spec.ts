import { real } from '../backends/real.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeReflector } from '../suites/reflector.ts';

describe('on a real kube-apiserver', () => {
  leavesNothingOpen();
  describeReflector(real);
});
