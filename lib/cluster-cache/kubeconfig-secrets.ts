import { hash } from 'node:crypto';
import { type Observable, ReplaySubject, type SchedulerLike, asyncScheduler, concat, defer, distinctUntilChanged, filter, ignoreElements, map, of, share, switchMap, tap } from 'rxjs';
import { KnownObjects } from '../informer/known-objects.ts';
import type { ReflectorProgress } from '../informer/reflector-event.ts';
import { reflect } from '../informer/reflector.ts';
import { listerWatcher } from '../kubernetes/lister-watcher.ts';
import type { RestClient } from '../kubernetes/rest-client.ts';
import { clusterNameOfKubeconfigSecret } from '../model/cluster.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { type ObjectKey, formatKey } from '../model/object-key.ts';
import { compareResourceVersions } from '../model/resource-version.ts';
import { reflectorBackoff } from '../operators/backoff.ts';
import { slots } from '../operators/slots.ts';
import { KubeconfigIndex } from './kubeconfig-index.ts';
import { type KubeconfigReading, readKubeconfig } from './kubeconfig-reading.ts';

export interface KubeconfigSecretsOptions {
  /** Of the management cluster. A dial of its transport that succeeds ends a wait early. */
  readonly rest: RestClient;
  /** @default all namespaces */
  readonly namespace?: string;
  /** Secrets that are read at a time. @default 32: a third of the streams of one connection */
  readonly concurrency?: number;
  /** Told how listing and watching the metadata goes: lists with their cause, interruptions with error and delay. Must not throw. */
  readonly observe?: (event: ReflectorProgress) => void;
  /** Spreads watches and waits; in [0, 1). @default Math.random */
  readonly random?: () => number;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

export interface KubeconfigSecrets {
  /**
   * What is known of the cluster's kubeconfig: the first value as soon as the Secret is read, or known not to be there; then each that differs from the
   * one before. Never completes, never errors. Each subscriber has the Secret read for itself; unsubscribing ends that.
   */
  kubeconfig$(cluster: ObjectKey): Observable<KubeconfigReading>;
  /** Emits once, when it is known which Secrets there are (at once where it is). Never completes: whoever stays subscribed keeps the watch running. */
  readonly synced$: Observable<void>;
}

const SECRETS = Object.freeze({ basePath: '/api/v1', plural: 'secrets', kind: 'Secret', namespaced: true, hasStatus: false });

/**
 * The kubeconfigs of the clusters that somebody asks for. One list and watch of the metadata of all Secrets, which runs while anybody is
 * subscribed to anything here, says which are there and change; only those asked for are read, by name, each again when its resourceVersion
 * changes. Neither type nor label matters. No kubeconfig is kept: a hash tells a change of an annotation from a change of the bytes.
 */
export function createKubeconfigSecrets(options: KubeconfigSecretsOptions): KubeconfigSecrets {
  const { rest, namespace, concurrency = 32, observe = () => {}, random = Math.random, scheduler = asyncScheduler } = options;
  const reading = { rest, admit: slots(concurrency), backoff: reflectorBackoff, random, scheduler };

  const index$ = defer(() => {
    const index = new KubeconfigIndex();
    const metadata = listerWatcher<KubernetesObject>(rest, SECRETS, {
      ...(namespace === undefined ? {} : { namespace }),
      metadataOnly: true,
      accepts: (name) => clusterNameOfKubeconfigSecret(name) !== undefined,
    });
    const folded$ = reflect(metadata, new KnownObjects<KubernetesObject>(), { awake$: rest.transport.alive$, revived$: rest.transport.revived$, random, scheduler }).pipe(tap((event) => {
      index.fold(event);
      if (event.type !== 'applied' && event.type !== 'deleted') observe(event);
    }));
    return concat(of(index), folded$.pipe(ignoreElements()));
  }).pipe(share({
    connector: () => new ReplaySubject<KubeconfigIndex>(1),
    resetOnRefCountZero: true, resetOnComplete: true, resetOnError: true,
  }));

  return {
    synced$: index$.pipe(switchMap(({ synced$ }) => synced$)),

    kubeconfig$: (cluster) => defer(() => {
      let read: string | undefined;
      return index$.pipe(
        switchMap((index) => index.version$(formatKey(cluster))),
        // A version that is not newer than what was read already is no reason to read again.
        filter((version) => version === undefined || read === undefined || !isNotAfter(version.resourceVersion, read)),
        // Only the newest version matters: a read of an older one is taken back.
        switchMap((version): Observable<KubeconfigReading> => (version === undefined
          ? of({ type: 'absent' })
          : readKubeconfig(cluster, reading).pipe(map(({ reading: value, resourceVersion }) => {
            read = resourceVersion ?? read;
            return value;
          })))),
        distinctUntilChanged((previous, current) => previous === current, fingerprintOf),
      );
    }),
  };
}

/** Equal for readings that say the same; the time of the next attempt is news. */
function fingerprintOf(reading: KubeconfigReading): unknown {
  switch (reading.type) {
    case 'present': return hash('sha256', reading.kubeconfig, 'base64');
    case 'unreadable': return reading;
    case 'absent': case 'unusable': return reading.type;
  }
}

function isNotAfter(version: string, read: string): boolean {
  const order = compareResourceVersions(version, read);
  return order !== undefined && order <= 0;
}
