import { expect } from 'chai';
import * as kinds from '../lib/kinds.ts';
import type {
  Cluster, Condition, CustomResourceDefinition, Endpoints, Event, KubeadmControlPlane, Lease, Machine, MachineDeployment, MachineHealthCheck, MachinePool, MachineSet, Plain, Pod, Service,
} from '../lib/kinds.ts';
import type { KubernetesObject } from '../lib/model/kubernetes-object.ts';
import { embedded } from './backends/embedded.ts';
import type { Environment } from './backends/backend.ts';

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

  describe('on the embedded API server', () => {
    let environment: Environment;
    before(async () => { environment = await embedded.start(); });
    after(() => environment?.stop());

    const served = async (apiVersion: string): Promise<readonly string[]> => {
      const { body } = await environment.management.raw.send(apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`);
      return body.resources?.map(({ kind }) => kind) ?? [];
    };

    it('are served in their version', async () => {
      const unserved: string[] = [];
      for (const { apiVersion, kind } of Object.values(kinds)) {
        if (!(await served(apiVersion)).includes(kind)) unserved.push(kind);
      }
      expect(unserved).to.deep.equal([]);
    });
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
      type Some = Pod | Endpoints | CustomResourceDefinition | Event | Cluster | Machine | MachineSet | MachineDeployment | MachinePool | MachineHealthCheck | KubeadmControlPlane;
      const are: readonly Equal<Extract<Some, KubernetesObject>, Some>[] = [true];
      expect(are).to.not.include(false);
    });

    it('every kind of Cluster API that has conditions has the same', () => {
      type Conditions<T extends { readonly status?: { readonly conditions?: unknown } }> = NonNullable<T['status']>['conditions'];
      const same: readonly Equal<Conditions<Machine | MachineSet | MachineDeployment | MachinePool | MachineHealthCheck | KubeadmControlPlane>, readonly Condition[] | undefined>[] = [true];
      expect(same).to.not.include(false);
    });
  });
});
