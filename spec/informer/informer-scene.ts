import { BehaviorSubject, EMPTY, type Subscription, asyncScheduler, timer } from 'rxjs';
import type { InformerOptions, InformerProgress, InformerSource } from '../../lib/informer/informer-options.ts';
import { Informer } from '../../lib/informer/informer.ts';
import type { ObjectsSelection } from '../../lib/informer/selection.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import type { ObjectEvent } from '../../lib/model/object-event.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { deepFreeze } from '../deep-freeze.ts';
import { lineOf } from './objects.ts';
import { ScriptedCluster, Thing } from './scripted-cluster.ts';

/** One informer of a scripted cluster, in virtual time. */
export interface InformerScene {
  readonly cluster: ScriptedCluster;
  readonly informer: Informer<KubernetesObject>;
  /** Where it reads from; begins with a connection to the cluster. */
  readonly source: BehaviorSubject<InformerSource | undefined>;
  /** How it fares, as words. */
  readonly progress: string[];
  /** Follows it from `time` on: what it is told, with its times, and the end of it. */
  readonly follow: (options?: Follow) => string[];
  /** Does that at this time. */
  readonly at: (time: number, act: () => void) => void;
}

export interface Follow {
  readonly time?: number;
  readonly until?: number;
  readonly selection?: ObjectsSelection;
  readonly onEvent?: (event: ObjectEvent<KubernetesObject>) => void;
}

/** A way to the cluster. */
export const sourceTo = (cluster: ScriptedCluster, rest = cluster.connect()): InformerSource => ({ rest, cluster });

/** The body of a spec: `play` sets the scene, and what it returns checks how it ended, when nothing is to happen any more. */
export const scene = (play: (scene: InformerScene) => (() => void), options: Partial<InformerOptions<KubernetesObject>> = {}, isLeft = false) => marbles(({ flush }) => {
  const cluster = new ScriptedCluster();
  const source = new BehaviorSubject<InformerSource | undefined>(sourceTo(cluster));
  const progress: string[] = [];
  const informer = new Informer<KubernetesObject>({
    kind: Thing, source$: source, indexes: [], preparation: () => deepFreeze, onIndexFailure: () => {},
    observe: (event) => progress.push(wordsOf(event)), awake$: EMPTY,
    admit: (list) => list(() => {}), syncPeriod: 1_000_000, linger: 1_000, random: () => 0, scheduler: asyncScheduler,
    ...options,
  });
  const at = (time: number, act: () => void) => { timer(time).subscribe(act); };
  const follow = ({ time = 0, until = 60_000, selection = {}, onEvent = () => {} }: Follow = {}): string[] => {
    const log: string[] = [];
    let subscription: Subscription | undefined;
    const begin = () => {
      subscription = informer.objects$(selection).subscribe({
        next: (event) => {
          log.push(`${asyncScheduler.now()} ${lineOf(event)}`);
          onEvent(event);
        },
        error: (error: unknown) => log.push(`${asyncScheduler.now()} errored: ${String(error)}`),
        complete: () => log.push(`${asyncScheduler.now()} completed`),
      });
    };
    if (time === 0) begin();
    else at(time, begin);
    at(until, () => subscription?.unsubscribe());
    return log;
  };
  const check = play({ cluster, informer, source, progress, follow, at });
  flush();
  check();
  if (isLeft) return;
  if (cluster.running > 0) throw new Error(`requests are left: ${cluster.running}`);
  // The resync would be the last timer of all, an hour of virtual time later.
  if (asyncScheduler.now() > 900_000) throw new Error(`a timer was left at ${asyncScheduler.now()}`);
  if (informer.runs) throw new Error('it still runs');
});

function wordsOf(event: InformerProgress): string {
  const words: unknown[] = [asyncScheduler.now(), event.type];
  if ('during' in event) words.push(event.during);
  if ('cause' in event) words.push(event.cause);
  return words.join(' ');
}
