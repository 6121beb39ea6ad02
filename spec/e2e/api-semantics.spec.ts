import { real } from '../backends/real.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeApiSemantics } from '../suites/api-semantics.ts';

describe('on a real kube-apiserver', () => {
  leavesNothingOpen();
  describeApiSemantics(real);
});
