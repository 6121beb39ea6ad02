import { expect } from 'chai';
import { LineSplitter } from '../../lib/kubernetes/line-splitter.ts';

const split = (chunks: readonly (Buffer | string)[], maxBytes = 1_000) => {
  const lines: string[] = [];
  const splitter = new LineSplitter(maxBytes, (line) => lines.push(line));
  const accepted = chunks.map((chunk) => splitter.push(Buffer.from(chunk as string)));
  return { lines, accepted, unfinished: splitter.unfinished };
};

describe('LineSplitter', () => {
  for (const { title, chunks, lines, unfinished = false } of [
    { title: 'gives out each line that a chunk ends', chunks: ['a\nb\n'], lines: ['a', 'b'] },
    { title: 'keeps what is not ended yet', chunks: ['a\nb'], lines: ['a'], unfinished: true },
    { title: 'joins a line over many chunks', chunks: ['a', 'b', 'c\nd', '\n'], lines: ['abc', 'd'] },
    { title: 'leaves empty lines out', chunks: ['\n\na\n', '\n', '\n'], lines: ['a'] },
    { title: 'keeps what only looks like a line break', chunks: ['a\u2028b\u2029c\u0085d\r\n'], lines: ['a\u2028b\u2029c\u0085d\r'] },
    { title: 'takes an empty chunk', chunks: ['a', '', '\n'], lines: ['a'] },
  ]) {
    it(title, () => {
      expect(split(chunks)).to.deep.include({ lines, unfinished });
    });
  }

  it('tears no character apart, wherever the chunks are cut', () => {
    const text = 'größe €\n日本\n😀😀\n';
    const bytes = Buffer.from(text);
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second++) {
        expect(split([bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]).lines).to.deep.equal(['größe €', '日本', '😀😀']);
      }
    }
  });

  it('bounds a line in bytes, in one chunk or many', () => {
    expect(split(['12345\n', '12345', '\n'], 5).accepted).to.deep.equal([true, true, true]);
    expect(split(['123456\n'], 5).accepted).to.deep.equal([false]);
    expect(split(['1\n123456'], 5).accepted).to.deep.equal([false]);
    expect(split(['123', '456\n'], 5).accepted).to.deep.equal([true, false]);
  });
});
