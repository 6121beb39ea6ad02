import { embedded } from '../backends/embedded.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeReflector } from './reflector.ts';

describe('on the embedded API server', () => {
  leavesNothingOpen();
  describeReflector(embedded);
});
