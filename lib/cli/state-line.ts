import type { ConnectionState } from '../cluster-cache/cluster-record.ts';
import { formatKey } from '../model/object-key.ts';
import { shortDuration } from './duration.ts';
import type { Paint } from './paint.ts';
import { reasonOf, styleOf, troubleOf } from './state-text.ts';
import { pad, widthOf } from './text-layout.ts';

const PHASE_WIDTH = 'disconnected'.length;

/** Prints states as lines of text that stand in columns; a column is as wide as the widest name so far, and at least 24. */
export function stateLines(paint: Paint): (state: ConnectionState, at: Date, event?: string) => string {
  let nameWidth = 24;
  return (state, at, event) => {
    const name = formatKey(state.cluster);
    nameWidth = Math.max(nameWidth, widthOf(name));
    const { message, hint } = troubleOf(state) ?? {};
    const { consecutiveFailures } = state.health;
    const retryAt = 'retryAt' in state ? state.retryAt : undefined;
    const words = [
      event ?? reasonOf(state),
      ...state.phase === 'connected' && consecutiveFailures > 0 ? [`${consecutiveFailures} ${consecutiveFailures === 1 ? 'probe' : 'probes'} failed`] : [],
      ...message === undefined ? [] : [message],
      ...hint === undefined ? [] : [hint],
      ...retryAt === undefined ? [] : [`retry in ${shortDuration(Math.ceil((retryAt.getTime() - at.getTime()) / 1000) * 1000)}`],
    ].filter((word) => word !== '');
    const phase = paint(styleOf(state), pad(state.phase, PHASE_WIDTH));
    return `${paint('dim', at.toISOString())}  ${pad(name, nameWidth)}  ${phase}  ${words.join('; ')}`.trimEnd();
  };
}
