import { embedded } from '../backends/embedded.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeSelectors } from './selectors.ts';

describe('on the embedded API server', () => {
  leavesNothingOpen();
  describeSelectors(embedded);
});
