import { embedded } from '../backends/embedded.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeTransport } from './transport.ts';

describe('on the embedded API server', () => {
  leavesNothingOpen();
  describeTransport(embedded);
});
