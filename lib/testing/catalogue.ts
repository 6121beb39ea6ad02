import { builtinResources } from './builtin-resources.ts';
import { clusterApiResources } from './cluster-api-resources.ts';
import { discoveryDocuments } from './discovery-documents.ts';
import { type Resource, groupResource, groupVersion, parseGroupVersion } from './resource.ts';

/**
 * What a server serves: an immutable set of resources with the documents that announce them. A thousand servers that serve the same share
 * one, and each document is written once.
 */
export class Catalogue {
  /** The built-in resources and those of Cluster API. */
  static readonly standard: Catalogue = new Catalogue([...builtinResources, ...clusterApiResources]);

  readonly resources: readonly Resource[];
  readonly #byPath = new Map<string, Resource>();
  readonly #byKind = new Map<string, Resource>();
  readonly #groupVersions = new Set<string>();
  readonly #documents = new Map<string, string | undefined>();

  constructor(resources: readonly Resource[]) {
    this.resources = resources;
    for (const resource of resources) {
      for (const version of resource.versions) {
        const apiVersion = groupVersion(resource.group, version);
        this.#groupVersions.add(apiVersion);
        this.#byPath.set(`${apiVersion}/${resource.plural}`, resource);
        this.#byKind.set(`${apiVersion}/${resource.kind}`, resource);
      }
    }
  }

  /** By `apiVersion` and plural, as in a path. */
  at(apiVersion: string, plural: string): Resource | undefined {
    return this.#byPath.get(`${apiVersion}/${plural}`);
  }

  /** By `apiVersion` and kind, as in an object. */
  of(apiVersion: string, kind: string): Resource | undefined {
    return this.#byKind.get(`${apiVersion}/${kind}`);
  }

  /** Whether any resource is served in this group version. */
  serves(apiVersion: string): boolean {
    return this.#groupVersions.has(apiVersion);
  }

  /** Whether a group is of kube-apiserver's own. */
  builtin(group: string): boolean {
    return group === '' || this.resources.some((resource) => resource.group === group && resource.custom !== true);
  }

  /** The same with one more resource, or with another one in the place of the one that has its group and plural. */
  with(resource: Resource): Catalogue {
    return new Catalogue([...this.resources.filter((other) => groupResource(other) !== groupResource(resource)), resource]);
  }

  /** The same without a resource, named `plural.group`. */
  without(name: string): Catalogue {
    return new Catalogue(this.resources.filter((resource) => groupResource(resource) !== name));
  }

  /** The same without a group version. */
  withoutVersion(apiVersion: string): Catalogue {
    const { group, version } = parseGroupVersion(apiVersion);
    return new Catalogue(this.resources.flatMap((resource) => {
      if (resource.group !== group) return [resource];
      const versions = resource.versions.filter((served) => served !== version);
      return versions.length === 0 ? [] : [{ ...resource, versions }];
    }));
  }

  /** The JSON of a discovery document, or `undefined` where nothing is at this path. */
  document(path: string, aggregated = false): string | undefined {
    const key = aggregated ? `${path}#aggregated` : path;
    if (!this.#documents.has(key)) {
      const document = discoveryDocuments(this.resources, path, aggregated);
      this.#documents.set(key, document && JSON.stringify(document));
    }
    return this.#documents.get(key);
  }
}
