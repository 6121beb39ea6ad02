import { expect } from 'chai';
import { getCondition, isConditionFalse, isConditionTrue, isConditionUnknown, removeCondition, setCondition } from '../../lib/model/conditions.ts';
import { deepFreeze } from '../deep-freeze.ts';

const NOW = new Date('2026-03-01T10:00:00.987Z');
const EARLIER = '2026-01-01T00:00:00Z';

// apimachinery: meta.TestSetStatusCondition, TestRemoveStatusCondition, TestFindStatusCondition, TestIsStatusConditionPresentAndEqual
describe('conditions', () => {
  const ready = { type: 'Ready', status: 'True', reason: 'AsExpected', message: 'fine', lastTransitionTime: EARLIER, observedGeneration: 2 } as const;
  const paused = { type: 'Paused', status: 'False', reason: 'NotPaused', message: '', lastTransitionTime: EARLIER } as const;
  const object = deepFreeze({ kind: 'Thing', metadata: { name: 'a', generation: 2 }, status: { phase: 'Running', conditions: [ready, paused] } });
  const bare = deepFreeze({ kind: 'Thing', metadata: { name: 'a' } });

  describe('setCondition', () => {
    it('adds a condition that is not there behind the others, at the time that is given', () => {
      const changed = setCondition(object, { type: 'Available', status: 'False', reason: 'Waiting' }, NOW);
      expect(changed).to.deep.equal({ ...object, status: { phase: 'Running', conditions: [ready, paused, { type: 'Available', status: 'False', reason: 'Waiting', message: '', lastTransitionTime: '2026-03-01T10:00:00Z', observedGeneration: 2 }] } });
    });

    it('makes a status where there is none', () => {
      expect(setCondition(bare, { type: 'Ready', status: 'True', reason: 'A', message: 'm' }, NOW)).to.deep.equal({ ...bare, status: { conditions: [{ type: 'Ready', status: 'True', reason: 'A', message: 'm', lastTransitionTime: '2026-03-01T10:00:00Z' }] } });
    });

    it('moves lastTransitionTime where the status is another one', () => {
      expect(getCondition(setCondition(object, { ...ready, lastTransitionTime: undefined, status: 'False' }, NOW), 'Ready')).to.deep.equal({ ...ready, status: 'False', lastTransitionTime: '2026-03-01T10:00:00Z' });
    });

    it('takes a lastTransitionTime that is given, where the status is another one', () => {
      expect(getCondition(setCondition(object, { ...ready, status: 'Unknown', lastTransitionTime: '2026-02-01T00:00:00Z' }, NOW), 'Ready')?.lastTransitionTime).to.equal('2026-02-01T00:00:00Z');
    });

    for (const [field, value] of [['reason', 'Other'], ['message', 'other'], ['observedGeneration', 3]] as const) {
      it(`leaves lastTransitionTime where only the ${field} is another one, and the condition in its place`, () => {
        expect(setCondition(object, { ...ready, lastTransitionTime: '2026-02-01T00:00:00Z', [field]: value }, NOW).status.conditions).to.deep.equal([{ ...ready, [field]: value }, paused]);
      });
    }

    it('changes nothing where it says the same: the object is returned itself', () => {
      expect(setCondition(object, { type: 'Ready', status: 'True', reason: 'AsExpected', message: 'fine' }, NOW)).to.equal(object);
    });

    it('says which generation was seen: the object\'s, unless another is given', () => {
      expect(getCondition(setCondition(object, { type: 'New', status: 'True', reason: 'A' }, NOW), 'New')?.observedGeneration).to.equal(2);
      expect(getCondition(setCondition(object, { type: 'New', status: 'True', reason: 'A', observedGeneration: 1 }, NOW), 'New')?.observedGeneration).to.equal(1);
      expect(getCondition(setCondition(object, { type: 'Paused', status: 'False', reason: 'NotPaused' }, NOW), 'Paused')).to.deep.equal({ ...paused, observedGeneration: 2 });
    });
  });

  it('are removed by type', () => {
    expect(removeCondition(object, 'Ready').status).to.deep.equal({ phase: 'Running', conditions: [paused] });
  });

  it('are not removed where they are not: the object is returned itself', () => {
    expect([removeCondition(object, 'Absent'), removeCondition(bare, 'Ready')]).to.have.ordered.members([object, bare]);
  });

  it('are read by type', () => {
    expect([getCondition(object, 'Ready'), getCondition(object, 'Absent'), getCondition(bare, 'Ready'), getCondition({ status: { conditions: null } } as object, 'Ready')]).to.deep.equal([ready, undefined, undefined, undefined]);
  });

  const rows: [status: 'True' | 'False' | 'Unknown' | undefined, isTrue: boolean, isFalse: boolean, isUnknown: boolean][] = [
    ['True', true, false, false],
    ['False', false, true, false],
    ['Unknown', false, false, true],
    [undefined, false, false, true],
  ];
  for (const [status, ...expected] of rows) {
    it(`are ${status ?? 'unknown where there is none'} and nothing else`, () => {
      const one = status === undefined ? bare : setCondition(bare, { type: 'Ready', status, reason: 'A' }, NOW);
      expect([isConditionTrue(one, 'Ready'), isConditionFalse(one, 'Ready'), isConditionUnknown(one, 'Ready')]).to.deep.equal(expected);
    });
  }
});
