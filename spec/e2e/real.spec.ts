import { leavesNothingOpen } from '../leaks.ts';
import { real } from '../backends/real.ts';
import { describeApiSemantics } from '../suites/api-semantics.ts';
import { describeReflector } from '../suites/reflector.ts';
import { describeTransport } from '../suites/transport.ts';

describe('on a real kube-apiserver', () => {
  leavesNothingOpen();
  describeApiSemantics(real);
  describeTransport(real);
  describeReflector(real);
});
