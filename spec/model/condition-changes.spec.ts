import { expect } from 'chai';
import type { Condition } from '../../lib/model/cluster-api/condition.ts';
import { applyConditionChanges, areConditions, conditionChanges } from '../../lib/model/condition-changes.ts';
import { deepFreeze } from '../deep-freeze.ts';

const T = '2026-01-01T00:00:00Z';
const condition = (type: string, status: Condition['status'], reason = 'A'): Condition => ({ type, status, reason, message: '', lastTransitionTime: T });

// Cluster API: util/conditions, TestNewPatch, TestApply
describe('changes of conditions', () => {
  const [a, b, c] = [condition('A', 'True'), condition('B', 'True'), condition('C', 'True')];
  const changedA = condition('A', 'False');
  const otherA = condition('A', 'Unknown');

  it('are told by type, whatever the order', () => {
    expect(conditionChanges(deepFreeze([a, b]), deepFreeze([c, changedA]))).to.deep.equal([{ type: 'A', before: a, after: changedA }, { type: 'B', before: b, after: undefined }, { type: 'C', before: undefined, after: c }]);
    expect(conditionChanges([a, b], [b, a])).to.deep.equal([]);
  });

  const rows: [title: string, before: Condition[], after: Condition[], latest: Condition[], expected: Condition[], conflicts: string[]][] = [
    ['add to what others added', [a], [a, b], [a, c], [a, c, b], []],
    ['change what others left, beside what they changed', [a, b], [changedA, b], [a, condition('B', 'False')], [changedA, condition('B', 'False')], []],
    ['remove what others left', [a, b], [b], [a, b, c], [b, c], []],
    ['are through where somebody else made the same', [a], [changedA], [{ ...changedA, lastTransitionTime: 'later' }, b], [{ ...changedA, lastTransitionTime: 'later' }, b], []],
    ['are through where somebody else removed the same', [a, b], [b], [b], [b], []],
    ['are in conflict where others changed it to something else', [a], [changedA], [otherA], [changedA], ['A']],
    ['are in conflict where others removed what is changed', [a], [changedA], [], [changedA], ['A']],
    ['are in conflict where others changed what is removed', [a], [], [otherA], [], ['A']],
    ['are in conflict where others added it otherwise', [], [a], [otherA], [a], ['A']],
  ];
  for (const [title, before, after, latest, conditions, conflicts] of rows) {
    it(title, () => {
      const changes = conditionChanges(deepFreeze(before), deepFreeze(after));
      const made = applyConditionChanges(deepFreeze(latest), changes, []);
      expect(made.conflicts).to.deep.equal(conflicts);
      if (conflicts.length === 0) expect(made.conditions).to.deep.equal(conditions);
    });
    if (conflicts.length > 0) {
      it(`${title}, unless the type is owned`, () => {
        expect(applyConditionChanges(deepFreeze(latest), conditionChanges(before, after), ['A'])).to.deep.equal({ conditions, conflicts: [] });
      });
    }
  }

  it('need conditions that each have a type of their own', () => {
    expect([areConditions([a, b]), areConditions([]), areConditions([a, a]), areConditions([a, {}]), areConditions([1]), areConditions({}), areConditions(undefined)]).to.deep.equal([true, true, false, false, false, false, false]);
  });
});
