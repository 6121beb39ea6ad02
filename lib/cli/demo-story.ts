import { type Observable, type SchedulerLike, asyncScheduler, concat, defer, ignoreElements, merge, mergeMap, of, timer } from 'rxjs';
import type { ClusterEvent } from '../model/cluster-event.ts';
import type { FakeFleet } from '../testing/fake-fleet.ts';

/** Something that is done to one cluster of the embedded fleet. */
export interface Step {
  /** Its share of the whole time that has passed by then. */
  readonly at: number;
  readonly cluster: string;
  /** What is done, as a sentence without its subject. */
  readonly what: string;
  readonly act: (fleet: FakeFleet) => Promise<unknown> | void;
  /** The event by which the cluster cache shows that it has seen it. */
  readonly shows: ClusterEvent['type'];
}

/** A step that was begun at `begun`, by the wall clock. */
export interface TakenStep extends Step {
  readonly begun: number;
}

/** Clusters that have something done to them, one each; a smaller fleet sees less. */
const ROLES = 5;

/** What happens to a fleet of these clusters: two outages, two rotations, one deletion, and one addition. */
export function storyOf(names: readonly string[]): readonly Step[] {
  const [refused, token, silent, certificate, deleted] = Array.from({ length: ROLES }, (_, role) => names[names.length < ROLES ? role : Math.floor(role * names.length / ROLES)]);
  const added = 'one-more';
  const steps: readonly (Omit<Step, 'cluster'> & { readonly cluster: string | undefined })[] = [
    { at: 0.10, cluster: refused, what: 'its API server dies: connections are refused', act: (fleet) => { fleet.break(refused ?? '', { fault: 'refuse' }); }, shows: 'disconnected' },
    { at: 0.15, cluster: silent, what: 'its network falls silent: connections are half-open', act: (fleet) => { fleet.break(silent ?? '', { fault: 'halfOpen' }); }, shows: 'disconnected' },
    { at: 0.30, cluster: token, what: 'its token is rotated, the old one revoked', act: (fleet) => fleet.rotateToken(token ?? ''), shows: 'kubeconfigRotated' },
    { at: 0.40, cluster: certificate, what: 'it gets a new client certificate', act: (fleet) => fleet.rotateCertificate(certificate ?? ''), shows: 'kubeconfigRotated' },
    { at: 0.50, cluster: refused, what: 'its API server is back', act: (fleet) => fleet.heal(refused ?? ''), shows: 'connected' },
    { at: 0.55, cluster: deleted, what: 'it is deleted', act: (fleet) => fleet.remove(deleted ?? ''), shows: 'removed' },
    { at: 0.60, cluster: added, what: 'it is added', act: (fleet) => fleet.add(added), shows: 'connected' },
    { at: 0.70, cluster: silent, what: 'its network is back', act: (fleet) => fleet.heal(silent ?? ''), shows: 'connected' },
  ];
  return steps.filter((step): step is Step => step.cluster !== undefined);
}

/** Takes the steps of a story, each at its time within `duration` ms: emits each as it begins, completes after the last is done, errors where one fails. */
export function tell(story: readonly Step[], fleet: FakeFleet, duration: number, scheduler: SchedulerLike = asyncScheduler): Observable<TakenStep> {
  return merge(...story.map((step) => timer(step.at * duration, scheduler).pipe(
    mergeMap(() => concat(
      of({ ...step, begun: scheduler.now() }),
      defer(async () => { await step.act(fleet); }).pipe(ignoreElements()),
    )),
  )));
}
