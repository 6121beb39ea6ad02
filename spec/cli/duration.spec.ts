import { expect } from 'chai';
import { parseDuration, shortDuration } from '../../lib/cli/duration.ts';

describe('shortDuration', () => {
  for (const [ms, text] of [
    [-5_000, '0s'], [0, '0s'], [999, '0s'], [1_000, '1s'], [119_000, '119s'], [120_000, '2m'], [270_000, '4m30s'], [599_000, '9m59s'], [600_000, '10m'],
    [3 * 3_600_000 - 1, '179m'], [5 * 3_600_000, '5h'], [50 * 3_600_000, '2d'],
  ] as const) {
    it(`writes ${ms} ms as ${text}`, () => { expect(shortDuration(ms)).to.equal(text); });
  }
});

describe('parseDuration', () => {
  for (const [text, ms] of [['20', 20_000], ['20s', 20_000], ['500ms', 500], ['1.5m', 90_000], ['1m30s', 90_000], ['1h', 3_600_000], ['', undefined], ['s', undefined], ['-5s', undefined], ['5 s', undefined], ['5x', undefined]] as const) {
    it(`reads '${text}' as ${ms} ms`, () => { expect(parseDuration(text)).to.equal(ms); });
  }
});
