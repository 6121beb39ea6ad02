// servers
export { FakeApiServer, type RestartOptions, type ServerCounters } from './fake-api-server.ts';
export { type FakeApiServerOptions } from './fake-api-server-options.ts';
export { FakeFleet, type AddOptions, type FakeFleetOptions } from './fake-fleet.ts';
export { type Fault, type FaultName, type InjectedFault, type RequestMatch } from './fault.ts';
export { type RecordedRequest, type RequestCounters } from './request-log.ts';
export { type AnonymousAccess } from './server-state.ts';
export { type User, type Users } from './users.ts';
export { Refusal } from './refusal.ts';
export { type Resource, type Verb } from './resource.ts';
export { type KubeconfigOptions } from './kubeconfig-document.ts';
export { type Protocol } from './listener.ts';

// a cluster cache without sockets
export { newFakeClusterCache, newFakeEmptyClusterCache, type FakeClusterCache, type FakeClusterCacheOptions, type FakeDisconnect, type FakeEmptyClusterCacheOptions } from './fake-cluster-cache.ts';
export { InMemoryFleet, type InMemoryFleetOptions } from './in-memory-fleet.ts';
export { type EmbeddedServer, type EmbeddedServerOptions } from './embedded-server.ts';

// certificates
export { Certificates, type CertificatesOptions, type ClientCertificateOptions, type KeyAlgorithm, type KeyedCertificate } from './certificates.ts';

// objects
export { aCluster, aKubeconfigSecret, aNode, aPod } from './fixtures.ts';

// the network
export { TcpProxy } from './tcp-proxy.ts';

// virtual time
export { marbles } from './marbles.ts';
