import { type Observable, type SchedulerLike, catchError, defer, map, of, repeat, takeWhile } from 'rxjs';
import type { RestClient } from '../kubernetes/rest-client.ts';
import { isNotFound } from '../kubernetes/status-error.ts';
import { kubeconfigSecretName } from '../model/cluster.ts';
import { KubeconfigError } from '../model/errors.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { type BackoffPolicy, backoffDelay } from '../operators/backoff.ts';
import { type Pause, noPause, pauseFor } from '../operators/pause.ts';

/** What there is to know of a cluster's kubeconfig now. */
export type KubeconfigReading =
  | { readonly type: 'present'; readonly kubeconfig: string }
  /** There is no Secret of that name. */
  | { readonly type: 'absent' }
  /** There is a Secret, and no kubeconfig in it. */
  | { readonly type: 'unusable'; readonly error: KubeconfigError }
  /** The Secret could not be read, and is read again after `delay` ms. What was told before may still hold. */
  | { readonly type: 'unreadable'; readonly error: unknown; readonly delay: number };

/** A reading, and the version of the Secret that it is of. */
export interface VersionedReading {
  readonly reading: KubeconfigReading;
  readonly resourceVersion?: string;
}

export interface ReadingOptions {
  readonly rest: RestClient;
  /** Bounds how many Secrets are read at a time. */
  readonly admit: <T>(work: Observable<T>) => Observable<T>;
  readonly backoff: BackoffPolicy;
  readonly random: () => number;
  readonly scheduler: SchedulerLike;
}

/**
 * Reads one cluster's kubeconfig Secret: `unreadable` as often as that fails, then what it is, and completes. Never errors; unsubscribing takes
 * the request back, or its place in the queue.
 */
export function readKubeconfig({ namespace, name }: ObjectKey, { rest, admit, backoff, random, scheduler }: ReadingOptions): Observable<VersionedReading> {
  return defer(() => {
    let failures = 0;
    let pause: Pause = noPause;
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(kubeconfigSecretName(name))}`;
    // Not in the token bucket: 20 a second would take 50 s for a fleet of 1000. What bounds them is how many run at a time.
    const once = admit(rest.request({ path, limited: false })).pipe(
      map(({ body }) => readingOf(body)),
      catchError((error: unknown): Observable<VersionedReading> => {
        if (isNotFound(error)) return of({ reading: { type: 'absent' } });
        const delay = backoffDelay(failures, backoff, random);
        failures += 1;
        pause = { delay, atLeast: backoff.initial };
        return of({ reading: { type: 'unreadable', error, delay } });
      }),
    );
    return once.pipe(
      repeat({ delay: () => pauseFor(pause, rest.transport.alive$, scheduler) }),
      takeWhile(({ reading }) => reading.type === 'unreadable', true),
    );
  });
}

function readingOf(body: string): VersionedReading {
  const secret = parseSecret(body);
  const versioned = typeof secret?.metadata?.resourceVersion === 'string' ? { resourceVersion: secret.metadata.resourceVersion } : {};
  const value = secret?.data?.['value'];
  if (typeof value !== 'string') {
    return { reading: { type: 'unusable', error: new KubeconfigError('KUBECONFIG_KEY_MISSING', 'missing key "value" in secret data') }, ...versioned };
  }
  return { reading: { type: 'present', kubeconfig: Buffer.from(value, 'base64').toString('utf8') }, ...versioned };
}

interface Secret {
  readonly metadata?: { readonly resourceVersion?: unknown };
  readonly data?: Readonly<Record<string, unknown>>;
}

function parseSecret(body: string): Secret | null {
  try {
    return JSON.parse(body) as Secret | null;
  } catch {
    // Without the parser's own error: it quotes the text.
    throw new KubeconfigError('SECRET_GARBAGE', 'the API server\'s answer is not a Secret');
  }
}
