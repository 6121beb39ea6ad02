import type { Informer } from '../informer/informer.ts';
import { type ClusterCacheError, ConnectError, type ConnectStage, type StageTiming } from '../model/errors.ts';
import type { HealthCheckingState } from '../model/health.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { ClusterCaches } from './cluster-caches.ts';
import type { ConnectionState } from './cluster-record.ts';
import type { LiveConnection } from './cluster-connection.ts';

/** One cluster as a person who asks why would want it told. Plain values; nothing of the kubeconfig but its server and dates. */
export interface Diagnosis {
  readonly cluster: ObjectKey;
  readonly phase: ConnectionState['phase'];
  readonly reason?: string;
  readonly since: Date;
  readonly health: HealthCheckingState;
  /** The stages of the last connect; the last one is where it failed, if it did. */
  readonly stages: readonly StageTiming[];
  /** What went wrong, and what to look at. */
  readonly error?: { readonly code: string; readonly message: string; readonly stage?: ConnectStage; readonly hint?: string };
  readonly retryAt?: Date;
  readonly server?: string;
  /** The UID of kube-system there. */
  readonly clusterUid?: string;
  readonly inCluster?: boolean;
  /** When the client certificate and the token of the kubeconfig in use expire, as far as they say. */
  readonly certificateExpiry?: Date;
  readonly tokenExpiry?: Date;
  readonly protocol?: 'h2' | 'http/1.1';
  readonly sockets: number;
  readonly streams: number;
  /** The kinds that are kept. */
  readonly informers: readonly InformerDiagnosis[];
  /** When the last byte came from the cluster. */
  readonly lastActivity?: Date;
}

/** How one kind is kept. */
export interface InformerDiagnosis {
  readonly apiVersion: string;
  readonly kind: string;
  readonly objects: number;
  /** Whether all objects of one moment were in. */
  readonly synced: boolean;
  /** Whether changes come as they happen. */
  readonly live: boolean;
  /** ms since it last heard of its objects, a bookmark included. */
  readonly age?: number;
  readonly resourceVersion?: string;
  /** What went wrong last, since it last went well. */
  readonly error?: string;
}

/** Puts together what is known of a cluster. */
export function diagnosisOf(state: ConnectionState, stages: readonly StageTiming[], connection: LiveConnection | undefined, caches: ClusterCaches | undefined): Diagnosis {
  const { cluster, phase, since, health } = state;
  const error = 'error' in state ? state.error : undefined;
  const { sockets = 0, streams = 0, protocol, lastActivity } = connection?.stats() ?? {};
  return {
    cluster, phase, since, health, sockets, streams, stages,
    informers: Array.from(caches?.informers.all() ?? []).filter(({ runs }) => runs).map(diagnoseInformer),
    ...present({
      reason: 'reason' in state ? state.reason : undefined,
      error: error === undefined ? undefined : describe(error),
      retryAt: 'retryAt' in state ? state.retryAt : undefined,
      server: connection?.view.server, clusterUid: connection?.view.clusterUid, inCluster: connection?.view.inCluster,
      certificateExpiry: connection?.kubeconfig.certificateExpiry, tokenExpiry: connection?.kubeconfig.tokenExpiry,
      protocol, lastActivity,
    }),
  };
}

function diagnoseInformer(informer: Informer<KubernetesObject>): InformerDiagnosis {
  const { kind: { apiVersion, kind }, store, synced, live, age, failure } = informer;
  return {
    apiVersion, kind, objects: store.size, synced, live,
    ...present({ age: age === undefined ? undefined : Math.round(age), resourceVersion: informer.resourceVersion(), error: failure instanceof Error ? failure.message : undefined }),
  };
}

function describe(error: ClusterCacheError): NonNullable<Diagnosis['error']> {
  const { code, message } = error;
  return error instanceof ConnectError ? { code, message, stage: error.stage, hint: error.hint } : { code, message };
}

function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
