import { embedded } from '../backends/embedded.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeExamples } from './examples.ts';

describe('on the embedded API server', () => {
  leavesNothingOpen();
  describeExamples(embedded);
});
