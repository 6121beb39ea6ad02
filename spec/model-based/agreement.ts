import { setTimeout as rest } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { keyIn } from './chronicle.ts';
import type { Performance } from './performance.ts';
import type { Stage } from './stage.ts';
import { THINGS, type Thing, type ThingKind } from './thing.ts';

/** What is not as it should be, now that all is healed: the store and every subscriber's fold, held against what the servers have. */
export async function differences(stage: Stage, performance: Performance): Promise<readonly string[]> {
  const found: string[] = [];
  for (const at of stage.numbers) {
    const id = stage.id(at);
    for (const kind of stage.kinds) {
      const wanted = stage.now(at, kind);
      try {
        stage.isAskedFor(at, kind);
        const { items } = await stage.clusters.getReader(stage.key(at)).list(THINGS[kind]);
        found.push(...difference(`the store of ${kind}s of ${id}`, items, wanted));
      } catch (error) {
        found.push(`${kind}s of ${id} cannot be read: ${String(error)}`);
      }
      for (const follower of performance.followers.values()) {
        if (follower.options.kind !== kind || !follower.clusters.includes(id)) continue;
        found.push(...difference(`what subscriber ${follower.options.id} was told of ${kind}s of ${id}`, follower.fold(id), wanted.filter((object) => follower.selects(object))));
        if (follower.syncs(id) === 0) found.push(`subscriber ${follower.options.id} was not told that ${kind}s of ${id} are synced`);
      }
    }
  }
  return found;
}

/** The same for what the servers answer to a list, over the wire. */
export async function liveDifferences(stage: Stage): Promise<readonly string[]> {
  const found: string[] = [];
  for (const at of stage.numbers) {
    for (const kind of stage.kinds) {
      const items = await listed(stage, at, kind);
      found.push(...difference(`a live list of ${kind}s of ${stage.id(at)}`, items.filter((object) => stage.keeps(object)).map((object) => stage.kept(object)), stage.now(at, kind)));
    }
  }
  return found;
}

/** A live list; a machine that is busy enough cuts calls off too. */
async function listed(stage: Stage, at: number, kind: ThingKind, tries = 20): Promise<readonly Thing[]> {
  try {
    return (await stage.clusters.getUncachedClient(stage.key(at)).list(THINGS[kind])).items;
  } catch (error) {
    if (tries === 0) throw error;
    await rest(RETRY);
    return listed(stage, at, kind, tries - 1);
  }
}

/** ms */
const RETRY = 100;

function difference(what: string, is: readonly Thing[], wanted: readonly Thing[]): readonly string[] {
  if (isDeepStrictEqual(is, wanted)) return [];
  const named = (objects: readonly Thing[]): Map<string, Thing> => new Map(objects.map((object) => [keyIn(object), object]));
  const [has, should] = [named(is), named(wanted)];
  const lines = [...new Set([...has.keys(), ...should.keys()])].flatMap((key) => {
    const [own, other] = [has.get(key), should.get(key)];
    if (isDeepStrictEqual(own, other)) return [];
    const version = (object: Thing | undefined): string => object?.metadata?.resourceVersion ?? 'nothing';
    return [`${key}: ${version(own)} instead of ${version(other)}${own !== undefined && version(own) === version(other) ? ` ${JSON.stringify(own)} ${JSON.stringify(other)}` : ''}`];
  });
  return [`${what}: ${lines.length === 0 ? 'another order' : lines.join('; ')}`];
}
