import { EMPTY, NEVER, Observable, asyncScheduler, defer, finalize, isObservable, map, mergeMap, of, tap, throwError } from 'rxjs';
import { ListSplitter } from '../../lib/kubernetes/list-splitter.ts';
import type { ApiResource, RestClient, RestRequest } from '../../lib/kubernetes/rest-client.ts';
import type { ListPart, Transport } from '../../lib/kubernetes/transport.ts';
import { TransportError } from '../../lib/model/errors.ts';
import type { Kind } from '../../lib/model/kubernetes-object.ts';

/** A body as text, or as what is to be written as JSON; an Observable answers in its own time or errors. */
export type Answer = string | object | Observable<string | object>;

export interface RestScript {
  /** Lists, which are given out item by item, included. */
  readonly request?: (request: RestRequest) => Answer;
  /** A watch. It is open as soon as it is asked for, unless it fails at once. */
  readonly lines?: (request: RestRequest) => Observable<string | object>;
  readonly resource?: (kind: Kind<unknown>) => Observable<ApiResource>;
  readonly alive$?: Observable<void>;
  /** @default a server that cannot be reached is never reached again */
  readonly revived$?: Observable<void>;
  /** ms that a TCP connect took. @default none was dialled yet */
  readonly dial?: number;
}

export interface ScriptedRestClient extends RestClient {
  /** What was asked for, each with its time in ms. */
  readonly log: string[];
  readonly requests: RestRequest[];
  /** Requests and watches that are under way. */
  readonly running: Set<RestRequest>;
}

const text = (body: string | object): string => (typeof body === 'string' ? body : JSON.stringify(body));

const answerOf = (answer: Answer): Observable<string> => (isObservable(answer) ? answer as Observable<string | object> : of(answer)).pipe(map(text));

/** No object of a script is larger. */
const MAX_BYTES = 8 * 1024 * 1024;

/** A list as the transport gives it out. */
function partsOf(body: string): Observable<ListPart> {
  return new Observable((subscriber) => {
    const splitter = new ListSplitter(MAX_BYTES);
    splitter.push(Buffer.from(body));
    splitter.finish();
    for (let part = splitter.next(); part !== undefined && !subscriber.closed; part = splitter.next()) {
      if (typeof part === 'string') subscriber.error(new TransportError(part, 'the answer is no whole list', { stage: 'response' }));
      else subscriber.next(part);
    }
    subscriber.complete();
  });
}

/** The lines, of which it is said before the first that they are open. */
function opened(lines: Observable<string>, { onOpened }: RestRequest): Observable<string> {
  return new Observable((subscriber) => {
    let isOpen = false;
    const open = () => {
      if (!isOpen) onOpened?.();
      isOpen = true;
    };
    subscriber.add(lines.subscribe({
      next: (line) => { open(); subscriber.next(line); },
      error: (error: unknown) => subscriber.error(error),
      complete: () => { open(); subscriber.complete(); },
    }));
    if (!subscriber.closed) open();
  });
}

/** A RestClient that answers by a script. */
export function scriptedRestClient({ request = () => NEVER, lines = () => NEVER, resource = () => NEVER, alive$ = EMPTY, revived$ = NEVER, dial }: RestScript): ScriptedRestClient {
  const log: string[] = [];
  const requests: RestRequest[] = [];
  const running = new Set<RestRequest>();
  const say = (what: string) => { log.push(`${asyncScheduler.now()} ${what}`); };
  const sent = <T>(sending: RestRequest, answer: () => Observable<T>) => defer(() => {
    requests.push(sending);
    running.add(sending);
    say(`GET ${sending.path}`);
    let ended = false;
    return answer().pipe(
      tap({ error: () => { ended = true; }, complete: () => { ended = true; } }),
      finalize(() => {
        running.delete(sending);
        if (!ended) say(`released ${sending.path}`);
      }),
    );
  });
  return {
    log, requests, running,
    transport: { alive$, revived$, stats: () => ({ sockets: 1, streams: running.size, ...(dial === undefined ? {} : { lastDial: { dial } }) }) } as Transport,
    request: (sending) => sent(sending, () => answerOf(request(sending)).pipe(map((body) => ({ status: 200, headers: {}, body })))),
    items: (sending) => sent(sending, () => answerOf(request(sending)).pipe(mergeMap(partsOf))),
    lines: (sending) => sent(sending, () => opened(lines(sending).pipe(map(text)), sending)),
    resource: (kind) => defer(() => {
      say(`discover ${kind.apiVersion}`);
      return resource(kind);
    }),
    forget: (kind) => say(`forget ${kind.apiVersion}`),
  };
}

export const failing = (error: unknown): Observable<never> => throwError(() => error);
