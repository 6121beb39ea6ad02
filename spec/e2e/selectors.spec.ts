import { real } from '../backends/real.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeSelectors } from '../suites/selectors.ts';

describe('on a real kube-apiserver', () => {
  leavesNothingOpen();
  describeSelectors(real);
});
