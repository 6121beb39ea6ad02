// What a user's compiler accepts and refuses. Nothing of this runs; tsc alone reads it.
import type { KubeConfig } from '@kubernetes/client-node';
import type { Observable } from 'rxjs';
import {
  type Client, type ClusterCacheError, type ClusterEvent, type ConnectionState, type DisconnectReason, type HealthCheckingState, type ObjectKey, type PendingReason, type Request,
  ClusterCache, ConnectError, connectionStream, defineKind, isConnected, toRequest, watchForProbeFailure,
} from '../../lib/index.ts';
import { Node } from '../../lib/kinds.ts';
import { type Equal, holds } from './equal.ts';

declare const management: KubeConfig;
declare const key: ObjectKey;

// ── Options ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const clusters = new ClusterCache({ management, client: { userAgent: 'a' } });
new ClusterCache({ management, client: { userAgent: 'a', qps: 20 }, healthProbe: { interval: 1_000 }, timing: () => ({ client: { timeout: 1 } }), clusterFilter: ({ metadata }) => metadata?.name !== 'a' });
// @ts-expect-error the user agent is required
new ClusterCache({ management, client: {} });
// @ts-expect-error the management cluster is required
new ClusterCache({ client: { userAgent: 'a' } });
// @ts-expect-error a misspelt option
new ClusterCache({ management, client: { userAgent: 'a' }, healthprobe: {} });
// @ts-expect-error durations are numbers of ms
new ClusterCache({ management, client: { userAgent: 'a' }, healthProbe: { interval: '10s' } });

// ── States ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

holds<Equal<typeof clusters.connections$, Observable<ConnectionState>>>();
holds<Equal<ReturnType<ClusterCache['health$']>, Observable<HealthCheckingState>>>();
holds<Equal<ReturnType<ClusterCache['lastProbeSuccess$']>, Observable<Date | undefined>>>();
holds<Equal<ConnectionState['phase'], 'absent' | 'pending' | 'connecting' | 'connected' | 'disconnected'>>();

export function phases(state: ConnectionState): unknown {
  // @ts-expect-error only some phases have a reason
  void state.reason;
  switch (state.phase) {
    case 'absent': return holds<Equal<typeof state.reason, 'unknown' | 'deleted' | 'filtered' | 'stopped'>>();
    case 'pending': return holds<Equal<typeof state.reason, PendingReason>>();
    case 'connecting': return holds<Equal<typeof state.attempt, number>>();
    case 'connected': return state.connection;
    case 'disconnected': return [holds<Equal<typeof state.reason, DisconnectReason>>(), holds<Equal<typeof state.error, ClusterCacheError>>()];
    default: return holds<Equal<typeof state, never>>();
  }
}

export function immutable(state: ConnectionState, health: HealthCheckingState): void {
  // @ts-expect-error a state is a value
  state.since = new Date();
  // @ts-expect-error and so is what is known of health
  health.consecutiveFailures = 0;
}

// ── Events ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

holds<Equal<ReturnType<ClusterCache['clusterEvents$']>, Observable<ClusterEvent>>>();
clusters.clusterEvents$(watchForProbeFailure(50_000), watchForProbeFailure(300_000));
// @ts-expect-error a duration is a number of ms
watchForProbeFailure('50s');
clusters.getClusterSource('a', (cluster) => [{ namespace: cluster.metadata?.namespace ?? '', name: 'b' }]);
clusters.getClusterSource('a', () => Promise.resolve([]));
// @ts-expect-error a request names an object
clusters.getClusterSource('a', () => ['b']);
holds<Equal<ReturnType<typeof toRequest>, Request>>();
holds<Equal<ReturnType<typeof isConnected>, boolean>>();

// ── Clients ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Widget {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string };
  readonly spec: { readonly size: number };
}
const Widget = defineKind<Widget>({ apiVersion: 'example.com/v1', kind: 'Widget' });

export async function clients(client: Client): Promise<void> {
  holds<Equal<ReturnType<ClusterCache['getUncachedClient']>, Client>>();
  const widget = await client.get(Widget, key);
  holds<Equal<typeof widget.spec.size, number>>();
  // @ts-expect-error a Widget has no such field
  void widget.status;
  const { items } = await client.list(Node, { labelSelector: 'a=b' });
  void items[0]?.spec?.providerID;
  // @ts-expect-error what is read is shared, and not to be changed
  items.push(items[0]);
  // @ts-expect-error a kind, not a name
  await client.get('Widget', key);
}

// ── The connection stream by itself ────────────────────────────────────────────────────────────────────────────────────────────────────────

export function stream(target$: Observable<{ ready: true; target: string; fingerprint: string }>, connect: (target: string) => Observable<number>): void {
  connectionStream({ target$, dialer: { connect, probe: (connection: number) => connect(String(connection)), close: () => {} } }).subscribe((state) => {
    if (state.phase === 'connected') holds<Equal<typeof state.connection, number>>();
  });
  // @ts-expect-error who connects must be able to close
  connectionStream({ target$, dialer: { connect, probe: () => target$ } });
}

// ── Errors ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function stages(error: unknown): void {
  if (error instanceof ConnectError) holds<Equal<typeof error.hint, string>>();
  // @ts-expect-error there is no such stage
  if (error instanceof ConnectError && error.stage === 'dns') void error;
}

// ── The claims themselves ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

// @ts-expect-error a number is no string
holds<Equal<number, string>>();
