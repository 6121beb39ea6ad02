import { real } from '../backends/real.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeExamples } from '../suites/examples.ts';

describe('on the real kube-apiserver', () => {
  leavesNothingOpen();
  describeExamples(real);
});
