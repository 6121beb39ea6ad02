import { real } from '../backends/real.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeTransport } from '../suites/transport.ts';

describe('on a real kube-apiserver', () => {
  leavesNothingOpen();
  describeTransport(real);
});
