import { type Observable, from, fromEvent, ignoreElements, lastValueFrom, map, merge, mergeMap, takeUntil, tap, timer } from 'rxjs';
import { ClusterCache } from '../cluster-cache/cluster-cache.ts';
import { clusterCacheDefaults } from '../cluster-cache/cluster-cache-options.ts';
import { FakeFleet } from '../testing/fake-fleet.ts';
import type { Command } from './arguments.ts';
import type { CommandContext } from './command-context.ts';
import { storyOf, tell } from './demo-story.ts';
import { DemoSummary } from './demo-summary.ts';
import { shortDuration } from './duration.ts';
import { followFleet } from './follow-fleet.ts';
import { USER_AGENT } from './watch.ts';

/** The usual timing for a fleet that is watched for hours, scaled down so that an outage and its end fit into a demo of 20 s; in shares of its duration. */
const SCALE = Object.freeze({ interval: 1 / 20, timeout: 1 / 20, retry: 1 / 10 });
const FAILURES = 3;

/** A whole fleet on this machine, and what is done to it, shown as `watch` would; ends by itself with a summary. */
export async function demo({ clusters: count, duration, output }: Extract<Command, { name: 'demo' }>, { terminal, signal, warn }: CommandContext): Promise<void> {
  const fleet = await FakeFleet.start({ clusters: count });
  const clusters = new ClusterCache({ management: fleet.management, client: { userAgent: USER_AGENT }, ...timingOf(duration) });
  const summary = new DemoSummary();
  try {
    const begun = Date.now();
    const title = (now: number) => `clustercache demo · ${count === 1 ? 'one cluster' : `${count} clusters`} on this machine · ends in ${shortDuration(Math.max(0, begun + duration - now))}`;
    const step$ = from(clusters.start()).pipe(
      mergeMap(() => tell(storyOf(fleet.names), fleet, duration)),
      tap((step) => summary.step(step)),
    );
    const counted$: Observable<never> = merge(
      clusters.connections$.pipe(tap((state) => summary.state(state))),
      clusters.events$.pipe(tap((event) => summary.event(event))),
    ).pipe(ignoreElements());
    const shown$ = followFleet(clusters, { output, terminal, title, note$: step$.pipe(map(({ cluster, what }) => `${cluster}: ${what}`)) });
    await lastValueFrom(merge(counted$, shown$).pipe(takeUntil(timer(duration)), takeUntil(fromEvent(signal, 'abort'))), { defaultValue: undefined });
  } finally {
    await clusters.stop();
    await fleet.stop();
  }
  if (signal.aborted) return;
  const lines = summary.lines(duration, terminal.paint);
  // Whoever reads JSON gets nothing else.
  if (output === 'json') for (const line of lines) warn(line);
  else terminal.write(`${terminal.isLive ? '' : '\n'}${lines.join('\n')}\n`);
}

function timingOf(duration: number) {
  const { healthProbe, connectionCreationRetryInterval } = clusterCacheDefaults;
  return {
    healthProbe: { interval: Math.min(healthProbe.interval, duration * SCALE.interval), timeout: Math.min(healthProbe.timeout, duration * SCALE.timeout), failureThreshold: FAILURES },
    connectionCreationRetryInterval: Math.min(connectionCreationRetryInterval, duration * SCALE.retry),
  };
}
