import { expect } from 'chai';
import { BodyCollector } from '../../lib/kubernetes/body-collector.ts';

describe('BodyCollector', () => {
  const collected = (...chunks: readonly Buffer[]) => {
    const body = new BodyCollector(1_000);
    for (const chunk of chunks) body.push(chunk);
    return body.text();
  };

  it('is the empty text without a chunk', () => {
    expect(collected()).to.equal('');
  });

  it('tears no character apart, wherever the chunks are cut', () => {
    const text = 'größe € 日本 😀';
    const bytes = Buffer.from(text);
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second++) {
        expect(collected(bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second))).to.equal(text);
      }
    }
  });

  it('says with a replacement character that the last one is torn', () => {
    const torn = Buffer.from('a€').subarray(0, 3);
    expect(collected(torn)).to.equal('a\ufffd');
    expect(collected(torn.subarray(0, 1), torn.subarray(1))).to.equal('a\ufffd');
  });

  it('takes as many bytes as allowed, and not one more', () => {
    const body = new BodyCollector(10);
    expect([4, 6, 1].map((length) => body.push(Buffer.alloc(length)))).to.deep.equal([true, true, false]);
    expect(new BodyCollector(10).push(Buffer.alloc(11))).to.equal(false);
  });
});
