import { EMPTY, NEVER, type Observable, asyncScheduler, defer, finalize, isObservable, map, of, tap, throwError } from 'rxjs';
import type { ApiResource, RestClient, RestRequest } from '../../lib/kubernetes/rest-client.ts';
import type { Transport } from '../../lib/kubernetes/transport.ts';
import type { Kind } from '../../lib/model/kubernetes-object.ts';

/** A body as text, or as what is to be written as JSON; an Observable answers in its own time or errors. */
export type Answer = string | object | Observable<string | object>;

export interface RestScript {
  readonly request?: (request: RestRequest) => Answer;
  readonly lines?: (request: RestRequest) => Observable<string | object>;
  readonly resource?: (kind: Kind<unknown>) => Observable<ApiResource>;
  readonly alive$?: Observable<void>;
}

export interface ScriptedRestClient extends RestClient {
  /** What was asked for, each with its time in ms. */
  readonly log: string[];
  readonly requests: RestRequest[];
  /** Requests and watches that are under way. */
  readonly running: Set<RestRequest>;
}

const text = (body: string | object): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** A RestClient that answers by a script. */
export function scriptedRestClient({ request = () => NEVER, lines = () => NEVER, resource = () => NEVER, alive$ = EMPTY }: RestScript): ScriptedRestClient {
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
    transport: { alive$ } as Transport,
    request: (sending) => sent(sending, () => {
      const answer = request(sending);
      return (isObservable(answer) ? answer as Observable<string | object> : of(answer)).pipe(map((body) => ({ status: 200, headers: {}, body: text(body) })));
    }),
    lines: (sending) => sent(sending, () => lines(sending).pipe(map(text))),
    resource: (kind) => defer(() => {
      say(`discover ${kind.apiVersion}`);
      return resource(kind);
    }),
    forget: (kind) => say(`forget ${kind.apiVersion}`),
  };
}

export const failing = (error: unknown): Observable<never> => throwError(() => error);
