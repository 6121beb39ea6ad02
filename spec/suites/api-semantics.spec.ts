import { embedded } from '../backends/embedded.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeApiSemantics } from './api-semantics.ts';

describe('on the embedded API server', () => {
  leavesNothingOpen();
  describeApiSemantics(embedded);
});
