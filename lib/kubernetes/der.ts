/** The little of DER (X.690) that an X.509 certificate needs: every function that writes returns one encoded value. */

const tagged = (tag: number, ...contents: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), encodedLength(content.length), content]);
};

function encodedLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = length < 0x100 ? [length] : length < 0x1_0000 ? [length >> 8, length & 0xff] : [length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

export const sequence = (...values: readonly Buffer[]): Buffer => tagged(0x30, ...values);
export const set = (...values: readonly Buffer[]): Buffer => tagged(0x31, ...values);
export const boolean = (value: boolean): Buffer => tagged(0x01, Buffer.from([value ? 0xff : 0]));
export const nothing = (): Buffer => tagged(0x05);
export const octets = (content: Buffer): Buffer => tagged(0x04, content);
export const text = (value: string): Buffer => tagged(0x0c, Buffer.from(value));

/** A non-negative integer, big-endian. */
export function integer(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const minimal = bytes.subarray(start);
  return tagged(0x02, ...((minimal[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), minimal);
}

/** A bit string; `unused` counts the bits of the last byte that do not belong to it. */
export const bits = (content: Buffer, unused = 0): Buffer => tagged(0x03, Buffer.from([unused]), content);

/** `[tag]` of its context: constructed where it holds values, primitive where it holds bare bytes. */
export const explicit = (tag: number, ...values: readonly Buffer[]): Buffer => tagged(0xa0 | tag, ...values);
export const implicit = (tag: number, content: Buffer): Buffer => tagged(0x80 | tag, content);

/** An object identifier in dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) septets.unshift((left & 0x7f) | 0x80);
    return septets;
  });
  return tagged(0x06, Buffer.from(arcs));
}

/** UTCTime until 2049, GeneralizedTime after, as RFC 5280 wants it. Seconds are cut off below. */
export function time(at: Date): Buffer {
  const digits = `${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return at.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}

/** The values inside a constructed value, each with its tag and length. Of DER only, and of what has been found to be well-formed. */
export function valuesIn(constructed: Buffer): readonly Buffer[] {
  const values: Buffer[] = [];
  for (let rest = contentOf(constructed); rest.length > 0;) {
    const { header, length } = sizeOf(rest);
    values.push(rest.subarray(0, header + length));
    rest = rest.subarray(header + length);
  }
  return values;
}

/** What a value holds, without its tag and length. */
export function contentOf(value: Buffer): Buffer {
  const { header, length } = sizeOf(value);
  return value.subarray(header, header + length);
}

/** Bytes of tag and length, and of the content. */
function sizeOf(value: Buffer): { readonly header: number; readonly length: number } {
  const first = value.readUInt8(1);
  if (first < 0x80) return { header: 2, length: first };
  const count = first & 0x7f;
  return { header: 2 + count, length: value.readUIntBE(2, count) };
}
