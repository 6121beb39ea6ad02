import { NEVER, type Observable, asyncScheduler, concat, defer, finalize, from, ignoreElements, mergeMap, of, takeUntil, tap, throwError, timer } from 'rxjs';
import { type KnownChange, KnownObjects } from '../../lib/informer/known-objects.ts';
import type { ReflectorProgress } from '../../lib/informer/reflector-event.ts';
import { type ListPart, type ListerWatcher, type ReflectorOptions, type WatchChange, reflect } from '../../lib/informer/reflector.ts';
import type { KubernetesObject, ObjectList } from '../../lib/model/kubernetes-object.ts';

/** An object of the namespace `ns`, written `name@resourceVersion`, with `/uid` where the uid is not the name. */
export function thing(text: string): KubernetesObject {
  const [, name = '', resourceVersion = '', uid = name] = /^(\w+)@(\w*)(?:\/(\w+))?$/.exec(text) ?? [];
  return { metadata: { namespace: 'ns', name, uid, resourceVersion } };
}

/** A page or a whole list, as `list('a@1 b@2', '5', 'next')`. */
export const listOf = (items: string, resourceVersion: string, next?: string): ObjectList<KubernetesObject> => ({
  items: items === '' ? [] : items.split(' ').map(thing), resourceVersion, ...(next === undefined ? {} : { continue: next }),
});

const CHANGES = { '+': 'ADDED', '~': 'MODIFIED', '-': 'DELETED' } as const;

/** What a watch tells, as `^ +a@1 ~a@2 -a@3 =4`, where `^` is that it is open and `=4` a bookmark. */
export function changes(text: string): WatchChange<KubernetesObject>[] {
  return text.split(' ').map((change) => {
    const rest = change.slice(1);
    if (change === '^') return { type: 'OPENED' };
    if (change.startsWith('=')) return { type: 'BOOKMARK', object: { metadata: { resourceVersion: rest } } };
    return { type: CHANGES[change[0] as '+' | '~' | '-'], object: thing(rest) };
  });
}

/** After `delay` ms: the error, or the end. */
export const failsAfter = (delay: number, error: unknown): Observable<never> => concat(timer(delay).pipe(ignoreElements()), throwError(() => error));
export const endsAfter = (delay: number): Observable<never> => timer(delay).pipe(ignoreElements());

type Listed = ObjectList<KubernetesObject> | Observable<ObjectList<KubernetesObject>>;
type Watched = Observable<WatchChange<KubernetesObject>>;

export interface Script {
  /** The answers to the lists, one after the other; the last is repeated. */
  readonly lists: readonly Listed[];
  readonly watches?: readonly Watched[];
  readonly options?: ReflectorOptions;
  /** What was told before, and is not told again. @default nothing */
  readonly known?: KnownObjects<KubernetesObject>;
  /** ms after which the reflector is unsubscribed. */
  readonly until: number;
}

/** Subscribes to a reflector on a scripted server; the returned log has one line for each request and event, with its time. Flush before reading it. */
export function reflectScript({ lists, watches = [NEVER], options = {}, known = new KnownObjects(), until }: Script): string[] {
  const log: string[] = [];
  const say = (text: string) => { log.push(`${asyncScheduler.now().toString().padStart(6)} ${text}`); };
  let listed = 0;
  let watched = 0;
  const listerWatcher: ListerWatcher<KubernetesObject> = {
    list: ({ limit, continue: token }) => defer(() => {
      say(`> list${limit === undefined ? '' : ` limit=${limit}`}${token === undefined ? '' : ` continue=${token}`}`);
      const answer = lists[Math.min(listed++, lists.length - 1)] as Listed;
      return ('items' in answer ? of(answer) : answer).pipe(mergeMap(partsOf));
    }),
    watch: ({ resourceVersion, timeoutSeconds }) => defer(() => {
      say(`> watch at=${resourceVersion}${timeoutSeconds === 300 ? '' : ` for=${timeoutSeconds}`}`);
      let ended = false;
      return (watches[Math.min(watched++, watches.length - 1)] as Watched).pipe(
        tap({ error: () => { ended = true; }, complete: () => { ended = true; } }),
        finalize(() => { if (!ended) say('> watch released'); }),
      );
    }),
  };
  reflect(listerWatcher, known, { random: () => 0, ...options }).pipe(takeUntil(timer(until))).subscribe({
    next: (event) => say(textOf(event)),
    error: (error: unknown) => say(`errored: ${nameOf(error)}`),
  });
  return log;
}

/** A page, object by object. */
function partsOf({ items, ...end }: ObjectList<KubernetesObject>): Observable<ListPart<KubernetesObject>> {
  return concat(from(items.map((object): ListPart<KubernetesObject> => ({ type: 'ITEM', object }))), of<ListPart<KubernetesObject>>({ type: 'END', ...end }));
}

function textOf(event: KnownChange<KubernetesObject> | ReflectorProgress): string {
  switch (event.type) {
    case 'applied': return `applied ${event.key}@${event.object.metadata?.resourceVersion} (${event.cause})`;
    case 'deleted': return `deleted ${event.key}/${event.uid} (${event.cause})${event.object === undefined ? '' : ` @${event.object.metadata?.resourceVersion}`}`;
    case 'listing': return `listing ${event.cause}`;
    case 'synced': return `synced ${event.cause} at=${event.resourceVersion}`;
    case 'interrupted': return `interrupted ${event.during}: ${nameOf(event.error)}, ${event.delay}`;
    case 'watching': return `watching at=${event.resourceVersion}`;
    case 'progressed': return `progressed to=${event.resourceVersion}`;
    case 'rejected': return `rejected: ${nameOf(event.error)}`;
    case 'vanished': return `vanished: ${nameOf(event.error)}, ${event.delay}`;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? ('code' in error ? String(error.code) : error.message) : String(error);
}
