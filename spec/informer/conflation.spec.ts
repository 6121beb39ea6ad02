import { expect } from 'chai';
import { Conflation } from '../../lib/informer/conflation.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import type { ObjectChange } from '../../lib/model/object-event.ts';
import { formatKey } from '../../lib/model/object-key.ts';
import { deepFreeze } from '../deep-freeze.ts';
import { randomNumbers } from '../suites/random-selectors.ts';
import { anObject, linesOf } from './objects.ts';

type Change = ObjectChange<KubernetesObject>;

const key = { namespace: 'ns', name: 'a' };
const added = (version: string): Change => ({ type: 'added', key, object: anObject(`ns/a@${version}`), cause: 'watch' });
const updated = (from: string, to: string, cause: Change['cause'] = 'watch'): Change => ({ type: 'updated', key, object: anObject(`ns/a@${to}`), previous: anObject(`ns/a@${from}`), cause });
const deleted = (version: string): Change => ({ type: 'deleted', key, object: anObject(`ns/a@${version}`), cause: 'watch' });

/** What is there after these changes; throws where one of them cannot be of what is there. */
function fold(there: Map<string, KubernetesObject>, change: Change): void {
  const name = formatKey(change.key);
  const before = there.get(name);
  switch (change.type) {
    case 'added':
      if (before !== undefined) throw new Error(`${name} was added twice`);
      break;
    case 'updated':
      if (before !== change.previous) throw new Error(`${name} was updated from another state than the one that was told last`);
      if (change.cause === 'resync' && change.object !== before) throw new Error(`${name} changed with a resync`);
      break;
    case 'deleted':
      if (before === undefined) throw new Error(`${name} was deleted twice`);
      there.delete(name);
      return;
  }
  there.set(name, change.object);
}

describe('Conflation', () => {
  const tables: Readonly<Record<string, readonly [pushed: readonly Change[], told: readonly string[]]>> = {
    'an add and an update': [[added('1'), updated('1', '2')], ['added ns/a@2 (watch)']],
    'an add and a delete': [[added('1'), updated('1', '2'), deleted('3')], []],
    'several updates': [[updated('1', '2'), updated('2', '3'), updated('3', '4')], ['updated ns/a@1>4 (watch)']],
    'an update and a delete': [[updated('1', '2'), deleted('3')], ['deleted ns/a@3 (watch)']],
    'a delete, and another object under the name': [[deleted('2'), added('3'), updated('3', '4')], ['deleted ns/a@2 (watch)', 'added ns/a@4 (watch)']],
    'a delete, and others that came and went': [[deleted('2'), added('3'), deleted('4'), added('5'), deleted('6')], ['deleted ns/a@2 (watch)']],
    'a resync and a change: the change': [[updated('1', '1', 'resync'), updated('1', '2')], ['updated ns/a@1>2 (watch)']],
    'a change and a resync: the change': [[updated('1', '2'), updated('2', '2', 'resync')], ['updated ns/a@1>2 (watch)']],
  };
  for (const [title, [pushed, told]] of Object.entries(tables)) {
    it(`puts together ${title}`, () => {
      const conflation = new Conflation<KubernetesObject>();
      for (const change of pushed) conflation.push(change);
      expect(linesOf(conflation.shift())).to.deep.equal(told);
      expect(conflation.isEmpty).to.equal(true);
      expect(conflation.shift()).to.deep.equal([]);
    });
  }

  it('tells first what has waited longest, an object that went and came again last', () => {
    const conflation = new Conflation<KubernetesObject>();
    const ofObject = (name: string): Change => ({ type: 'added', key: { namespace: 'ns', name }, object: anObject(`ns/${name}@1`), cause: 'watch' });
    for (const name of ['a', 'b', 'c']) conflation.push(ofObject(name));
    conflation.push({ ...ofObject('a'), type: 'deleted' });
    conflation.push(ofObject('a'));
    conflation.push({ ...ofObject('b'), type: 'updated', previous: anObject('ns/b@0') });
    const told: string[] = [];
    while (!conflation.isEmpty) told.push(...linesOf(conflation.shift()));
    expect(told).to.deep.equal(['added ns/b@1 (watch)', 'added ns/c@1 (watch)', 'added ns/a@1 (watch)']);
  });

  /** Sequences, each of so many changes of four objects. */
  const SEQUENCES = 300;
  const CHANGES = 60;

  it('tells the same in the end as every single change, with at most two of an object waiting, wherever it is asked', () => {
    for (let seed = 1; seed <= SEQUENCES; seed += 1) {
      const next = randomNumbers(seed);
      const random = (below: number) => Math.floor(next() * below);
      const conflation = new Conflation<KubernetesObject>();
      const given = new Map<string, KubernetesObject>();
      const told = new Map<string, KubernetesObject>();
      const shift = () => {
        const shifted = conflation.shift();
        expect(shifted.length, `seed ${seed}`).to.be.lessThanOrEqual(2);
        expect(new Set(shifted.map((change) => formatKey(change.key))).size).to.be.lessThanOrEqual(1);
        for (const change of shifted) fold(told, change);
      };
      // Shifted rarely in some sequences, after each change in others.
      const patience = 1 + random(12);
      for (let step = 1; step <= CHANGES; step += 1) {
        const name = 'abcd'[random(4)] ?? 'a';
        const before = given.get(`ns/${name}`);
        const object = deepFreeze(anObject(`ns/${name}@${step}`));
        const own = { key: { namespace: 'ns', name }, cause: 'watch' } as const;
        const change: Change = before === undefined ? { ...own, type: 'added', object }
          : [
            (): Change => ({ ...own, type: 'updated', object, previous: before }),
            (): Change => ({ ...own, type: 'deleted', object }),
            (): Change => ({ ...own, type: 'updated', object: before, previous: before, cause: 'resync' }),
          ][random(3)]?.() ?? { ...own, type: 'deleted', object };
        fold(given, change);
        conflation.push(change);
        if (random(patience) === 0) shift();
      }
      let left = 0;
      for (; !conflation.isEmpty; left += 1) shift();
      expect(left, `seed ${seed}`).to.be.lessThanOrEqual(4);
      expect(told, `seed ${seed}`).to.deep.equal(given);
    }
  });
});
