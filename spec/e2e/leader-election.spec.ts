import { real } from '../backends/real.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { describeLeaderElection } from '../suites/leader-election.ts';

describe('on a real kube-apiserver', () => {
  leavesNothingOpen();
  describeLeaderElection(real, { rounds: 20 });
});
