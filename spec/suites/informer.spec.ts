import { embedded } from '../backends/embedded.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeInformer } from './informer.ts';

describe('on the embedded API server', () => {
  leavesNothingOpen();
  describeInformer(embedded);
});
