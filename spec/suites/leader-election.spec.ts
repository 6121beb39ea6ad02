import { embedded } from '../backends/embedded.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeLeaderElection } from './leader-election.ts';

describe('on the embedded API server', () => {
  leavesNothingOpen();
  describeLeaderElection(embedded, { rounds: 2 });
});
