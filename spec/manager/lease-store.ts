import type { CallOptions, Client } from '../../lib/client/client.ts';
import { StatusError } from '../../lib/kubernetes/status-error.ts';
import type { ElectionLease } from '../../lib/manager/lease-record.ts';
import { TransportError } from '../../lib/model/errors.ts';

/** ms from a client to the store, and as many back. */
const ONE_WAY = 1;

/** What becomes of a call. `unanswered`: it is done, and its answer is lost. `lost`: it never arrives. */
export type Fate = 'answered' | 'unanswered' | 'lost' | 'refused' | StatusError;

/** One Lease as an API server keeps it, and candidates' ways to it, in the time of `setTimeout`. */
export class LeaseStore {
  lease: ElectionLease | undefined;
  readonly calls: string[] = [];
  /** By whom and when the Lease was written. */
  readonly writes: { readonly at: number; readonly by: string; readonly holder: string; readonly transitions: number }[] = [];
  #version = 0;

  get spec(): NonNullable<ElectionLease['spec']> {
    return this.lease?.spec ?? {};
  }

  /** Writes it as somebody else, who asks for nothing. */
  put(spec: ElectionLease['spec'], by = 'somebody'): void {
    this.#version += 1;
    this.lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace: 'default', name: 'election', uid: 'u', resourceVersion: String(this.#version) }, ...(spec === undefined ? {} : { spec }) };
    this.writes.push({ at: performance.now(), by, holder: spec?.holderIdentity ?? '', transitions: spec?.leaseTransitions ?? 0 });
  }

  /** A client; `fate` is asked for every call, when it is made. */
  client(by: string, fate: (call: string) => Fate = () => 'answered'): Pick<Client, 'get' | 'create' | 'update'> {
    const call = <T>(verb: string, work: () => T, { signal, timeout = Infinity }: CallOptions = {}): Promise<T> => {
      const fated = fate(verb);
      this.calls.push(`${by} ${verb}`);
      return new Promise<T>((resolve, reject) => {
        const failed = (code: string) => reject(new TransportError(code, `${verb}: ${code}`, { stage: 'response', outcomeUnknown: verb !== 'get' && code !== 'REFUSED' }));
        const timer = setTimeout(() => failed('HEADERS_TIMEOUT'), Math.min(timeout, 2 ** 31 - 1));
        const answer = (settle: () => void) => setTimeout(() => {
          clearTimeout(timer);
          settle();
        }, ONE_WAY);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
        if (fated === 'lost') return;
        if (fated === 'refused') return void answer(() => failed('REFUSED'));
        if (fated instanceof StatusError) return void answer(() => reject(fated));
        setTimeout(() => {
          try {
            const result = work();
            if (fated === 'answered') answer(() => resolve(result));
          } catch (error) {
            answer(() => reject(error));
          }
        }, ONE_WAY);
      });
    };
    return {
      get: (_kind, _key, options) => call('get', () => this.#found() as never, options),
      create: (_kind, object, options) => call('create', () => this.#created(object as ElectionLease, by) as never, options),
      update: (_kind, object, options) => call('update', () => this.#updated(object as ElectionLease, by) as never, options),
    };
  }

  #found(): ElectionLease {
    if (this.lease === undefined) throw refusal(404, 'NotFound');
    return this.lease;
  }

  #created({ spec }: ElectionLease, by: string): ElectionLease {
    if (this.lease !== undefined) throw refusal(409, 'AlreadyExists');
    this.put(spec, by);
    return this.#found();
  }

  #updated({ metadata, spec }: ElectionLease, by: string): ElectionLease {
    if (metadata?.resourceVersion !== this.#found().metadata?.resourceVersion) throw refusal(409, 'Conflict');
    this.put(spec, by);
    return this.#found();
  }
}

/** What an API server says no with. */
export function refusal(code: number, reason: string): StatusError {
  return new StatusError({ code, reason, message: reason });
}
