import { selectorOf, versionOf } from './listing.ts';
import { GARBAGE } from './fault.ts';
import { formOf } from './media-type.ts';
import { expired, internalError, invalid } from './refusal.ts';
import type { ResourceRoute } from './route.ts';
import { type ServerExchange, headerOf } from './server-exchange.ts';
import type { OpenRequest, ServerState } from './server-state.ts';
import { type WatchSink, WatchStream } from './watch-stream.ts';

const LIST_OPTIONS = { group: 'meta.k8s.io', kind: 'ListOptions' };

/** Answers a watch. Throws a Refusal for options that do not go together; a resourceVersion that is too old is told in the stream. */
export function openWatch(state: ServerState, exchange: ServerExchange, record: OpenRequest, route: ResourceRoute, query: URLSearchParams): void {
  const { resource, version: served } = route;
  const { initialEvents, bookmarks } = checkedOptions(query, state.watchList);
  const text = query.get('resourceVersion') ?? '';
  const version = versionOf(text, () => internalError(`resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`));
  const collection = state.store.collection(resource);
  const watch = new WatchStream({
    collection, resource, version: served, form: formOf(headerOf(exchange, 'accept'), 'object', ''), selects: selectorOf(route, query), bookmarks,
    sink: sinkFor(state, exchange, record),
  });
  exchange.stream();
  if (version > 0n && version < collection.floor && !initialEvents) {
    watch.fail(expired(`too old resource version: ${version} (${collection.floor})`).status);
    return;
  }
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  state.watches.add(watch, seconds > 0 ? seconds * 1_000 : state.watchTimeout);
  exchange.onDrain(() => watch.drained());
  exchange.onClose(() => state.watches.remove(watch));
  if (initialEvents || (version === 0n && query.get('sendInitialEvents') !== 'false')) watch.replay(collection.all(), state.store.version);
  else watch.resume(version === 0n ? state.store.version : version);
}

function checkedOptions(query: URLSearchParams, watchList: boolean): { readonly initialEvents: boolean; readonly bookmarks: boolean } {
  const [initialEvents, match] = [query.get('sendInitialEvents'), query.get('resourceVersionMatch') ?? ''];
  const bookmarks = ['true', '1'].includes(query.get('allowWatchBookmarks') ?? '');
  const forbid = (field: string, why: string) => invalid(LIST_OPTIONS, '', field, 'Forbidden', why);
  if (initialEvents === null) {
    if (match !== '') throw forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
    return { initialEvents: false, bookmarks };
  }
  if (!watchList) throw forbid('sendInitialEvents', 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled');
  if (match !== 'NotOlderThan') throw forbid('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  return { initialEvents: initialEvents === 'true', bookmarks };
}

/** Writes lines to the client, unless a fault gets in between. */
function sinkFor({ faults }: ServerState, exchange: ServerExchange, record: OpenRequest): WatchSink {
  return {
    write: (line) => {
      const fault = faults.forLine(record);
      if (fault?.fault === 'garbage') return exchange.write(`${fault.body ?? GARBAGE}\n`);
      if (fault?.fault !== 'truncate') return exchange.write(line);
      const half = line.slice(0, line.length / 2);
      if (fault.reset === true) {
        exchange.breakOff(half);
      } else {
        exchange.write(half);
        exchange.end();
      }
      return false;
    },
    end: () => exchange.end(),
  };
}
