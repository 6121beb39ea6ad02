import { expect } from 'chai';
import { wantsColors } from '../../lib/cli/paint.ts';

describe('colours', () => {
  for (const [env, isTerminal, wanted] of [
    [{}, true, true], [{}, false, false], [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false], [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true], [{ FORCE_COLOR: '0' }, true, false], [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
  ] as const) {
    it(`are ${wanted ? '' : 'not '}there ${isTerminal ? 'on' : 'off'} a terminal with ${JSON.stringify(env)}`, () => {
      expect(wantsColors(env, isTerminal)).to.equal(wanted);
    });
  }
});
