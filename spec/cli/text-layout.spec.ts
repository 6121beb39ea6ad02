import { expect } from 'chai';
import { fit, pad, plain, wrap } from '../../lib/cli/text-layout.ts';

describe('the layout of text', () => {
  it('cuts what does not fit, and says so', () => {
    expect([fit('abcdef', 6), fit('abcdef', 5), fit('ab cdef', 4), fit('abc', 1), fit('abc', 0)]).to.deep.equal(['abcdef', 'abcd…', 'ab…', '…', '']);
  });

  it('fills up to a width on either side', () => {
    expect([pad('ab', 4), pad('ab', 4, 'right'), pad('abcde', 4)]).to.deep.equal(['ab  ', '  ab', 'abc…']);
  });

  it('breaks at spaces, and cuts the last line', () => {
    expect(wrap('one two three', 20, 2)).to.deep.equal(['one two three']);
    expect(wrap('one two three', 7, 3)).to.deep.equal(['one two', 'three']);
    expect(wrap('one two three four', 7, 2)).to.deep.equal(['one two', 'three…']);
    expect(wrap('abcdefghij', 4, 3)).to.deep.equal(['abcd', 'efgh', 'ij']);
    expect(wrap('', 4, 3)).to.deep.equal([]);
  });

  it('keeps what a server writes from moving the cursor, ending the line or turning the text around', () => {
    expect(plain('a\u001b[31mb\r\nc\u009bd\u202ee')).to.equal('a [31mb c d e');
  });
});
