import type { Diagnosis } from '../cluster-cache/diagnosis.ts';
import { formatKey } from '../model/object-key.ts';
import { shortDuration } from './duration.ts';
import type { Paint, Style } from './paint.ts';
import { SIGNS } from './state-text.ts';
import { pad, plain } from './text-layout.ts';

export interface DiagnosisTextOptions {
  /** The instant that ages are counted from, in ms. */
  readonly now: number;
  readonly paint: Paint;
}

const STYLES: Readonly<Record<Diagnosis['phase'], Style>> = { connected: 'green', connecting: 'yellow', pending: 'cyan', disconnected: 'red', absent: 'dim' };

/** One cluster's diagnosis for a person: its phase, the stages of its last connect, what went wrong and what to look at, and what is known of the connection. */
export function renderDiagnosis(diagnosis: Diagnosis, { now, paint }: DiagnosisTextOptions): readonly string[] {
  const { cluster, phase, reason, since, error } = diagnosis;
  const why = reason === undefined ? '' : ` (${reason})`;
  return [
    `${paint(STYLES[phase], SIGNS[phase])} ${paint('bold', formatKey(cluster))} is ${paint(STYLES[phase], phase)}${why} for ${shortDuration(now - since.getTime())}`,
    ...section(stageLines(diagnosis, paint)),
    ...section(error === undefined ? [] : fields([
      ['error', paint('red', `${error.code}${error.stage === undefined ? '' : ` at ${error.stage}`}: ${plain(error.message)}`)],
      ['look at', error.hint === undefined ? undefined : plain(error.hint).replace(/^look at /, '')],
      ['retry', retryOf(diagnosis, now)],
    ], paint)),
    ...section(fields(connectionFields(diagnosis, now), paint)),
  ];
}

function stageLines({ stages }: Diagnosis, paint: Paint): readonly string[] {
  const width = Math.max(0, ...stages.map(({ stage }) => stage.length));
  return stages.map(({ stage, duration, failed }) => {
    const sign = failed === true ? paint('red', '✗') : paint('green', '✓');
    return `  ${sign} ${pad(stage, width)}  ${paint('dim', pad(`${duration < 10 ? duration.toFixed(1) : Math.round(duration)} ms`, 9, 'right'))}`;
  });
}

function retryOf({ retryAt }: Diagnosis, now: number): string | undefined {
  return retryAt === undefined ? undefined : `in ${shortDuration(Math.ceil(Math.max(0, retryAt.getTime() - now) / 1000) * 1000)}`;
}

function connectionFields(diagnosis: Diagnosis, now: number): readonly (readonly [name: string, value: string | undefined])[] {
  const { health, server, clusterUid, inCluster, protocol, sockets, streams, lastActivity, certificateExpiry, tokenExpiry } = diagnosis;
  const ago = (time: Date | undefined) => (time === undefined ? 'never' : `${shortDuration(now - time.getTime())} ago`);
  const expiry = (time: Date | undefined) => {
    if (time === undefined) return undefined;
    const left = time.getTime() - now;
    return left > 0 ? `expires in ${shortDuration(left)}, ${time.toISOString()}` : `expired ${ago(time)}, ${time.toISOString()}`;
  };
  return [
    ['server', server === undefined ? undefined : `${plain(server)}${inCluster === true ? ', from inside it' : ''}`],
    ['identity', clusterUid === undefined ? undefined : `kube-system ${plain(clusterUid)}`],
    ['certificate', expiry(certificateExpiry)],
    ['token', expiry(tokenExpiry)],
    ['probes', `last ${ago(health.lastProbeTime)}, last success ${ago(health.lastProbeSuccessTime)}, ${health.consecutiveFailures} failed in a row`],
    ['transport', protocol === undefined ? undefined : `${protocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1'}, ${counted(sockets, 'socket')}, ${counted(streams, 'stream')}, last byte ${ago(lastActivity)}`],
  ];
}

function fields(pairs: readonly (readonly [name: string, value: string | undefined])[], paint: Paint): readonly string[] {
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [`  ${paint('dim', pad(name, 11))}  ${value}`]));
}

const section = (lines: readonly string[]) => (lines.length === 0 ? [] : ['', ...lines]);
const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
