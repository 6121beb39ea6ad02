import { type Observable, ReplaySubject, distinctUntilChanged, filter, map, merge, take } from 'rxjs';
import type { KnownChange } from '../informer/known-objects.ts';
import type { ReflectorProgress } from '../informer/reflector-event.ts';
import { clusterNameOfKubeconfigSecret } from '../model/cluster.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { formatKey, parseKey } from '../model/object-key.ts';
import { LatestByKey } from '../operators/latest-by-key.ts';

/** Which state of a Secret there is, by uid and resourceVersion; nothing of what is in it. */
export interface SecretVersion {
  readonly uid: string;
  readonly resourceVersion: string;
}

const absent = Symbol('absent');

/** What a list and watch of Secrets' metadata say of kubeconfigs: which version there is, by the key of the cluster. */
export class KubeconfigIndex {
  readonly #versions = new LatestByKey<SecretVersion | typeof absent>();
  readonly #synced = new ReplaySubject<void>(1);
  #isSynced = false;

  /** Emits once, when the first list is in (at once where it is), and does not complete. */
  readonly synced$: Observable<void> = this.#synced.asObservable();

  /** Takes one more event in, then tells those whom it is news to. */
  fold(event: KnownChange<KubernetesObject> | ReflectorProgress): void {
    switch (event.type) {
      case 'applied': {
        const { uid = '', resourceVersion = '' } = event.object.metadata ?? {};
        return this.#versions.set(clusterKeyOf(event.key), { uid, resourceVersion });
      }
      case 'deleted':
        return this.#versions.delete(clusterKeyOf(event.key), absent);
      case 'synced':
        if (this.#isSynced) return;
        this.#isSynced = true;
        return this.#synced.next();
    }
  }

  /** Emits the version that there is at once when it is known, `undefined` for none (known only when the first list is in), then every other. */
  version$(cluster: string): Observable<SecretVersion | undefined> {
    return merge(this.#versions.watch(cluster), this.#synced.pipe(take(1), map(() => this.#versions.get(cluster)))).pipe(
      filter((version) => version !== undefined || this.#isSynced),
      map((version) => (version === absent ? undefined : version)),
      distinctUntilChanged(),
    );
  }
}

/** Of the cluster that a Secret named `namespace/<cluster>-kubeconfig` belongs to. */
function clusterKeyOf(secretKey: string): string {
  const { namespace, name } = parseKey(secretKey);
  return formatKey({ namespace, name: clusterNameOfKubeconfigSecret(name) ?? name });
}
