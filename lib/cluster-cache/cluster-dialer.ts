import { Observable, catchError, defer, finalize, forkJoin, map, of, switchMap, tap, throwError } from 'rxjs';
import type { Dialer } from '../connection/dialer.ts';
import type { Endpoint } from '../kubernetes/endpoint.ts';
import { type PodMetadata, inClusterEndpoint, runningOnWorkloadCluster } from '../kubernetes/in-cluster.ts';
import type { Kubeconfig } from '../kubernetes/kubeconfig.ts';
import type { RateLimiter } from '../kubernetes/rate-limiter.ts';
import { type RestClient, createRestClient } from '../kubernetes/rest-client.ts';
import { StatusError, isForbidden, isNotFound, isTooManyRequests, isUnauthorized } from '../kubernetes/status-error.ts';
import type { TransportRequest } from '../kubernetes/transport.ts';
import { ClusterNotConnectedError, type ConnectStage, InconclusiveProbeError, type StageTiming, TransportError, UnauthorizedError } from '../model/errors.ts';
import { type KubernetesObject, defineKind } from '../model/kubernetes-object.ts';
import { type ObjectKey, formatKey } from '../model/object-key.ts';
import { clockOf } from '../operators/clock.ts';
import type { Lanes } from '../operators/lanes.ts';
import type { ClusterMetrics } from './cluster-metrics.ts';
import { connectError } from './connect-error.ts';
import { LiveConnection } from './cluster-connection.ts';
import type { ResolvedOptions, ResolvedTiming } from './cluster-cache-options.ts';
import type { Target } from './target.ts';

export interface ClusterDialerOptions {
  readonly key: ObjectKey;
  readonly options: ResolvedOptions;
  readonly timing: ResolvedTiming;
  /** All connects of the fleet share it. */
  readonly connects: Lanes;
  /** The cluster's own, over all its connections. */
  readonly limiter: RateLimiter;
  /** Where the controller itself runs, if it runs in a Pod. */
  readonly pod: PodMetadata | undefined;
  readonly metrics: ClusterMetrics;
  /** Over a connection that is still being made, what is to be in before it counts. @default nothing */
  readonly synced?: (connection: LiveConnection) => Observable<unknown>;
  /** A kubeconfig's credentials at the address of the cluster that this process runs on. @default by the in-cluster configuration */
  readonly inside?: (endpoint: Endpoint) => Endpoint;
}

/** A part of a probe's timeout: a dial that hangs must end before the probe that waits for it, or the server would be blamed. */
const DIAL_SHARE = 0.8;

/** Any kind of the core group does: what is asked is whether discovery answers. */
const NODE = defineKind({ apiVersion: 'v1', kind: 'Node' });

/** How one cluster is connected and probed. */
export function clusterDialer({ key, options, timing, connects, limiter, pod, metrics, synced, inside = inClusterEndpoint }: ClusterDialerOptions): Dialer<Target, LiveConnection> {
  const { healthProbe, client } = timing;
  const clock = clockOf(options.scheduler);

  const onResent = ({ method = 'GET', path }: TransportRequest): void => options.logger.debug({ cluster: formatKey(key), method, path }, 'a request is sent again');

  const open = (endpoint: Endpoint, progress: () => void): RestClient => createRestClient({
    transport: options.management.dial(endpoint, {
      userAgent: options.client.userAgent, dialTimeout: healthProbe.timeout * DIAL_SHARE, onProgress: progress, onResent, random: options.random,
    }),
    limiter, timeout: client.timeout, scheduler: options.scheduler, random: options.random,
  });

  const probe = { path: healthProbe.path, timeout: healthProbe.timeout, limited: false };
  const reach = (rest: RestClient) => rest.request(probe);

  const dial = (kubeconfig: Kubeconfig, progress: () => void): Observable<LiveConnection> => defer(() => {
    let { endpoint } = kubeconfig;
    let rest = open(endpoint, progress);
    let kept = false;
    const stages: StageTiming[] = [];

    /** Measures a stage, and says of its error where it was. */
    const stage = <T>(name: ConnectStage, work: Observable<T>): Observable<T> => defer(() => {
      const begun = clock();
      return work.pipe(
        tap(() => stages.push(...timingsOf(name, clock() - begun, rest))),
        catchError((error: unknown) => throwError(() => {
          const failed = timingsOf(name, clock() - begun, rest);
          const { duration = 0 } = failed.pop() ?? {};
          return connectError(error, name, { cluster: key, server: endpoint.server.origin, stages: [...stages, ...failed], duration });
        })),
      );
    });

    /** Where the cluster is to be reached from here, where that is not where the kubeconfig says. */
    const insideEndpoint = pod === undefined ? of(undefined) : stage('inCluster', runningOnWorkloadCluster(rest, pod).pipe(
      map((runsThere) => (runsThere ? inside(kubeconfig.endpoint) : undefined)),
    ));
    const moveTo = (ownEndpoint: Endpoint) => {
      rest.transport.close();
      endpoint = ownEndpoint;
      rest = open(endpoint, progress);
      return stage('reachability', reach(rest));
    };

    return stage('reachability', reach(rest)).pipe(
      switchMap(() => stage('discovery', forkJoin({ nodes: rest.resource(NODE), clusterUid: clusterUidOf(rest) }))),
      switchMap(({ clusterUid }) => insideEndpoint.pipe(
        switchMap((ownEndpoint) => (ownEndpoint === undefined ? of(false) : moveTo(ownEndpoint).pipe(map(() => true)))),
        map((inCluster) => new LiveConnection({ rest, kubeconfig, endpoint, clusterUid, inCluster, stages })),
      )),
      switchMap((connection) => (synced === undefined ? of(connection) : stage('sync', synced(connection)).pipe(map(() => connection)))),
      tap(() => { kept = true; }),
      finalize(() => { if (!kept) rest.transport.close(); }),
    );
  });

  return {
    connect: (target) => ('error' in target
      ? throwError(() => target.error)
      : connects.admit((progress) => dial(target.kubeconfig, progress))),

    // One 429 has said all that a probe asks: the server lives, and wants to be left alone.
    probe: (connection) => new Observable((subscriber) => {
      const begun = clock();
      return connection.probe({ ...probe, obliging: false }).subscribe({
        error: (error: unknown) => subscriber.error(probeError(error, key)),
        complete: () => {
          metrics.probed(clock() - begun);
          subscriber.complete();
        },
      });
    }),

    doubted$: (connection) => connection.doubted$,

    update: (connection, target) => 'kubeconfig' in target && connection.update(target.kubeconfig),

    close: (connection) => connection.close(new ClusterNotConnectedError('connection', { cluster: key })),
  };
}

/** Whoever may not read it, or has no such Namespace, has none. A server that just cannot answer may be the same as before: without an identity it would be taken for another. */
function clusterUidOf(rest: RestClient): Observable<string | undefined> {
  return rest.request({ path: '/api/v1/namespaces/kube-system' }).pipe(
    map(({ body }) => uidOf(body)),
    catchError((error: unknown) => (isForbidden(error) || isNotFound(error) ? of(undefined) : throwError(() => error))),
  );
}

function uidOf(namespace: string): string | undefined {
  try {
    return (JSON.parse(namespace) as KubernetesObject | null)?.metadata?.uid;
  } catch {
    // Without the parser's own error: it quotes the text.
    throw new TransportError('GARBAGE', "the server's answer is garbage: the Namespace kube-system cannot be read", { stage: 'response' });
  }
}

/** The first exchange includes the dial, which the transport has measured. */
function timingsOf(stage: ConnectStage, duration: number, rest: RestClient): StageTiming[] {
  const dialled = stage === 'reachability' ? rest.transport.stats().lastDial : undefined;
  if (dialled === undefined) return [{ stage, duration }];
  const { dial, proxy = 0, tls } = dialled;
  const before: StageTiming[] = [{ stage: 'dial', duration: dial + proxy }, ...(tls === undefined ? [] : [{ stage: 'tls' as const, duration: tls }])];
  const spent = before.reduce((sum, { duration: ms }) => sum + ms, 0);
  return [...before, { stage, duration: Math.max(0, duration - spent) }];
}

function probeError(error: unknown, cluster: ObjectKey): unknown {
  if (isUnauthorized(error)) return new UnauthorizedError(undefined, { cause: error, cluster });
  if (isTooManyRequests(error)) return new InconclusiveProbeError(undefined, { cause: error, cluster });
  if (error instanceof StatusError && isForbidden(error)) {
    return new StatusError({ ...error.status, message: `${error.message} (set healthProbe.path to a path that the user of the kubeconfig may read, such as /livez)` }, { cause: error, cluster });
  }
  return error;
}
