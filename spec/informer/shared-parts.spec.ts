import { isDeepStrictEqual, promisify } from 'node:util';
import { expect } from 'chai';
import { modified, podsOf } from '../../bench/pods.ts';
import { Random } from '../../bench/random.ts';
import { SharedParts } from '../../lib/informer/shared-parts.ts';
import { stripManagedFields } from '../../lib/model/strip-managed-fields.ts';
import { collectGarbage } from '../collect-garbage.ts';

/** As a store gets them: freshly parsed, without managedFields. */
const parsedPods = (count: number) => [...podsOf({ seed: 11, count })].map((pod) => stripManagedFields(copyOf(pod)));
const copyOf = <T>(value: T) => JSON.parse(JSON.stringify(value)) as T;

/** Objects and arrays of a value that were not met before. */
function newParts(value: unknown, met: Set<object>): number {
  if (typeof value !== 'object' || value === null || met.has(value)) return 0;
  met.add(value);
  return Object.values(value).reduce<number>((sum, child) => sum + newParts(child, met), 1);
}

/** Every object and array of a value, with what is in it. */
function contentsOf(value: unknown, contents = new Map<object, readonly unknown[]>()): Map<object, readonly unknown[]> {
  if (typeof value !== 'object' || value === null || contents.has(value)) return contents;
  contents.set(value, Object.values(value));
  for (const child of Object.values(value)) contentsOf(child, contents);
  return contents;
}

/** Any JSON, of few words, so that much of it is the same. */
function randomJson(random: Random, depth: number): unknown {
  const word = () => random.of(['a', 'a longer word', 'another long word', 'x'.repeat(300), 'ü\u2028"\\']);
  switch (depth === 0 ? random.between(0, 3) : random.between(0, 6)) {
    case 0: return word();
    case 1: return random.of([0, 1, -1.5, 1e21]);
    case 2: return random.of([true, false]);
    case 3: return null;
    case 4: return Array.from({ length: random.between(0, 4) }, () => randomJson(random, depth - 1));
    default: return Object.fromEntries(Array.from({ length: random.between(0, 5) }, () => [random.of(['name', 'spec', 'a', '__proto__', 'toJSON', '0', word()]), randomJson(random, depth - 1)]));
  }
}

describe('SharedParts', () => {
  it('leaves pods equal to what they were', () => {
    const parts = new SharedParts();
    for (const pod of parsedPods(3_000)) expect(isDeepStrictEqual(parts.share(copyOf(pod)), pod)).to.equal(true);
  });

  it('returns the very object', () => {
    const object = { metadata: { name: 'a' } };
    expect(new SharedParts().share(object)).to.equal(object);
  });

  for (const seed of [1, 2, 3]) {
    it(`leaves any JSON equal to what it was (seed ${seed})`, () => {
      const random = new Random(seed);
      const parts = new SharedParts();
      for (let i = 0; i < 3_000; i++) {
        const object = { spec: randomJson(random, 4), list: [randomJson(random, 2), randomJson(random, 2)] };
        expect(isDeepStrictEqual(parts.share(copyOf(object)), object), JSON.stringify(object)).to.equal(true);
      }
    });
  }

  it('leaves a pod less than half of its objects and arrays of its own', () => {
    const parts = new SharedParts();
    const met = new Set<object>();
    const pods = parsedPods(4_000);
    const whole = pods.slice(1_000).reduce((sum, pod) => sum + newParts(pod, new Set()), 0) / 3_000;
    for (const pod of pods.slice(0, 1_000)) newParts(parts.share(pod), met); // what there is to learn
    const own = pods.slice(1_000).reduce((sum, pod) => sum + newParts(parts.share(pod), met), 0) / 3_000;
    expect(own / whole).to.be.lessThan(0.5);
  });

  it('gives equal parts of custom resources the first of them', () => {
    const machine = (i: number) => ({
      metadata: { name: `machine-${i}`, labels: { 'cluster.x-k8s.io/cluster-name': 'one' } },
      spec: { clusterName: 'one', providerID: `cloud:///${i}`, bootstrap: { configRef: { apiGroup: 'bootstrap.cluster.x-k8s.io', kind: 'KubeadmConfig' } } },
      status: { addresses: [{ type: 'InternalIP', address: `10.0.0.${i}` }], conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }] },
    });
    const parts = new SharedParts();
    const machines = Array.from({ length: 100 }, (_, i) => parts.share(machine(i)));
    for (const { metadata, spec, status } of machines) {
      expect(metadata.labels).to.equal(machines[0]?.metadata.labels);
      expect(spec.bootstrap).to.equal(machines[0]?.spec.bootstrap);
      expect(status.conditions).to.equal(machines[0]?.status.conditions);
    }
  });

  it('keeps one copy of a text that is in many objects, which differ around it, also when all were updated', async () => {
    const image = 'x'.repeat(200);
    const object = (i: number, number: number) => copyOf({ status: { number: i + number / 10, image } });
    const parts = new SharedParts();
    parts.share(object(-1, 0));
    const before = await heapUsed();
    // With a copy each it is more than 300.
    const perObject = async () => (await heapUsed() - before) / objects.length;
    let objects = Array.from({ length: 2_000 }, (_, i) => parts.share(object(i, 0)));
    expect(await perObject()).to.be.lessThan(200);
    for (let number = 1; number <= 3; number++) objects = objects.map((state, i) => parts.share(object(i, number), state));
    expect(await perObject()).to.be.lessThan(200);
  });

  it('goes on to share the parts of what has become different as a whole', () => {
    const parts = new SharedParts();
    const object = (i: number) => ({ spec: { number: i, template: { image: 'registry.example.com/app:1' } } });
    for (let i = 0; i < 2_000; i++) parts.share({ spec: { number: 0, template: { image: 'registry.example.com/app:1' } } });
    const later = Array.from({ length: 2_000 }, (_, i) => parts.share(object(i)));
    expect(later.at(-1)?.spec.template).to.equal(later.at(-2)?.spec.template);
  });

  it('never changes what it has returned', () => {
    const parts = new SharedParts();
    const pods = parsedPods(2_000);
    const [first, ...others] = pods.map((pod) => [pod, contentsOf(parts.share(pod))] as const);
    for (const [pod, contents] of [first!, ...others.slice(0, 20)]) {
      const now = contentsOf(pod);
      for (const [part, children] of contents) expect(now.get(part)?.every((child, i) => child === children[i]), JSON.stringify(part)).to.equal(true);
    }
  });

  it('takes what is not JSON for nothing else', () => {
    const parts = new SharedParts();
    const made = (i: number) => ({ spec: { seen: new Map([[i, i]]), at: new Date(i % 2), absent: i % 2 === 0 ? undefined : {}, ratio: NaN, empty: {} } });
    for (let i = 0; i < 50; i++) {
      expect(isDeepStrictEqual(parts.share(made(i)), made(i))).to.equal(true);
      const plain = { spec: { seen: {}, at: new Date(i % 2).toISOString(), ratio: null, empty: {} } };
      expect(isDeepStrictEqual(parts.share(copyOf(plain)), plain)).to.equal(true);
    }
  });

  it('leaves what is frozen, deeper than the stack, or a cycle as it is', () => {
    const parts = new SharedParts();
    const frozen = () => Object.freeze({ spec: Object.freeze({ image: 'registry.example.com/app:1', ports: Object.freeze([{ port: 1 }]) }) });
    for (let i = 0; i < 10; i++) expect(parts.share(frozen())).to.deep.equal(frozen());
    const half = (number: number) => Object.freeze({ kind: 'a kind of a long name', spec: { number, ports: [{ port: 1 }] } });
    const [, second, third] = [1, 2, 3].map((number) => parts.share(half(number)));
    expect(third?.spec.ports, 'in what is not frozen').to.equal(second?.spec.ports);
    const text = `{"spec":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`;
    for (let i = 0; i < 10; i++) parts.share(JSON.parse(text) as object);
    const cycle: Record<string, unknown> = { name: 'a' };
    cycle['self'] = cycle;
    for (let i = 0; i < 10; i++) expect(parts.share({ cycle })['cycle']).to.equal(cycle);
  });

  it('remembers a bounded amount, whatever the objects are like', async function remembersLittle() {
    this.timeout(20_000);
    const random = new Random(5);
    const unique = () => random.hex(20);
    const hostile = () => ({
      metadata: { name: unique(), annotations: Object.fromEntries(Array.from({ length: 20 }, () => [unique(), unique()])) },
      spec: Object.fromEntries(Array.from({ length: 10 }, () => [unique(), { [unique()]: [{ field: unique() }] }])),
      twice: [{ text: unique(), pair: 1 }].flatMap((item) => [item, copyOf(item)]),
    });
    const parts = new SharedParts();
    const before = await heapUsed();
    for (let i = 0; i < 10_000; i++) parts.share(hostile()); // 15 MB of JSON
    expect((await heapUsed() - before) / 2 ** 20).to.be.lessThan(4);
    parts.share(hostile()); // it is still there
  });
});

describe('SharedParts, given the state before', () => {
  const updated = (number: number) => (pod: Parameters<typeof modified>[0]) => stripManagedFields(copyOf(modified(pod, number)));

  it('leave the object equal to what it was', () => {
    const parts = new SharedParts();
    const given = [...podsOf({ seed: 11, count: 1_000 })];
    const before = given.map((pod) => parts.share(stripManagedFields(copyOf(pod))));
    for (let number = 1; number <= 3; number++) {
      for (const [i, pod] of given.entries()) {
        const update = updated(number)(pod);
        expect(isDeepStrictEqual(before[i] = parts.share(copyOf(update), before[i]), update)).to.equal(true);
      }
    }
  });

  for (const seed of [1, 2, 3]) {
    it(`leave any JSON equal to what it was, whatever was before (seed ${seed})`, () => {
      const random = new Random(seed);
      const parts = new SharedParts();
      let before: object | undefined;
      for (let i = 0; i < 3_000; i++) {
        const object = { spec: randomJson(random, 4), list: [randomJson(random, 2), randomJson(random, 2)] };
        const shared = parts.share(copyOf(object), before);
        expect(isDeepStrictEqual(shared, object), JSON.stringify(object)).to.equal(true);
        before = random.between(0, 3) === 0 ? undefined : shared;
      }
    });
  }

  it('take every part that is the same there from it', () => {
    const parts = new SharedParts();
    const [pod] = podsOf({ seed: 11, count: 1 });
    const before = parts.share(stripManagedFields(copyOf(pod!)));
    const update = parts.share(updated(1)(pod!), before);
    expect(update.spec).to.equal(before.spec);
    for (const part of ['labels', 'annotations', 'ownerReferences'] as const) expect(update.metadata[part], part).to.equal(before.metadata[part]);
    expect(update.status).to.not.equal(before.status);
    expect(update.status['podIPs']).to.equal(before.status['podIPs']);
    const kept = update.status.conditions.filter((condition, at) => condition === before.status.conditions[at]);
    expect(kept.map(({ type }) => type)).to.deep.equal(['PodReadyToStartContainers', 'Initialized', 'PodScheduled']);
  });

  it('never change the state before, which may be frozen', () => {
    const parts = new SharedParts();
    const frozen = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
      Object.freeze(value);
      for (const child of Object.values(value)) frozen(child);
    };
    for (const pod of podsOf({ seed: 11, count: 200 })) {
      let before = parts.share(stripManagedFields(copyOf(pod)));
      for (let number = 1; number <= 3; number++) {
        const contents = contentsOf(before);
        frozen(before);
        before = parts.share(updated(number)(pod), before);
        for (const [part, children] of contents) expect(Object.values(part).every((child, i) => child === children[i])).to.equal(true);
      }
    }
  });

  it('share with others what an update has brought, as a whole or in its parts', () => {
    const parts = new SharedParts();
    const first = (i: number) => ({ metadata: { name: `web-${i}`, labels: { app: 'web' } }, status: {} as object });
    const second = (i: number) => ({
      metadata: { name: `web-${i}`, labels: { app: 'web', revision: 'a-revision-of-all' } },
      status: { number: i, image: 'registry.example.com/web:1', volume: { name: 'the-volume-of-all', size: 1 } },
    });
    const objects = Array.from({ length: 100 }, (_, i) => parts.share<object>(second(i), parts.share<object>(first(i))) as ReturnType<typeof second>);
    for (const { metadata, status } of objects.slice(2)) {
      expect(metadata.labels).to.equal(objects[1]?.metadata.labels);
      expect(status.volume).to.equal(objects[1]?.status.volume);
    }
  });

  it('leave a pod less than half of its objects and arrays of its own, however often all were updated', () => {
    const parts = new SharedParts();
    const given = [...podsOf({ seed: 11, count: 2_000 })];
    let pods = given.map((pod) => parts.share(stripManagedFields(copyOf(pod))));
    for (let number = 1; number <= 3; number++) pods = pods.map((before, i) => parts.share(updated(number)(given[i]!), before));
    const met = new Set<object>();
    const own = pods.reduce((sum, pod) => sum + newParts(pod, met), 0);
    const whole = pods.reduce((sum, pod) => sum + newParts(pod, new Set()), 0);
    expect(own / whole).to.be.lessThan(0.5);
  });

  it('learn nothing from updates for what comes new', () => {
    const parts = new SharedParts();
    const object = (ready: string) => ({ spec: { template: { image: 'registry.example.com/app:1' } }, status: { conditions: [{ type: 'Ready', since: ready }] } });
    let before = parts.share(object('never'));
    for (let i = 0; i < 5_000; i++) before = parts.share(object(`this time it is ${i}`), before);
    const others = Array.from({ length: 3 }, () => parts.share(object('the time of the others')));
    expect(others[2]?.status.conditions).to.equal(others[1]?.status.conditions);
  });

  it('take what is not JSON for nothing else', () => {
    const parts = new SharedParts();
    const values: readonly unknown[] = [new Date(0), new Date(1), new Map([[1, 1]]), new Map(), {}, [], { a: undefined }, { b: undefined }, { b: 1 }, Object.create({ a: 1 }), -0, 0, NaN, null, undefined, 'a text', { length: 0 }];
    for (const before of values) {
      for (const value of values) {
        const shared = parts.share<object>({ value, in: { value, of: [value] } }, parts.share<object>({ value: before, in: { value: before, of: [before] } }));
        expect(isDeepStrictEqual(shared, { value, in: { value, of: [value] } })).to.equal(true);
      }
    }
  });

  it('leave what is frozen, deeper than the stack, or a cycle as it is', () => {
    const parts = new SharedParts();
    const frozen = (port: number) => Object.freeze({ spec: Object.freeze({ image: 'registry.example.com/app:1', ports: Object.freeze([{ port }]) }) });
    for (let i = 0; i < 10; i++) expect(parts.share(frozen(i), frozen(i - 1))).to.deep.equal(frozen(i));
    const text = `{"spec":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`;
    for (let i = 0; i < 10; i++) parts.share(JSON.parse(text) as object, JSON.parse(text) as object);
    const cycle = () => {
      const made: Record<string, unknown> = { name: 'a' };
      return made['self'] = made;
    };
    const [before, now] = [cycle(), cycle()];
    expect(parts.share({ cycle: now }, { cycle: before })['cycle']).to.equal(now);
  });
});

/** Bytes, after collections. */
async function heapUsed(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await promisify(setImmediate)();
  }
  return process.memoryUsage().heapUsed;
}
