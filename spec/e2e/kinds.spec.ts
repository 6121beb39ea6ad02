import { expect } from 'chai';
import * as kinds from '../../lib/kinds.ts';
import { real } from '../backends/real.ts';
import type { Environment } from '../backends/backend.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { machine, machineDeployment, machineHealthCheck, machinePool, machineSet } from '../suites/cluster-api-objects.ts';

/** A piece of a CRD's schema. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

describe('on a real kube-apiserver', () => {
  leavesNothingOpen();

  describe('kinds', () => {
    let environment: Environment;
    before(async () => { environment = await real.start(); });
    after(() => environment?.stop());

    it('are all served, but for the one of another provider', async () => {
      const unserved: string[] = [];
      for (const { apiVersion, kind } of Object.values(kinds)) {
        const { body } = await environment.management.raw.send(apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`);
        if (body.resources?.some((resource) => resource.kind === kind) !== true) unserved.push(kind);
      }
      expect(unserved).to.deep.equal(['KubeadmControlPlane']);
    });

    for (const [plural, object] of Object.entries({ machines: machine, machinesets: machineSet, machinedeployments: machineDeployment, machinepools: machinePool, machinehealthchecks: machineHealthCheck })) {
      describe(`the type of ${plural}`, () => {
        const collection = `/apis/cluster.x-k8s.io/v1beta2/namespaces/default/${plural}`;

        it('has no field and no value that the CRD has not', async () => {
          const { raw } = environment.management;
          const { kind } = Object.values(kinds).find((each) => `${each.kind.toLowerCase()}s` === plural)!;
          const whole = { apiVersion: 'cluster.x-k8s.io/v1beta2', kind, metadata: { name: 'whole' }, ...object };
          const { metadata } = await raw.create(`${collection}?fieldValidation=Strict`, whole);
          const stored = await raw.update(`${collection}/whole/status?fieldValidation=Strict`, { ...whole, metadata });
          expect({ spec: stored.spec, status: stored.status }).to.deep.equal(object);
        });

        it('has every field that the CRD has', async () => {
          const { spec } = await environment.management.raw.get(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.cluster.x-k8s.io`);
          const { versions } = spec as { readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[] };
          const { properties } = versions.find(({ name }) => name === 'v1beta2')!.schema.openAPIV3Schema;
          expect(['spec', 'status'].flatMap((half) => missing(half, properties![half]!, object[half as 'spec' | 'status']))).to.deep.equal([]);
        });
      });
    }
  });
});

/** The paths of a schema that an object does not have; of a list its first item stands for all. */
function missing(path: string, { properties = {}, items }: Schema, value: unknown): readonly string[] {
  if (value === undefined) return [path];
  if (items !== undefined) return missing(`${path}[]`, items, (value as readonly unknown[])[0]);
  return Object.entries(properties).flatMap(([field, schema]) => missing(`${path}.${field}`, schema, (value as Readonly<Record<string, unknown>>)[field]));
}
