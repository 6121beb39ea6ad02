import { EMPTY, type Observable, defer, distinctUntilChanged, endWith, filter, map, of, switchMap } from 'rxjs';
import type { TargetState } from '../connection/dialer.ts';
import { type Kubeconfig, parseKubeconfig } from '../kubernetes/kubeconfig.ts';
import type { KubeconfigPolicy } from '../kubernetes/kubeconfig-policy.ts';
import { type Cluster, isInfrastructureProvisioned, kubeconfigSecretName } from '../model/cluster.ts';
import type { PendingReason } from '../model/connection-state.ts';
import { type ConnectError, KubeconfigError } from '../model/errors.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { connectError } from './connect-error.ts';
import type { KubeconfigReading } from './kubeconfig-reading.ts';

/** What to dial: a kubeconfig, or why the one that is there cannot be used, which is how its connect fails. */
export type Target = { readonly kubeconfig: Kubeconfig } | { readonly error: ConnectError };

/**
 * What one cluster's connection aims at: its kubeconfig, once its infrastructure is provisioned. Emits first when both are known, then every change that
 * matters; completes with `cluster$`. A kubeconfig that goes away leaves a running connection alone: an accident must not cut a cluster.
 */
export function targetOf(
  key: ObjectKey, cluster$: Observable<Cluster>, kubeconfig$: Observable<KubeconfigReading>, policy: Partial<KubeconfigPolicy>,
): Observable<TargetState<Target>> {
  const aims: Readonly<Record<Progress, Observable<TargetState<Target>>>> = {
    unprovisioned: of(unready('infrastructureNotProvisioned')),
    provisioned: defer(() => kubeconfig$.pipe(filter(tellsSomething()), map((reading) => targetState(key, reading, policy)))),
    gone: EMPTY,
  };
  return cluster$.pipe(
    map((cluster): Progress => (isInfrastructureProvisioned(cluster) ? 'provisioned' : 'unprovisioned')),
    endWith<Progress>('gone'),
    distinctUntilChanged(),
    // Another value means another aim: a cluster that lost its infrastructure has no use for its kubeconfig, and kubeconfigs never complete.
    switchMap((progress) => aims[progress]),
  );
}

type Progress = 'unprovisioned' | 'provisioned' | 'gone';

/** A Secret that cannot be read just now says nothing about what was in it. */
function tellsSomething(): (reading: KubeconfigReading) => boolean {
  let known = false;
  return ({ type }) => {
    if (type === 'unreadable') return !known;
    known = true;
    return true;
  };
}

function targetState(key: ObjectKey, reading: KubeconfigReading, policy: Partial<KubeconfigPolicy>): TargetState<Target> {
  switch (reading.type) {
    case 'present': return readyTarget(key, reading.kubeconfig, policy);
    case 'absent': return kubeconfigMissing(key, new KubeconfigError('KUBECONFIG_MISSING', `Secret "${kubeconfigSecretName(key.name)}" not found`));
    case 'unusable': case 'unreadable': return kubeconfigMissing(key, reading.error);
  }
}

function readyTarget(key: ObjectKey, text: string, policy: Partial<KubeconfigPolicy>): TargetState<Target> {
  try {
    const kubeconfig = parseKubeconfig(text, policy);
    return { ready: true, target: { kubeconfig }, fingerprint: `${kubeconfig.fingerprint} ${kubeconfig.authorizationFingerprint}` };
  } catch (error) {
    const stage = error instanceof KubeconfigError && error.refused ? 'policy' : 'kubeconfig';
    const failed = connectError(error, stage, { cluster: key });
    return { ready: true, target: { error: failed }, fingerprint: `unusable: ${failed.code} ${failed.message}` };
  }
}

function kubeconfigMissing(key: ObjectKey, error: unknown): TargetState<Target> {
  return unready('kubeconfigMissing', { error: connectError(error, 'secret', { cluster: key }), keepsConnection: true });
}

function unready(reason: PendingReason, more: { readonly error?: unknown; readonly keepsConnection?: boolean } = {}): TargetState<Target> {
  return { ready: false, reason, ...more };
}
