import { expect } from 'chai';
import { LeadershipLostError, RenewableLeadership } from '../../lib/manager/leadership.ts';

describe('Leadership', () => {
  let now: number;
  let leadership: RenewableLeadership;
  beforeEach(() => {
    now = 1_000;
    leadership = new RenewableLeadership({ identity: 'a', generation: 3, clock: () => now, renewDeadline: 100, begun: 990 });
  });

  it('is valid until the deadline after it was begun, not after it was answered', () => {
    expect(leadership).to.include({ identity: 'a', generation: 3, validUntil: 1_090 });
    now = 1_089;
    expect(leadership.isValid()).to.equal(true);
    now = 1_090;
    expect(leadership.isValid()).to.equal(false);
  });

  it('a renewal counts from when it was begun', () => {
    now = 1_050;
    leadership.renewed(1_020);
    expect(leadership.validUntil).to.equal(1_120);
  });

  it('an older renewal does not shorten it', () => {
    leadership.renewed(1_020);
    leadership.renewed(1_000);
    expect(leadership.validUntil).to.equal(1_120);
  });

  it('a renewal whose answer comes when it is over does not bring it back', () => {
    now = 1_095;
    leadership.renewed(1_080);
    expect(leadership.validUntil).to.equal(1_090);
    expect(leadership.isValid()).to.equal(false);
  });

  it('is over for good once it was found to be over, and says the first reason', () => {
    const first = leadership.end(new LeadershipLostError('told to stop'));
    leadership.end(new LeadershipLostError('something else'));
    leadership.renewed(now);
    expect(leadership.ended()).to.equal(first);
    expect(() => leadership.assertValid()).to.throw(LeadershipLostError, 'leadership lost: told to stop');
  });

  it('is a fence that may be handed on alone', () => {
    const { ended } = leadership;
    expect(ended()).to.equal(undefined);
    now = 2_000;
    expect(ended()).to.be.instanceOf(LeadershipLostError).with.property('code', 'LEADERSHIP_LOST');
  });
});
