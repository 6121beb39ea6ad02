import { expect } from 'chai';
import { OwnWrites } from '../../lib/client/own-writes.ts';
import { CONFIG_MAP, KeptKind, type KeptKindOptions, aConfigMap } from './kept-kind.ts';

const KEY = { namespace: 'default', name: 'a' };
const status = (uid: string): object => ({ kind: 'Status', status: 'Success', details: { uid } });

describe('OwnWrites', () => {
  const writing = (options: KeptKindOptions = {}) => {
    const cache = new KeptKind(options).sync([], '10');
    return { cache, own: new OwnWrites(() => cache) };
  };

  it('has nothing to wait for before there is a write', () => {
    const { cache, own } = writing();
    expect(own.isPending(cache)).to.equal(false);
    expect(own.shown(cache)()).to.equal(true);
  });

  it('waits for a write until all up to it is in, by an event or a bookmark', () => {
    const { cache, own } = writing();
    own.wrote(CONFIG_MAP, aConfigMap('a', '12'));
    expect(own.isPending(cache)).to.equal(true);
    cache.reach('11');
    expect(own.isPending(cache)).to.equal(true);
    cache.reach('12');
    expect(own.isPending(cache)).to.equal(false);
  });

  it('waits for the newest of several writes, whichever order their answers came in', () => {
    const { cache, own } = writing();
    for (const version of ['12', '100', '99']) own.wrote(CONFIG_MAP, aConfigMap('a', version));
    cache.reach('99');
    expect(own.isPending(cache)).to.equal(true);
    cache.reach('100');
    expect(own.isPending(cache)).to.equal(false);
  });

  it('waits for a delete until that very object is gone', () => {
    const { cache, own } = writing();
    cache.apply(aConfigMap('a', '11'));
    own.deleted(CONFIG_MAP, KEY, status('uid-of-a'));
    expect(own.isPending(cache)).to.equal(true);
    cache.remove(aConfigMap('a', '11'), '12');
    expect(own.isPending(cache)).to.equal(false);
  });

  it('is content with another object under the name of one that it deleted', () => {
    const { cache, own } = writing();
    cache.apply(aConfigMap('a', '11'));
    own.deleted(CONFIG_MAP, KEY, status('uid-of-a'));
    cache.apply(aConfigMap('a', '13', { uid: 'another' }));
    expect(own.isPending(cache)).to.equal(false);
  });

  it('is content with a mark for deletion where finalizers hold what it deleted', () => {
    const { cache, own } = writing();
    const held = { finalizers: ['example.com/a'] };
    cache.apply(aConfigMap('a', '11', held));
    own.deleted(CONFIG_MAP, KEY, aConfigMap('a', '12', { ...held, deletionTimestamp: '2026-01-01T00:00:00Z' }));
    expect(own.isPending(cache)).to.equal(true);
    cache.apply(aConfigMap('a', '12', { ...held, deletionTimestamp: '2026-01-01T00:00:00Z' }));
    expect(own.isPending(cache)).to.equal(false);
  });

  it('waits for the end of an object whose last finalizer it took away', () => {
    const { cache, own } = writing();
    const marked = { deletionTimestamp: '2026-01-01T00:00:00Z' };
    cache.apply(aConfigMap('a', '11', { ...marked, finalizers: ['example.com/a'] }));
    own.wrote(CONFIG_MAP, aConfigMap('a', '11', marked));
    expect(own.isPending(cache)).to.equal(true);
    cache.remove(aConfigMap('a', '11'), '12');
    expect(own.isPending(cache)).to.equal(false);
  });

  it('waits for what it created and deleted until both were seen', () => {
    const { cache, own } = writing();
    own.wrote(CONFIG_MAP, aConfigMap('a', '11'));
    own.deleted(CONFIG_MAP, KEY, status('uid-of-a'));
    expect(own.isPending(cache), 'not there yet is not gone').to.equal(true);
    cache.apply(aConfigMap('a', '11'));
    expect(own.isPending(cache)).to.equal(true);
    cache.remove(aConfigMap('a', '11'), '12');
    expect(own.isPending(cache)).to.equal(false);
  });

  it('takes nothing for gone while the first list is not in', () => {
    const { cache, own } = writing();
    cache.synced = false;
    own.deleted(CONFIG_MAP, KEY, status('uid-of-a'));
    expect(own.isPending(cache)).to.equal(true);
    cache.apply(aConfigMap('a', '11'));
    cache.synced = true;
    expect(own.isPending(cache)).to.equal(true);
  });

  it('waits for no write of a namespace that is not kept', () => {
    const { cache, own } = writing({ namespaces: ['default'] });
    own.wrote(CONFIG_MAP, aConfigMap('a', '12', { namespace: 'other' }));
    expect(own.isPending(cache)).to.equal(false);
  });

  it('waits for no write of what its labels keep out, but for one that they took out', () => {
    const { cache, own } = writing({ labelSelector: 'app=web' });
    own.wrote(CONFIG_MAP, aConfigMap('b', '12', { labels: { app: 'db' } }));
    expect(own.isPending(cache)).to.equal(false);
    cache.apply(aConfigMap('a', '11', { labels: { app: 'web' } }));
    own.wrote(CONFIG_MAP, aConfigMap('a', '12', { labels: { app: 'db' } }));
    expect(own.isPending(cache)).to.equal(true);
    cache.remove(aConfigMap('a', '11'), '12');
    expect(own.isPending(cache)).to.equal(false);
  });

  it('waits for no write of a kind that is read live, or that nobody has read: its first list will have it', () => {
    const { cache, own } = writing();
    cache.runs = false;
    own.wrote(CONFIG_MAP, aConfigMap('a', '12'));
    cache.runs = true;
    expect(own.isPending(cache)).to.equal(false);
    const live = new OwnWrites(() => undefined);
    live.wrote(CONFIG_MAP, aConfigMap('a', '12'));
    expect(live.isPending(cache)).to.equal(false);
  });

  it('a wait is for what was written before it, and not for what is written meanwhile', () => {
    const { cache, own } = writing();
    own.wrote(CONFIG_MAP, aConfigMap('a', '12'));
    const shown = own.shown(cache);
    own.wrote(CONFIG_MAP, aConfigMap('a', '20'));
    expect(shown()).to.equal(false);
    cache.reach('12');
    expect(shown()).to.equal(true);
    expect(own.isPending(cache)).to.equal(true);
  });
});
