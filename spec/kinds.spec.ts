import { expect } from 'chai';
import * as kinds from '../lib/kinds.ts';
import type { Cluster, CustomResourceDefinition, Endpoints, Event, Lease, Plain, Pod, Service } from '../lib/kinds.ts';
import type { KubernetesObject } from '../lib/model/kubernetes-object.ts';

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

describe('kinds', () => {
  it('each is exported under its own name, frozen, with a version', () => {
    for (const [name, kind] of Object.entries(kinds)) {
      expect(kind).to.include({ kind: name });
      expect(kind.apiVersion, name).to.match(/^([a-z0-9.-]+\/)?v[0-9]+(beta[0-9]+)?$/);
      expect(Object.isFrozen(kind), name).to.equal(true);
    }
  });

  it('no two are the same', () => {
    const all = Object.values(kinds).map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
    expect(new Set(all).size).to.equal(all.length);
  });

  describe('types are those of the JSON', () => {
    it('times are strings', () => {
      const creation: Equal<NonNullable<Pod['metadata']>['creationTimestamp'], string | undefined> = true;
      const renewal: Equal<NonNullable<Lease['spec']>['renewTime'], string | undefined> = true;
      expect([creation, renewal]).to.not.include(false);
    });

    it('a number or a string stays either', () => {
      type Port = NonNullable<NonNullable<Service['spec']>['ports']>[number];
      const either: Equal<Port['targetPort'], string | number | undefined> = true;
      expect(either).to.equal(true);
    });

    it('fields have their own names, where client-node has others', () => {
      type Schema = NonNullable<NonNullable<CustomResourceDefinition['spec']['versions'][number]['schema']>['openAPIV3Schema']>;
      const names: Equal<Extract<keyof Schema, `_${string}` | `x_${string}`>, never> = true;
      const flag: Equal<Schema['x-kubernetes-preserve-unknown-fields'], boolean | undefined> = true;
      const fallback: Equal<Schema['default'], unknown> = true;
      expect([names, flag, fallback]).to.not.include(false);
    });

    it('everything is read-only, however deep', () => {
      const pod: Pod = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c' }] } };
      const writes = (): void => {
        // @ts-expect-error: a field
        pod.spec = { containers: [] };
        // @ts-expect-error: an entry of a map
        pod.metadata!.labels!['a'] = 'c';
        // @ts-expect-error: an item of a list
        pod.spec.containers[0] = { name: 'd' };
      };
      expect(writes).to.be.a('function');
    });

    it('what may be anything is unknown: it must be looked at before it is used', () => {
      const { anything }: Plain<{ readonly anything: ReturnType<typeof JSON.parse> }> = { anything: 'text' };
      // @ts-expect-error: it may be no string
      expect(() => anything.length).to.not.throw();
    });

    it('every one is an object with metadata', () => {
      const are: readonly Equal<Extract<Pod | Endpoints | CustomResourceDefinition | Cluster | Event, KubernetesObject>, Pod | Endpoints | CustomResourceDefinition | Cluster | Event>[] = [true];
      expect(are).to.not.include(false);
    });
  });
});
