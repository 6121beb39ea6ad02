import { expect } from 'chai';
import { gzipSync } from 'node:zlib';
import { Unpacker } from '../../lib/kubernetes/unpacker.ts';
import { until } from './deadline.ts';

const MIB = 1024 * 1024;

describe('Unpacker', () => {
  it('says when as much waits as may and when there is room again, and loses nothing', async () => {
    const plain = Buffer.alloc(4 * MIB, 'größer ');
    const packed = gzipSync(plain, { level: 0 });
    const log: string[] = [];
    const chunks: Buffer[] = [];
    const unpacker = new Unpacker({
      onData: (chunk) => { chunks.push(chunk); }, onEnd: () => log.push('end'), onDamaged: () => log.push('damaged'), onFull: () => log.push('full'), onDrained: () => log.push('drained'),
    });
    unpacker.pause();
    let at = 0;
    for (; !unpacker.full; at += 16_384) unpacker.write(packed.subarray(at, at + 16_384));
    expect(at).to.be.within(256 * 1024, 512 * 1024);
    expect(log).to.deep.equal(['full']);
    unpacker.resume();
    await until(() => log.length === 2);
    expect([log.at(-1), unpacker.full]).to.deep.equal(['drained', false]);
    unpacker.write(packed.subarray(at));
    unpacker.end();
    await until(() => log.at(-1) === 'end');
    expect(Buffer.concat(chunks).equals(plain)).to.equal(true);
  });
});
