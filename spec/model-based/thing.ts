import type { Random } from '../../bench/random.ts';
import { type Kind, type KubernetesObject, type ObjectMeta, defineKind } from '../../lib/index.ts';

export type ThingKind = 'ConfigMap' | 'Pod' | 'Node';

/** An object of a program: whatever its kind, its annotation `step` is another after each write. */
export interface Thing extends KubernetesObject {
  readonly metadata?: ObjectMeta;
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: object;
}

export const THINGS: Readonly<Record<ThingKind, Kind<Thing>>> = {
  ConfigMap: defineKind<Thing>({ apiVersion: 'v1', kind: 'ConfigMap' }),
  Pod: defineKind<Thing>({ apiVersion: 'v1', kind: 'Pod' }),
  Node: defineKind<Thing>({ apiVersion: 'v1', kind: 'Node' }),
};

/** By the plural by which servers log it. */
export const KIND_OF: Readonly<Record<string, ThingKind | undefined>> = { configmaps: 'ConfigMap', pods: 'Pod', nodes: 'Node' };

/** The last one is not kept where Pods are kept of some namespaces only. */
export const NAMESPACES = ['default', 'kube-public', 'kube-node-lease'] as const;

export const NODE_NAME = 'spec.nodeName';
export const NODE_NAMES = ['node-1', 'node-2'] as const;

export function randomLabels(random: Random): Readonly<Record<string, string>> {
  const [tier, track] = [random.of(['web', 'web', 'db', '']), random.of(['canary', 'stable', ''])];
  return { ...(tier === '' ? {} : { tier }), ...(track === '' ? {} : { track }) };
}

/** What is written at that step. */
export function thing(kind: ThingKind, { namespace, name }: { readonly namespace: string; readonly name: string }, labels: Readonly<Record<string, string>>, step: number): Thing {
  const metadata = {
    name, ...(namespace === '' ? {} : { namespace }), labels, annotations: { step: String(step) },
    managedFields: [{ manager: 'program', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { '.': {} } } }],
  };
  switch (kind) {
    case 'ConfigMap': return { ...THINGS.ConfigMap, metadata, data: { step: String(step), text: 'the same in all of them, and long enough to be shared' } };
    case 'Pod': return { ...THINGS.Pod, metadata, spec: { nodeName: NODE_NAMES[step % NODE_NAMES.length], containers: [{ name: 'app', image: 'registry.example/app:1' }] } };
    case 'Node': return { ...THINGS.Node, metadata, spec: { providerID: `fake:////${name}`, taints: step % 3 === 0 ? [{ key: 'step', effect: 'NoSchedule' }] : [] } };
  }
}

export function nodeNameOf(pod: KubernetesObject): string | undefined {
  return (pod as { readonly spec?: { readonly nodeName?: string } }).spec?.nodeName;
}
