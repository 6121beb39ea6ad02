import { expect } from 'chai';
import { compareResourceVersions } from '../../lib/model/resource-version.ts';

describe('compareResourceVersions', () => {
  const rows: [a: string, b: string, sign: number | undefined][] = [
    ['1', '1', 0], ['9', '10', -1], ['10', '9', 1], ['100', '101', -1],
    ['90071992547409931', '90071992547409932', -1], ['9'.repeat(40), `1${'0'.repeat(40)}`, -1],
    ['abc', 'abc', 0], ['abc', '1', undefined], ['1', '', undefined], ['01', '1', undefined], ['-1', '1', undefined], ['1e3', '1000', undefined],
  ];
  for (const [a, b, sign] of rows) {
    it(`${a} and ${b}`, () => {
      const order = compareResourceVersions(a, b);
      expect(order === undefined ? undefined : Math.sign(order)).to.equal(sign);
    });
  }
});
