import type { Observable, SchedulerLike } from 'rxjs';
import type { ManagementObjects } from '../controller/source.ts';
import { ClusterInformers } from '../informer/cluster-informers.ts';
import { KindPlans } from '../informer/kind-plans.ts';
import type { ObjectsSelection } from '../informer/selection.ts';
import type { RestClient } from '../kubernetes/rest-client.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import type { ObjectEvent } from '../model/object-event.ts';

/** ms, as a cluster cache's own. */
const SYNC_PERIOD = 36_000_000;
const LINGER = 300_000;

/** The objects of a server without sockets as a manager keeps them: what the sources of a controller follow. */
export class LiveObjects implements ManagementObjects {
  readonly #informers: ClusterInformers;

  constructor(rest: RestClient, { scheduler, random }: { readonly scheduler: SchedulerLike; readonly random: () => number }) {
    this.#informers = new ClusterInformers({
      plans: new KindPlans({}), syncPeriod: SYNC_PERIOD, linger: LINGER, scheduler, random, admit: (list) => list(() => {}), observe: () => {}, onTrouble: () => {},
    });
    this.#informers.follow({ rest, cluster: this });
  }

  objects$<T extends object>(kind: Kind<T>, options: ObjectsSelection = {}): Observable<ObjectEvent<T>> {
    return this.#informers.of<T>(kind).objects$(options);
  }

  /** Followers are told the end. Idempotent. */
  end(): void {
    this.#informers.end();
  }
}
