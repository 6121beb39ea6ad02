import { type Kind, type KubernetesObject, defineKind } from '../model/kubernetes-object.ts';
import type { ObjectKey } from '../model/object-key.ts';

/** What a Lease says of its holder, as coordination.k8s.io/v1 has it: a server does not check more than types. */
export interface LeaseSpec {
  /** Empty or absent: nobody. */
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number | null;
  /** RFC 3339 with six digits of a second. */
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
  /** How often it went to another holder. */
  readonly leaseTransitions?: number | null;
}

/** The Lease that candidates elect a leader by. */
export interface ElectionLease extends KubernetesObject {
  readonly spec?: LeaseSpec | null;
}

/** The kind {@link ElectionLease}, coordination.k8s.io/v1. */
export const ElectionLease: Kind<ElectionLease> = defineKind<ElectionLease>({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' });

/** A Lease's say on who leads, whoever wrote it. Two equal ones are one that nobody has renewed in between. */
export interface LeaseRecord {
  /** `''`: nobody. */
  readonly holder: string;
  /** ms that the holder may be silent, where the Lease says so in whole seconds above 0. */
  readonly duration: number | undefined;
  readonly acquireTime: string;
  readonly renewTime: string;
  readonly transitions: number;
}

/** Reads a Lease; what is absent, or not of its type, is nobody, unknown, `''` or 0. */
export function recordOf({ spec }: ElectionLease): LeaseRecord {
  const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions } = spec ?? {};
  return {
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    duration: isCount(leaseDurationSeconds) && leaseDurationSeconds > 0 ? leaseDurationSeconds * 1000 : undefined,
    acquireTime: typeof acquireTime === 'string' ? acquireTime : '',
    renewTime: typeof renewTime === 'string' ? renewTime : '',
    transitions: isCount(leaseTransitions) ? leaseTransitions : 0,
  };
}

/** What is written of a record. Its duration in whole seconds, rounded up: who waits may wait longer than told to, and never less. */
export function specOf({ holder, duration = 1000, acquireTime, renewTime, transitions }: LeaseRecord): LeaseSpec {
  return { holderIdentity: holder, leaseDurationSeconds: Math.ceil(duration / 1000), acquireTime, renewTime, leaseTransitions: transitions };
}

/** The Lease with a record in it, and whatever else it had. Without a Lease, a new one. */
export function leaseWith(record: LeaseRecord, key: ObjectKey, lease?: ElectionLease): ElectionLease {
  return { ...lease, metadata: { ...lease?.metadata, ...key }, spec: { ...lease?.spec, ...specOf(record) } };
}

/** Whether nothing was written between the two. */
export function isSameRecord(a: LeaseRecord, b: LeaseRecord): boolean {
  return isSameTerm(a, b) && a.renewTime === b.renewTime && a.duration === b.duration;
}

/** Whether both are of one holder, since it last acquired the Lease: its times in between may differ. */
export function isSameTerm(a: LeaseRecord, b: LeaseRecord): boolean {
  return a.holder === b.holder && a.transitions === b.transitions && a.acquireTime === b.acquireTime;
}

/** A wall-clock time in ms as the API server writes it back. `micros` are the three digits that a clock of ms does not know. */
export function microTime(at: number, micros = 0): string {
  return new Date(at).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
