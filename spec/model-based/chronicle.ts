import type { Thing, ThingKind } from './thing.ts';

/** What an object was from one write to the next. */
export interface State {
  readonly version: bigint;
  /** `undefined`: it was deleted. */
  readonly object: Thing | undefined;
}

/** All states of one object, from its creation to its delete. */
export interface Life {
  readonly kind: ThingKind;
  readonly key: string;
  readonly states: readonly State[];
}

/** Everything that was ever written to one server, but for what its clients wrote by themselves. */
export class Chronicle {
  readonly #lives = new Map<string, Life & { readonly states: State[] }>();

  /** A server has stored it so. */
  wrote(object: Thing): void {
    const uid = object.metadata?.uid ?? '';
    const life = this.#lives.get(uid) ?? { kind: object.kind as ThingKind, key: keyIn(object), states: [] };
    this.#lives.set(uid, life);
    life.states.push({ version: versionOf(object), object });
  }

  /** Its delete made this resourceVersion. */
  deleted(uid: string, resourceVersion: string): void {
    this.#lives.get(uid)?.states.push({ version: BigInt(resourceVersion), object: undefined });
  }

  life(uid: string): Life | undefined {
    return this.#lives.get(uid);
  }

  /** All objects of a kind at one moment, by `namespace/name`. */
  at(kind: ThingKind, version: bigint): ReadonlyMap<string, Thing> {
    const objects = new Map<string, Thing>();
    for (const life of this.#lives.values()) {
      if (life.kind !== kind) continue;
      const object = life.states.findLast((state) => state.version <= version)?.object;
      if (object !== undefined) objects.set(life.key, object);
    }
    return objects;
  }
}

export function versionOf({ metadata }: Thing): bigint {
  return BigInt(metadata?.resourceVersion ?? 0);
}

export function keyIn({ metadata }: Thing): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}

/** Whether a client wrote it by itself: when that reached the server nobody can tell. */
export function isOwn({ metadata }: Thing): boolean {
  return metadata?.name?.startsWith('own-') === true;
}
