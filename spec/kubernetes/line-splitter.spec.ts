import { expect } from 'chai';
import { LineSplitter } from '../../lib/kubernetes/line-splitter.ts';
import type { Oversized } from '../../lib/kubernetes/oversized.ts';

const split = (chunks: readonly (Buffer | string)[], maxBytes = 1_000) => {
  const lines: (string | Oversized)[] = [];
  const splitter = new LineSplitter(maxBytes);
  for (const chunk of chunks) {
    splitter.push(Buffer.from(chunk as string));
    for (let line = splitter.next(); line !== undefined; line = splitter.next()) lines.push(line);
  }
  return { lines, unfinished: splitter.unfinished, overlong: splitter.overlong };
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

  it('gives out one line at a time, and the rest of a chunk when asked again, behind what came meanwhile', () => {
    const splitter = new LineSplitter(1_000);
    splitter.push(Buffer.from('1\n2\n3'));
    expect(splitter.next()).to.equal('1');
    splitter.push(Buffer.from('4\n5\n'));
    expect([splitter.next(), splitter.next(), splitter.next(), splitter.next()]).to.deep.equal(['2', '34', '5', undefined]);
  });

  describe('a line that is too large', () => {
    it('is skipped with its size and its beginning, in one chunk or many, and the lines go on', () => {
      expect(split(['12345\n', '12345', '\n'], 5).lines).to.deep.equal(['12345', '12345']);
      for (const chunks of [['a\n123456\nb\n'], ['a\n1234', '5', '6\nb', '\n'], [...'a\n123456\nb\n']]) {
        expect(split(chunks, 5)).to.deep.equal({ lines: ['a', { size: 6, prefix: '123456' }, 'b'], unfinished: false, overlong: false });
      }
    });

    it('is known before its end is', () => {
      expect(split(['1\n12345'], 5)).to.deep.include({ lines: ['1'], overlong: false, unfinished: true });
      expect(split(['1\n12345', '6'], 5)).to.deep.include({ lines: ['1'], overlong: true, unfinished: true });
    });

    it('is cut after 16 KiB, and not within a character', () => {
      const line = `x${'ä'.repeat(2_000_000)}`;
      const bytes = Buffer.from(`${line}\nnext\n`);
      for (const size of [1_000, 65_536, bytes.length]) {
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
        expect(split(chunks, 100_000).lines).to.deep.equal([{ size: 4_000_001, prefix: line.slice(0, 8_192) }, 'next']);
      }
    });
  });
});
