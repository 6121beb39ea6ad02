import type { KubeConfig } from '@kubernetes/client-node';
import type { Observable } from 'rxjs';
import type { Reader } from '../client/client.ts';
import type { Endpoint } from '../kubernetes/endpoint.ts';
import type { Fence } from '../kubernetes/fence.ts';
import { type ManagementOptions, withManagement } from '../kubernetes/management.ts';
import type { RestClient } from '../kubernetes/rest-client.ts';
import { type Transport, type TransportOptions, createTransport } from '../kubernetes/transport.ts';
import { type Check, type Filled, having } from '../model/option-check.ts';
import { ManagementReader } from './management-reader.ts';

/** How a workload cluster's sockets are made: as `createTransport`, which does nothing until something is asked of it. */
export type DialTransport = (endpoint: Endpoint, options: TransportOptions) => Transport;

/** A connection to the management cluster that is somebody else's: a manager's, which all of its cluster caches share, or one without sockets. */
export interface ManagementConnection {
  /**
   * Runs `project` on the management cluster. Emits, errors and completes as `project` does. Unsubscribing ends
   * the project, and leaves the connection to those who share it. Errors with a `KubeconfigError` where it cannot be had, with code `STOPPED` where it ends before the project.
   */
  connect<R>(project: (rest: RestClient) => Observable<R>): Observable<R>;
  /** How the sockets to workload clusters are made. @default `createTransport` */
  readonly dial?: DialTransport | undefined;
  /** Whether workload clusters may be written to: of a manager, whether it leads. Reads, probes and watches go on in any case. @default nothing stands in the way */
  readonly fence?: Fence | undefined;
  /** Reads the management cluster for the mappers of cluster sources: of a manager, from its memory. @default live */
  readonly client?: Pick<Reader, 'get' | 'list'> | undefined;
}

const isKubeConfig = having('a KubeConfig', 'getCurrentCluster', 'getCurrentUser');
const isConnection = having('a connection', 'connect');

/** What `management` may be. */
export const managementSource: Check = (value) =>
  (isKubeConfig(value) === undefined || isConnection(value) === undefined ? undefined : 'a KubeConfig of @kubernetes/client-node, or a Manager');

/** The connection that is given; of a KubeConfig one that is opened for each who connects, and closed when they unsubscribe. */
export function managementConnection(management: KubeConfig | ManagementConnection, options: ManagementOptions): Filled<ManagementConnection> {
  const live = new ManagementReader();
  const followed = <R>(project: (rest: RestClient) => Observable<R>) => (rest: RestClient): Observable<R> => {
    live.follow(rest);
    return project(rest);
  };
  if (!('connect' in management)) return { connect: (project) => withManagement(management, options, followed(project)), dial: createTransport, fence: () => undefined, client: live };
  return {
    connect: (project) => management.connect(followed(project)),
    get client() { return management.client ?? live; },
    dial: (endpoint, transport) => management.dial?.(endpoint, transport) ?? createTransport(endpoint, transport),
    fence: () => management.fence?.(),
  };
}
