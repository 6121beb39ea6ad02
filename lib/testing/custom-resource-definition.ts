import type { AnyObject } from './object-rules.ts';
import type { Resource } from './resource.ts';

interface Definition {
  readonly group: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly names: { readonly kind: string; readonly plural: string; readonly singular?: string; readonly shortNames?: readonly string[]; readonly categories?: readonly string[] };
  readonly versions: readonly { readonly name: string; readonly served: boolean; readonly storage: boolean; readonly subresources?: { readonly status?: object } }[];
}

/** The resource that a CustomResourceDefinition defines; `undefined` where it serves no version. */
export function definedResource({ spec }: AnyObject): Resource | undefined {
  const { group, scope, names, versions } = spec as Definition;
  const served = versions.filter((version) => version.served);
  if (served.length === 0) return undefined;
  return {
    group, versions: served.map(({ name }) => name).sort(byPriority), kind: names.kind, plural: names.plural, singular: names.singular ?? names.kind.toLowerCase(),
    namespaced: scope === 'Namespaced', ...(names.shortNames && { shortNames: names.shortNames }), ...(names.categories && { categories: names.categories }),
    status: served.some(({ subresources }) => subresources?.status !== undefined), generation: true, custom: true,
  };
}

/** The status that the server writes when it serves the definition. */
export function establishedStatus({ spec }: AnyObject): object {
  const { names, versions } = spec as Definition;
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  return {
    acceptedNames: { listKind: `${names.kind}List`, ...names },
    conditions: [
      { type: 'NamesAccepted', status: 'True', lastTransitionTime: at, reason: 'NoConflicts', message: 'no conflicts found' },
      { type: 'Established', status: 'True', lastTransitionTime: at, reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' },
    ],
    storedVersions: versions.filter(({ storage }) => storage).map(({ name }) => name),
  };
}

const VERSION = /^v(?<major>\d+)(?:(?<stage>alpha|beta)(?<minor>\d+))?$/;

/** v2, v1, v1beta2, v1beta1, v1alpha1, then all else by name. */
function byPriority(a: string, b: string): number {
  const [x, y] = [rank(a), rank(b)];
  for (const [index, value] of x.entries()) {
    const difference = (y[index] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : 1;
}

function rank(version: string): readonly number[] {
  const { major, stage, minor = '0' } = VERSION.exec(version)?.groups ?? {};
  if (major === undefined) return [0, 0, 0];
  return [stage === undefined ? 3 : stage === 'beta' ? 2 : 1, Number(major), Number(minor)];
}
