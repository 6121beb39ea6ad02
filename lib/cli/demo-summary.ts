import type { ConnectionState } from '../cluster-cache/cluster-record.ts';
import type { ClusterEvent } from '../model/cluster-event.ts';
import { formatKey } from '../model/object-key.ts';
import type { Step, TakenStep } from './demo-story.ts';
import type { Paint } from './paint.ts';
import { pad, widthOf } from './text-layout.ts';

interface SeenStep {
  readonly step: Step;
  readonly begun: number;
  /** ms until it was seen. */
  seenAfter?: number;
}

/** Counts what a cluster cache says, and which steps of the story it has seen and how soon. */
export class DemoSummary {
  readonly #states = new Map<string, ConnectionState>();
  readonly #steps: SeenStep[] = [];
  #connects = 0;
  #failedConnects = 0;
  #disconnects = 0;
  #rotations = 0;
  #probes = 0;
  #failedProbes = 0;

  step(step: TakenStep): void {
    this.#steps.push({ step, begun: step.begun });
  }

  state(state: ConnectionState): void {
    const key = formatKey(state.cluster);
    const before = this.#states.get(key);
    this.#states.set(key, state);
    if (state.phase === 'disconnected' && state.reason === 'connectFailed' && before?.phase !== 'disconnected') this.#failedConnects += 1;
    const stayed = before?.phase === 'connected' && (state.phase === 'connected' || (state.phase === 'disconnected' && state.reason !== 'connectionLost'));
    if (!stayed || before.health.lastProbeTime === state.health.lastProbeTime) return;
    this.#probes += 1;
    if (state.health.consecutiveFailures > 0) this.#failedProbes += 1;
  }

  event({ type, key, at }: ClusterEvent): void {
    if (type === 'connected') this.#connects += 1;
    if (type === 'disconnected') this.#disconnects += 1;
    if (type === 'kubeconfigRotated') this.#rotations += 1;
    const seen = this.#steps.find(({ step, seenAfter }) => seenAfter === undefined && step.shows === type && step.cluster === key.name);
    if (seen !== undefined) seen.seenAfter = Math.max(0, at.getTime() - seen.begun);
  }

  /** As lines: what there was, what was done and how soon it was seen. `duration` in ms. */
  lines(duration: number, paint: Paint): readonly string[] {
    const present = [...this.#states.values()].filter(({ phase }) => phase !== 'absent');
    const connected = present.filter(({ phase }) => phase === 'connected');
    const counts: readonly (readonly [number, string])[] = [
      [present.length, `${plural(present.length, 'cluster')} at the end, ${connected.length} connected`],
      [this.#connects, `${plural(this.#connects, 'connect')}, ${this.#failedConnects} more failed`],
      [this.#disconnects, plural(this.#disconnects, 'disconnect')],
      [this.#rotations, `${plural(this.#rotations, 'rotation')} without a disconnect`],
      [this.#probes, `${plural(this.#probes, 'probe')}, ${this.#failedProbes} failed`],
    ];
    const nameWidth = Math.max(0, ...this.#steps.map(({ step }) => widthOf(step.cluster)));
    const whatWidth = Math.max(0, ...this.#steps.map(({ step }) => widthOf(step.what)));
    return [
      paint('bold', `After ${Math.round(duration / 1000)} s`),
      ...counts.map(([count, what]) => `${pad(String(count), 7, 'right')} ${what}`),
      '',
      ...this.#steps.length === 0 ? [] : [paint('bold', 'What was done, and how soon it was seen')],
      ...this.#steps.map(({ step, seenAfter }) => {
        const seen = seenAfter === undefined ? paint('red', 'not seen') : `${paint('green', seenWord(step.shows))} after ${secondsOf(seenAfter)}`;
        return `  ${pad(step.cluster, nameWidth)}  ${pad(step.what, whatWidth)}  ${seen}`;
      }),
    ];
  }
}

const plural = (count: number, noun: string) => (count === 1 ? noun : `${noun}s`);
const secondsOf = (ms: number) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);
const seenWord = (type: ClusterEvent['type']) => (type === 'kubeconfigRotated' ? 'rotated' : type);
