import { type Pod, podsOf } from './pods.ts';
import type { InMemory, PodsToRead } from './reads.ts';

/** Maps: of pods by name in one of namespaces, of pods by number, and of numbers by uid. */
export function floorOf(asked: PodsToRead): InMemory {
  const namespaces = new Map<string, Map<string, Pod>>();
  const pods = new Map<number, Pod>();
  const numbers = new Map<string, number>();
  for (const pod of podsOf(asked)) {
    const { namespace, name, uid = '' } = pod.metadata;
    let names = namespaces.get(namespace);
    if (names === undefined) namespaces.set(namespace, names = new Map());
    names.set(name, pod);
    numbers.set(uid, pods.size);
    pods.set(pods.size, pod);
  }
  return {
    get: ({ namespace, name }) => namespaces.get(namespace)?.get(name),
    indexed: (uid) => pods.get(numbers.get(uid) ?? -1),
  };
}
