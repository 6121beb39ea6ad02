/** What a manager of an object manages, as kube-apiserver writes it into `fieldsV1`. */
export interface Fields {
  readonly [element: string]: Fields;
}

const LEAF: Fields = {};

/** The lists of a pod whose items have keys; all others are one value. */
const LIST_KEYS: Readonly<Record<string, readonly string[]>> = {
  ownerReferences: ['uid'], containers: ['name'], env: ['name'], ports: ['containerPort', 'protocol'], volumeMounts: ['mountPath'], volumes: ['name'], conditions: ['type'], podIPs: ['ip'],
};
/** Maps and lists that are there before anybody writes into them, and so are nobody's. */
const GIVEN = new Set(['metadata', 'spec', 'containers', 'status']);
/** Maps that are one value. */
const ATOMIC = new Set(['fieldRef', 'nodeSelector']);
/** Lists with keys whose items are one value each. */
const ATOMIC_ITEMS = new Set(['ownerReferences']);

/** The fields of a value of that name. */
export function fieldsOf(name: string, value: unknown): Fields {
  if (Array.isArray(value)) {
    const keys = LIST_KEYS[name];
    if (keys === undefined) return LEAF;
    const items = value as Readonly<Record<string, unknown>>[];
    return { ...self(name), ...Object.fromEntries(items.map((item) => [keyOf(item, keys), ATOMIC_ITEMS.has(name) ? LEAF : { '.': LEAF, ...fieldsIn(item) }])) };
  }
  if (typeof value !== 'object' || value === null || ATOMIC.has(name) || Object.keys(value).length === 0) return LEAF;
  return { ...self(name), ...fieldsIn(value) };
}

function fieldsIn(object: object): Fields {
  return Object.fromEntries(Object.entries(object).map(([field, child]) => [`f:${field}`, fieldsOf(field, child)]));
}

function self(name: string): Fields {
  return GIVEN.has(name) ? {} : { '.': LEAF };
}

function keyOf(item: Readonly<Record<string, unknown>>, keys: readonly string[]): string {
  return `k:${JSON.stringify(Object.fromEntries(keys.map((key) => [key, item[key]])))}`;
}
