import { expect } from 'chai';
import { dueDurations, nextDue } from '../../lib/cluster-cache/probe-failure.ts';

const S = 1_000;
const NOW = 1_000 * S;

describe('dueDurations', () => {
  // Seconds before now: when the cluster was heard of, when an event was last sent; undefined is never.
  const rows: [title: string, heard: number | undefined, told: number | undefined, durations: number[], due: number[]][] = [
    ['told 20 s after it was last heard of is due after 21 s', 60, 40, [21], [21]],
    ['told at the very instant it was due has been told', 60, 39, [21], []],
    ['is not due before its time', 60, 39, [61], []],
    ['is due at its time, not after it', 60, undefined, [60], [60]],
    ['that was told after it was due is not told again', 60, 10, [21], []],
    ['is told of the one duration between the others', 60, 40, [5, 30, 120], [30]],
    ['that was never told is told of all that passed', 200, 190, [30, 60], [30, 60]],
    ['with nothing to count from is not due', undefined, undefined, [5], []],
    ['that was never sent an event is due', 60, undefined, [50], [50]],
  ];
  for (const [title, heard, told, durations, due] of rows) {
    it(`a cluster ${title}`, () => {
      const silence = { heardAt: heard === undefined ? undefined : NOW - heard * S, lastEventAt: told === undefined ? undefined : NOW - told * S };
      expect(dueDurations(silence, durations.map((d) => d * S), NOW)).to.deep.equal(due.map((d) => d * S));
    });
  }
});

describe('nextDue', () => {
  const rows: [title: string, heard: number | undefined, told: number | undefined, durations: number[], next: number | undefined][] = [
    ['is the first duration that nobody was told of', 0, 0, [50, 300], 50],
    ['skips what an event has told already', 0, 75, [50, 300], 300],
    ['is none when all were told', 0, 300, [50, 300], undefined],
    ['is none without anything to count from', undefined, 0, [50], undefined],
    ['is none without durations', 0, 0, [], undefined],
    ['may lie in the past', 0, undefined, [50], 50],
  ];
  for (const [title, heardAt, lastEventAt, durations, next] of rows) {
    it(title, () => { expect(nextDue({ heardAt, lastEventAt }, durations)).to.equal(next); });
  }
});
