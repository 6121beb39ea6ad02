import { expect } from 'chai';
import { NEVER, Observable, Subject, asyncScheduler, delay, firstValueFrom, lastValueFrom, of, throwError } from 'rxjs';
import { type RateLimiter, tokenBucket } from '../../lib/kubernetes/rate-limiter.ts';
import { type RestClient, createRestClient } from '../../lib/kubernetes/rest-client.ts';
import { StatusError, isGone, isNotFound, isUnauthorized } from '../../lib/kubernetes/status-error.ts';
import type { ListPart, Transport, TransportRequest, TransportResponse } from '../../lib/kubernetes/transport.ts';
import { TransportError } from '../../lib/model/errors.ts';
import { defineKind } from '../../lib/model/kubernetes-object.ts';
import { marbles } from '../../lib/testing/marbles.ts';

type Script = (request: TransportRequest, count: number) => Observable<TransportResponse>;

const answer = (status: number, body: object | string = {}, headers: Record<string, string> = {}): TransportResponse =>
  ({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
const ok = answer(200, { kind: 'Pod' });
const throttled = (seconds?: number) => answer(429, '', seconds === undefined ? {} : { 'retry-after': String(seconds) });
const CORE = { resources: [{ name: 'pods', kind: 'Pod', namespaced: true }, { name: 'pods/status', kind: 'Pod', namespaced: true }, { name: 'nodes', kind: 'Node', namespaced: false }] };
const POD = defineKind({ apiVersion: 'v1', kind: 'Pod' });
const NODE = defineKind({ apiVersion: 'v1', kind: 'Node' });
const UNKNOWN = defineKind({ apiVersion: 'v1', kind: 'Unknown' });

/** A transport by a script, and what was asked of it. */
function scripted(script: Script, lines: () => Observable<string> = () => NEVER, items: () => Observable<ListPart> = () => NEVER): { readonly transport: Transport; readonly requests: TransportRequest[] } {
  const requests: TransportRequest[] = [];
  const transport: Transport = {
    request: (request) => {
      requests.push(request);
      return script(request, requests.length);
    },
    lines: (request) => {
      requests.push(request);
      return lines();
    },
    items: (request) => {
      requests.push(request);
      return items();
    },
    setAuthorization() { /* not asked */ }, alive$: NEVER, revived$: NEVER, stats: () => ({ sockets: 0, streams: 0 }), close() { /* not asked */ },
  };
  return { transport, requests };
}

function client(script: Script, { limiter, random = () => 0 }: { limiter?: RateLimiter; random?: () => number } = {}): { readonly rest: RestClient; readonly requests: TransportRequest[] } {
  const { transport, requests } = scripted(script);
  return { rest: createRestClient({ transport, timeout: 10_000, random, ...(limiter === undefined ? {} : { limiter }) }), requests };
}

const failure = (work: Observable<unknown>): Promise<unknown> => lastValueFrom(work).then(() => expect.fail('it succeeded'), (error: unknown) => error);

describe('a RestClient', () => {
  describe('request', () => {
    for (const status of [200, 201, 202, 204]) {
      it(`emits an answer of ${status}`, async () => {
        expect(await firstValueFrom(client(() => of(answer(status))).rest.request({ path: '/' }))).to.include({ status });
      });
    }

    for (const status of [301, 302, 307, 308, 400, 403, 404, 409, 410, 422, 500, 503]) {
      it(`errors with a StatusError for ${status}, after one request`, async () => {
        const { rest, requests } = client(() => of(answer(status)));
        expect(await failure(rest.request({ path: '/' }))).to.be.instanceOf(StatusError).and.include({ statusCode: status });
        expect(requests).to.have.length(1);
      });
    }

    it('errors with a StatusError that is unauthorized for 401', async () => {
      expect(isUnauthorized(await failure(client(() => of(answer(401))).rest.request({ path: '/' })))).to.equal(true);
    });

    it('hands on what a transport died of, and does not try again', async () => {
      const died = new TransportError('ECONNRESET', 'reset', { stage: 'response', outcomeUnknown: true });
      const { rest, requests } = client(() => throwError(() => died));
      expect(await failure(rest.request({ path: '/', method: 'POST' }))).to.equal(died);
      expect(requests).to.have.length(1);
    });

    it('sends what is asked for, with the timeout of the client or its own', async () => {
      const { rest, requests } = client(() => of(ok));
      await firstValueFrom(rest.request({ path: '/a', method: 'PUT', body: 'x', headers: { a: 'b' }, gzip: true, maxBytes: 5 }));
      await firstValueFrom(rest.request({ path: '/b', timeout: 700 }));
      expect(requests[0]).to.deep.include({ path: '/a', method: 'PUT', body: 'x', headers: { a: 'b' }, gzip: true, maxBytes: 5 });
      expect(requests[0]?.timeout).to.be.within(9_900, 10_000);
      expect(requests[1]?.timeout).to.be.within(600, 700);
    });

    it('sends nothing before it is subscribed, and once for each subscription', async () => {
      const { rest, requests } = client(() => of(ok));
      const work = rest.request({ path: '/' });
      expect(requests).to.have.length(0);
      await firstValueFrom(work);
      await firstValueFrom(work);
      expect(requests).to.have.length(2);
    });
  });

  describe('429', () => {
    const runs = (script: Script, random = () => 0, timeout?: number) => {
      let result: { readonly at: number; readonly emitted?: unknown; readonly error?: unknown } | undefined;
      let sent: readonly TransportRequest[] = [];
      marbles(({ flush }) => {
        const { rest, requests } = client(script, { random });
        sent = requests;
        rest.request({ path: '/', ...(timeout === undefined ? {} : { timeout }) }).subscribe({
          next: (emitted) => { result = { at: asyncScheduler.now(), emitted }; },
          error: (error: unknown) => { result = { at: asyncScheduler.now(), error }; },
        });
        flush();
      })();
      return { ...result, sent };
    };

    it('is tried again after its Retry-After, with what is left of the timeout', () => {
      const { at, emitted, sent } = runs((_request, count) => of(count < 3 ? throttled(2) : ok));
      expect({ at, emitted }).to.deep.equal({ at: 4_000, emitted: ok });
      expect(sent.map(({ timeout }) => timeout)).to.deep.equal([10_000, 8_000, 6_000]);
    });

    it('is spread, so that those who were sent away together do not come back together', () => {
      expect(runs((_request, count) => of(count < 2 ? throttled(2) : ok), () => 0.5)).to.include({ at: 2_100 });
    });

    it('is told when there is no time left to wait', () => {
      const { at, error, sent } = runs(() => of(throttled(4)));
      expect(error).to.be.instanceOf(StatusError).and.include({ statusCode: 429, retryAfter: 4_000 });
      expect({ at, requests: sent.length }).to.deep.equal({ at: 8_000, requests: 3 });
    });

    it('is told at once where the wait would be longer than the timeout', () => {
      expect(runs(() => of(throttled(30)))).to.include({ at: 0 });
      expect(runs(() => of(throttled(1)), () => 0, 900)).to.include({ at: 0 });
    });

    it('is told at once where it does not say when to come back', () => {
      expect(runs(() => of(throttled()))).to.include({ at: 0 });
    });

    it('is told at once where it is not to be obliged', async () => {
      const { rest, requests } = client(() => of(throttled(1)));
      expect(await failure(rest.request({ path: '/', obliging: false }))).to.include({ statusCode: 429, retryAfter: 1_000 });
      expect(requests).to.have.length(1);
      expect(requests[0]).to.have.all.keys('path', 'timeout');
    });

    it('waits no more when it is unsubscribed', marbles(({ flush }) => {
      const { rest, requests } = client(() => of(throttled(2)));
      const running = rest.request({ path: '/' }).subscribe();
      running.unsubscribe();
      flush();
      expect(requests).to.have.length(1);
    }));
  });

  describe('the token bucket', () => {
    it('is waited for before a request, a watch and a list in items, and the wait is not part of the timeout', marbles(({ flush }) => {
      const { rest, requests } = client(() => of(ok), { limiter: tokenBucket({ qps: 1, burst: 1 }) });
      const times: number[] = [];
      for (let count = 0; count < 3; count += 1) rest.request({ path: '/', timeout: 500 }).subscribe(() => times.push(asyncScheduler.now()));
      rest.lines({ path: '/watch' }).subscribe();
      rest.items({ path: '/items' }).subscribe();
      asyncScheduler.schedule(() => { expect(requests).to.have.length(3); }, 2_500);
      asyncScheduler.schedule(() => { expect(requests).to.have.length(4); }, 3_500);
      asyncScheduler.schedule(() => { expect(requests).to.have.length(5); }, 4_500);
      flush();
      expect(times).to.deep.equal([0, 1_000, 2_000]);
      expect(requests.slice(0, 3).map(({ timeout }) => timeout)).to.deep.equal([500, 500, 500]);
    }));

    it('is not asked for what is not limited', async () => {
      const limiter: RateLimiter = { acquire: () => NEVER, waiting: 0 };
      expect(await firstValueFrom(client(() => of(ok), { limiter }).rest.request({ path: '/', limited: false }))).to.equal(ok);
    });
  });

  describe('resource', () => {
    it('tells how a kind is served', async () => {
      const { rest, requests } = client(() => of(answer(200, CORE)));
      expect(await firstValueFrom(rest.resource(POD))).to.deep.equal({ basePath: '/api/v1', plural: 'pods', kind: 'Pod', namespaced: true, hasStatus: true });
      expect(await firstValueFrom(rest.resource(NODE))).to.deep.equal({ basePath: '/api/v1', plural: 'nodes', kind: 'Node', namespaced: false, hasStatus: false });
      expect(requests.map(({ path }) => path)).to.deep.equal(['/api/v1']);
    });

    it('asks once for all who ask at the same time', async () => {
      const answers = new Subject<TransportResponse>();
      const { rest, requests } = client(() => answers);
      const both = Promise.all([firstValueFrom(rest.resource(POD)), firstValueFrom(rest.resource(NODE))]);
      answers.next(answer(200, CORE));
      answers.complete();
      expect((await both).map(({ plural }) => plural)).to.deep.equal(['pods', 'nodes']);
      expect(requests).to.have.length(1);
    });

    it('goes on for the others when one who asked gives up, and is taken back with the last', async () => {
      let unsubscribed = 0;
      const { rest, requests } = client(() => new Observable(() => () => { unsubscribed += 1; }));
      const [one, two] = [rest.resource(POD).subscribe(), rest.resource(POD).subscribe()];
      one.unsubscribe();
      expect(unsubscribed).to.equal(0);
      two.unsubscribe();
      expect(unsubscribed).to.equal(1);
      rest.resource(POD).subscribe().unsubscribe();
      expect(requests).to.have.length(2);
    });

    it('does not remember a failure', async () => {
      const { rest, requests } = client((_request, count) => of(count === 1 ? answer(404) : answer(200, CORE)));
      expect(isNotFound(await failure(rest.resource(POD)))).to.equal(true);
      expect((await firstValueFrom(rest.resource(POD))).plural).to.equal('pods');
      expect(requests).to.have.length(2);
    });

    it('is a 404 for a kind that is not served, by the name of the kind', async () => {
      const error = await failure(client(() => of(answer(200, CORE))).rest.resource(UNKNOWN));
      expect(isNotFound(error) && !isGone(error)).to.equal(true);
      expect((error as Error).message).to.equal('no matches for kind "Unknown" in version "v1"');
    });

    it('fails with a TransportError for an answer that is none, and asks again', async () => {
      const { rest } = client((_request, count) => of(count === 1 ? answer(200, '<html>') : answer(200, CORE)));
      expect(await failure(rest.resource(POD))).to.be.instanceOf(TransportError).and.include({ code: 'GARBAGE' });
      expect((await firstValueFrom(rest.resource(POD))).plural).to.equal('pods');
    });

    it('asks again after it was told to forget', async () => {
      const { rest, requests } = client(() => of(answer(200, CORE)).pipe(delay(0)));
      await firstValueFrom(rest.resource(POD));
      rest.forget(NODE);
      await firstValueFrom(rest.resource(POD));
      expect(requests).to.have.length(2);
    });
  });
});
