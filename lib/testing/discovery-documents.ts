import { ALL_VERBS, type Resource, basePath, groupVersion } from './resource.ts';

const VERSION = {
  major: '1', minor: '36', emulationMajor: '1', emulationMinor: '36', minCompatibilityMajor: '1', minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3', gitCommit: '', gitTreeState: 'clean', buildDate: '1970-01-01T00:00:00Z', goVersion: 'go1.26.8', compiler: 'gc', platform: 'linux/amd64',
};

const FIXED_PATHS = ['/api', '/api/v1', '/apis', '/apis/', '/healthz', '/healthz/ping', '/livez', '/livez/ping', '/metrics', '/openapi/v2', '/openapi/v3', '/readyz', '/readyz/ping', '/version'];

/** What is known about the resources at a path outside of them, or `undefined`. */
export function discoveryDocuments(resources: readonly Resource[], path: string, aggregated: boolean): object | undefined {
  switch (path) {
    case '/': return { paths: paths(resources) };
    case '/version': return VERSION;
    case '/api': return aggregated ? aggregate(resources.filter(({ group }) => group === '')) : { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }] };
    case '/apis': return aggregated ? aggregate(resources.filter(({ group }) => group !== '')) : { kind: 'APIGroupList', apiVersion: 'v1', groups: groups(resources).map((group) => groupDocument(resources, group)) };
    default:
  }
  const [root, group = '', version, ...rest] = path.slice(1).split('/');
  if (root === 'api') return version === undefined ? resourceList(resources, '', group) : undefined;
  if (root !== 'apis' || group === '' || rest.length > 0) return undefined;
  if (version !== undefined) return resourceList(resources, group, version);
  return groups(resources).includes(group) ? { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(resources, group) } : undefined;
}

function paths(resources: readonly Resource[]): string[] {
  const served = resources.filter(({ group }) => group !== '').flatMap(({ group, versions }) => [`/apis/${group}`, ...versions.map((version) => basePath(group, version))]);
  return [...new Set([...FIXED_PATHS, ...served])].sort();
}

function groups(resources: readonly Resource[]): string[] {
  return [...new Set(resources.map(({ group }) => group))].filter((group) => group !== '');
}

function versionsOf(resources: readonly Resource[], group: string): string[] {
  return [...new Set(resources.filter((resource) => resource.group === group).flatMap(({ versions }) => versions))];
}

function groupDocument(resources: readonly Resource[], group: string): { readonly name: string; readonly versions: readonly object[]; readonly preferredVersion: object | undefined } {
  const versions = versionsOf(resources, group).map((version) => ({ groupVersion: groupVersion(group, version), version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

function resourceList(resources: readonly Resource[], group: string, version: string): object | undefined {
  const served = resources.filter((resource) => resource.group === group && resource.versions.includes(version));
  if (served.length === 0) return undefined;
  return {
    kind: 'APIResourceList', ...(group !== '' && { apiVersion: 'v1' }), groupVersion: groupVersion(group, version),
    resources: served.flatMap(({ plural, singular, namespaced, kind, verbs = ALL_VERBS, shortNames, categories, status }) => [
      { name: plural, singularName: singular, namespaced, kind, verbs, ...(shortNames && { shortNames }), ...(categories && { categories }) },
      ...(status === true ? [{ name: `${plural}/status`, singularName: '', namespaced, kind, verbs: ['get', 'patch', 'update'] }] : []),
    ]),
  };
}

function aggregate(resources: readonly Resource[]): object {
  return {
    kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {},
    items: [...new Set(resources.map(({ group }) => group))].map((group) => ({
      metadata: { ...(group !== '' && { name: group }), creationTimestamp: null },
      versions: versionsOf(resources, group).map((version) => ({
        version, freshness: 'Current',
        resources: resources.filter((resource) => resource.group === group && resource.versions.includes(version)).map(({ plural, singular, namespaced, kind, verbs = ALL_VERBS, shortNames, categories, status }) => {
          const responseKind = { group, version, kind };
          return {
            resource: plural, responseKind, scope: namespaced ? 'Namespaced' : 'Cluster', singularResource: singular, verbs, ...(shortNames && { shortNames }), ...(categories && { categories }),
            ...(status === true && { subresources: [{ subresource: 'status', responseKind, verbs: ['get', 'patch', 'update'] }] }),
          };
        }),
      })),
    })),
  };
}
