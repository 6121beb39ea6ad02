import { expect } from 'chai';
import { type Flaw, ListSplitter } from '../../lib/kubernetes/list-splitter.ts';
import type { ListPart } from '../../lib/kubernetes/transport.ts';
import { collectGarbage } from '../collect-garbage.ts';

const MIB = 1024 * 1024;

/** All parts of a body that comes in these chunks. */
function split(chunks: Iterable<Buffer>, maxBytes = 8 * MIB): (ListPart | Flaw)[] {
  const list = new ListSplitter(maxBytes);
  const parts: (ListPart | Flaw)[] = [];
  const give = () => { for (let part = list.next(); part !== undefined; part = list.next()) parts.push(part); };
  for (const chunk of chunks) {
    list.push(chunk);
    give();
  }
  list.finish();
  give();
  return parts;
}

/** The text cut into pieces of so many bytes, each a Buffer of its own as from a socket. */
function* cut(text: string | Buffer, size: () => number): Generator<Buffer> {
  const bytes = Buffer.from(text as string);
  for (let at = 0; at < bytes.length;) {
    const end = at + Math.max(1, size());
    yield Buffer.from(bytes.subarray(at, end));
    at = end;
  }
}

const whole = (text: string | Buffer) => cut(text, () => Infinity);

/** What `JSON.parse` makes of the whole, as parts. */
function partsOf(text: string): ListPart[] {
  const list = JSON.parse(text) as { items: unknown[] | null };
  return [...(list.items ?? []).map((item) => ({ type: 'item', item }) as const), { type: 'end', envelope: { ...list, items: [] } }];
}

/** Chance that can be repeated: mulberry32. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

/** Texts that look like what a list is cut by. */
const TRAPS = ['', 'plain', '"items":[', '},{"metadata":{', '},{"apiVersion":"v1","kind":"Thing","metadata":{', '\\', '"', '\\"', ']}', '}]', '[{', 'größe', '日本語', '😀', '\u2028', '\u0000', '}}}}', 'a\nb'];

function randomValue(random: (below: number) => number, depth: number): unknown {
  const pick = <T>(values: readonly T[]) => values[random(values.length)] as T;
  switch (random(depth > 3 ? 4 : 7)) {
    case 0: return pick(TRAPS) + pick(TRAPS);
    case 1: return random(1_000) - 500;
    case 2: return pick([true, false, null]);
    case 3: return pick([1e100, 0.5, -0.001]);
    case 4: return Array.from({ length: random(4) }, () => randomValue(random, depth + 1));
    case 5: return Array.from({ length: random(4) }, () => ({ metadata: { name: pick(TRAPS) }, spec: randomValue(random, depth + 1) })); // templates
    default: return Object.fromEntries(Array.from({ length: random(4) }, () => [pick(['items', 'metadata', 'kind', ...TRAPS]), randomValue(random, depth + 1)]));
  }
}

function randomList(random: (below: number) => number): object {
  const custom = random(2) === 0;
  const regular = random(3) > 0;
  const item = (i: number): unknown => {
    if (!regular && random(4) === 0) return randomValue(random, 0);
    return { ...(custom ? { apiVersion: 'v1', kind: 'Thing' } : {}), metadata: { name: `thing-${i}`, note: randomValue(random, 1) }, spec: randomValue(random, 0), ...(random(3) === 0 ? { status: {} } : {}) };
  };
  const items = random(8) === 0 ? null : Array.from({ length: random(12) }, (_, i) => item(i));
  const metadata = { resourceVersion: '7', items: TRAPS[random(TRAPS.length)], more: randomValue(random, 2) };
  return custom ? { apiVersion: 'v1', items, kind: 'ThingList', metadata } : { kind: 'ThingList', apiVersion: 'v1', metadata, items };
}

describe('ListSplitter', () => {
  it('makes of any list in any chunks what JSON.parse makes of the whole', () => {
    for (let seed = 0; seed < 600; seed += 1) {
      const random = chance(seed);
      const list = randomList(random);
      const text = `${JSON.stringify(list, null, random(4) === 0 ? random(4) : undefined)}\n`;
      const largest = [1, 7, 100, 5_000][random(4)] as number;
      expect(split(cut(text, () => random(largest) + 1)), `seed ${seed}`).to.deep.equal(partsOf(text));
    }
  });

  it('is indifferent to where a list is torn', () => {
    const text = '{"kind":"L","metadata":{"a":"\\"é"},"items":[{"metadata":{"n":"😀\\\\"}},{"metadata":{"n":"},{\\"metadata\\":{"}},{"metadata":{}}]}\n';
    const bytes = Buffer.from(text);
    const expected = partsOf(text);
    for (let first = 0; first <= bytes.length; first += 1) {
      for (let second = first; second <= bytes.length; second += 3) {
        expect(split([bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)])).to.deep.equal(expected);
      }
    }
  });

  it('gives an item out when the next one begins, before the list is over', () => {
    const list = new ListSplitter(MIB);
    list.push(Buffer.from('{"items":[{"metadata":{"name":"a"}}'));
    expect(list.next()).to.deep.equal({ type: 'item', item: { metadata: { name: 'a' } } });
    list.push(Buffer.from(',{"metadata":{"name":"b"}},{"metadata":'));
    expect(list.next()).to.equal(undefined);
    list.push(Buffer.from('{"name":"c'));
    expect(list.next()).to.deep.equal({ type: 'item', item: { metadata: { name: 'b' } } });
    expect(list.next()).to.equal(undefined);
  });

  for (const [what, text, flaw] of [
    ['nothing', '', 'TRUNCATED'],
    ['a list whose end is missing', '{"kind":"L","items":[{"a":1}]', 'TRUNCATED'],
    ['a list that stops between two items', '{"items":[{"a":1},', 'TRUNCATED'],
    ['a list that stops within an item', '{"items":[{"a":1},{"a"', 'TRUNCATED'],
    ['a list that stops before its items', '{"kind":"L","ite', 'TRUNCATED'],
    ['a list that stops behind its items', '{"items":[],"kind":"L', 'TRUNCATED'],
    ['a text', 'page not found', 'GARBAGE'],
    ['an array', '[{"items":[]}]', 'GARBAGE'],
    ['an object without items', '{"kind":"Status","details":{"items":[]}}', 'GARBAGE'],
    ['items that are none', '{"items":{"a":1}}', 'GARBAGE'],
    ['an item that is no JSON', '{"items":[{"a":tru}]}', 'GARBAGE'],
    ['an item too few', '{"items":[{},]}', 'GARBAGE'],
    ['items without a comma', '{"items":[{} {}]}', 'GARBAGE'],
    ['brackets that do not match', '{"items":[{"a":[}]}]}', 'GARBAGE'],
    ['something behind the list', '{"items":[]} {}', 'GARBAGE'],
    ['items twice', '{"items":[],"items":[{"a":1}]}', 'GARBAGE'],
    ['items after none', '{"items":null,"items":[{"a":1}]}', 'GARBAGE'],
  ] as const) {
    it(`says of ${what} that it is ${flaw.toLowerCase()}, once`, () => {
      for (const chunks of [whole(text), cut(text, () => 1)]) expect(split(chunks).filter((part) => typeof part === 'string' || part.type === 'end')).to.deep.equal([flaw]);
    });
  }

  it('bounds what a list may be without its items', () => {
    expect(split(whole(`{"a":"${'x'.repeat(2 * MIB)}"`))).to.deep.equal(['GARBAGE']);
    expect(split(whole(`{"items":[],"a":"${'x'.repeat(2 * MIB)}"`))).to.deep.equal(['GARBAGE']);
  });

  describe('an item that is too large', () => {
    const large = { metadata: { name: 'large' }, text: 'ü'.repeat(100_000), nested: [{ metadata: {} }, { metadata: {} }] };
    const text = JSON.stringify({ kind: 'L', items: [{ metadata: { name: 'a' } }, large, { metadata: { name: 'b' } }, large] });

    it('is skipped with its size and its beginning, and the list goes on', () => {
      const json = JSON.stringify(large);
      const skipped = { type: 'oversized', size: Buffer.byteLength(json), prefix: Buffer.from(json).toString('utf8', 0, 16_384).replace(/\ufffd$/, '') };
      for (const size of [1_000, 16_384, 10 * MIB]) {
        expect(split(cut(text, () => size), 50_000)).to.deep.equal([
          { type: 'item', item: { metadata: { name: 'a' } } }, skipped, { type: 'item', item: { metadata: { name: 'b' } } }, skipped, { type: 'end', envelope: { kind: 'L', items: [] } },
        ]);
      }
    });

    it('is never held: only its beginning is', () => {
      const list = new ListSplitter(50_000);
      const piece = Buffer.alloc(MIB, 'x');
      collectGarbage();
      const before = process.memoryUsage().arrayBuffers;
      list.push(Buffer.from('{"items":[{"a":"'));
      for (let i = 0; i < 200; i += 1) {
        list.push(Buffer.from(piece));
        expect(list.next()).to.equal(undefined);
      }
      list.push(Buffer.from('"}]}'));
      list.finish();
      expect(list.next()).to.include({ type: 'oversized', size: 200 * MIB + '{"a":""}'.length });
      collectGarbage();
      expect(process.memoryUsage().arrayBuffers - before).to.be.below(100 * MIB);
    });
  });

  it('takes a time that grows with the size alone, whatever a server makes of it', () => {
    const timed = (text: string, size: number) => {
      const began = performance.now();
      split(cut(text, () => size));
      return performance.now() - began;
    };
    const hostile: readonly ((n: number) => string)[] = [
      (n) => `{"items":[{"metadata":{}},{"metadata":{"a":[${'{"b":{}},{"metadata":{}},'.repeat(n)}{}]}}]}`, // what looks like the end of an item, in one
      (n) => `{"items":[{"metadata":{}},{"x":"${'},{"metadata":{'.replaceAll('"', '\\"').repeat(n)}"}]}`,
      (n) => `{"items":[{"metadata":{}},${'['.repeat(20 * n)}`,
      (n) => `{"items":[{"metadata":{}},"${'\\\\'.repeat(10 * n)}`,
      (n) => `{"a":"${'\\"items\\":['.repeat(n)}`,
    ];
    for (const text of hostile) {
      timed(text(1_000), 16_384);
      // 60 times as much: quadratic would be 3600 times.
      expect(timed(text(60_000), 1_024)).to.be.below(600);
    }
  });
});
