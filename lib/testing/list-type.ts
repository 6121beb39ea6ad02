/** The lists whose items are told apart by a field: by the name of the list, the fields that may be it. All other lists are replaced as a whole. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  conditions: ['type'],
  containers: ['name'], initContainers: ['name'], ephemeralContainers: ['name'],
  env: ['name'], volumes: ['name'], volumeMounts: ['mountPath'], volumeDevices: ['devicePath'],
  ports: ['containerPort', 'port'],
  addresses: ['type'], imagePullSecrets: ['name'], secrets: ['name'], hostAliases: ['ip'], podIPs: ['ip'], hostIPs: ['ip'],
  ownerReferences: ['uid'], taints: ['key'], topologySpreadConstraints: ['topologyKey'],
};

const SETS: ReadonlySet<string> = new Set(['finalizers', 'podCIDRs']);

/** What tells the items of a list apart, where its items have it. */
export function listKey(field: string, items: readonly unknown[]): string | undefined {
  return KEYS[field]?.find((key) => items.some((item) => isRecord(item) && key in item));
}

/** Whether a list is a set of plain values. */
export function isSet(field: string): boolean {
  return SETS.has(field);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
