import { expect } from 'chai';
import { NEVER, type Observable, concat, defer, from, map, merge, mergeMap, of, timer } from 'rxjs';
import { ClusterCacheError, TransportError, UnauthorizedError } from '../../lib/model/errors.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { KnownObjects } from '../../lib/informer/known-objects.ts';
import { ReflectorPosition } from '../../lib/informer/reflector-position.ts';
import type { Rejected } from '../../lib/informer/reflector.ts';
import { type Script, changes, endsAfter, failsAfter, listOf, reflectScript, thing } from './scripted-lister-watcher.ts';
import { statusError } from './status-errors.ts';

const refused = () => new TransportError('ECONNREFUSED', 'refused', { stage: 'dial' });
/** Emits this long after it was asked, and stays. */
const awake = (after: number): Observable<unknown> => merge(timer(after), NEVER);
const gone = () => statusError(410, 'Expired');

/** The reflector's log of a script is these lines, whose first column is the time in ms. */
const tells = (script: Script | (() => Script), expected: string) => marbles(({ flush }) => {
  const log = reflectScript(typeof script === 'function' ? script() : script);
  flush();
  expect('\n' + log.join('\n')).to.equal('\n' + expected.trim().split('\n').map((line) => {
    const [, time = '', text = ''] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return `${time.padStart(6)} ${text}`;
  }).join('\n'));
});

/** After a list of a@1 at 5, a watch that fails so after 2 s, and one that stays. */
const watchFails = (failure: Observable<never>, until = 3_000): Script => ({ lists: [listOf('a@1', '5')], watches: [failure, NEVER], until });

const STARTED = `
  0 listing initial
  0 > list limit=500
  0 applied ns/a@1 (initial)
  0 synced initial at=5
  0 > watch at=5`;

describe('reflect', () => {
  describe('in fair weather', () => {
    it('tells what is there, that it is in step, and what changes then', tells({
      lists: [listOf('a@1 b@2', '5')],
      watches: [concat(timer(10).pipe(map(() => changes('+c@6')[0]!)), timer(10).pipe(map(() => changes('~a@7')[0]!)), from(changes('-b@8')), NEVER)],
      until: 100,
    }, `
      0 listing initial
      0 > list limit=500
      0 applied ns/a@1 (initial)
      0 applied ns/b@2 (initial)
      0 synced initial at=5
      0 > watch at=5
     10 applied ns/c@6 (watch)
     20 applied ns/a@7 (watch)
     20 deleted ns/b/b (watch) @8
    100 > watch released`));

    it('reads a list page by page and watches from the version of the first', tells({
      lists: [listOf('a@1', '5', 'two'), listOf('b@2', '6', 'three'), listOf('c@3', '7')], options: { pageSize: 1 }, until: 1,
    }, `
      0 listing initial
      0 > list limit=1
      0 applied ns/a@1 (initial)
      0 > list limit=1 continue=two
      0 applied ns/b@2 (initial)
      0 > list limit=1 continue=three
      0 applied ns/c@3 (initial)
      0 synced initial at=5
      0 > watch at=5
      1 > watch released`));

    it('draws the timeout of each watch from 5 to 10 minutes', tells({
      lists: [listOf('', '5')], options: { random: () => 0.999 }, until: 1,
    }, `
      0 listing initial
      0 > list limit=500
      0 synced initial at=5
      0 > watch at=5 for=599
      1 > watch released`));

    it('opens the next watch at once when the server ends one, at the version of its last event or bookmark', tells({
      lists: [listOf('', '5')],
      watches: [concat(of(...changes('+a@6')), endsAfter(300_000)), concat(of(...changes('=20')), endsAfter(300_000)), NEVER],
      until: 600_001,
    }, `
      0 listing initial
      0 > list limit=500
      0 synced initial at=5
      0 > watch at=5
      0 applied ns/a@6 (watch)
 300000 > watch at=6
 300000 progressed to=20
 600000 > watch at=20
 600001 > watch released`));

    it('does not tell a state twice, nor an older one after it', tells({
      lists: [listOf('a@7', '8')],
      watches: [concat(of(...changes('+a@7 ~a@6 ~a@9 ~a@9 ~a@10')), NEVER)],
      until: 1,
    }, `
      0 listing initial
      0 > list limit=500
      0 applied ns/a@7 (initial)
      0 synced initial at=8
      0 > watch at=8
      0 applied ns/a@9 (watch)
      0 applied ns/a@10 (watch)
      1 > watch released`));

    it('tells states whose versions cannot be ordered', tells({
      lists: [listOf('a@x1', '8')], watches: [concat(of(...changes('~a@x1 ~a@x2')), NEVER)], until: 1,
    }, `
      0 listing initial
      0 > list limit=500
      0 applied ns/a@x1 (initial)
      0 synced initial at=8
      0 > watch at=8
      0 progressed to=x1
      0 applied ns/a@x2 (watch)
      1 > watch released`));

    it('tells another object under the same name as a delete and an add', tells({
      lists: [listOf('a@1/old', '5')], watches: [concat(of(...changes('+a@7/new -a@6/old')), NEVER)], until: 1,
    }, `
      0 listing initial
      0 > list limit=500
      0 applied ns/a@1 (initial)
      0 synced initial at=5
      0 > watch at=5
      0 deleted ns/a/old (watch)
      0 applied ns/a@7 (watch)
      1 > watch released`));
  });

  describe('when a watch fails', () => {
    const failures: readonly [title: string, failure: () => unknown, name: string, delay: number][] = [
      ['its connection is reset', () => new TransportError('RESET', 'reset', { stage: 'response' }), 'RESET', 800],
      ['its last line is cut short', () => new TransportError('TRUNCATED', 'truncated', { stage: 'response' }), 'TRUNCATED', 800],
      ['a line of it is garbage', () => new TransportError('GARBAGE', 'garbage', { stage: 'response' }), 'GARBAGE', 800],
      ['the server answers 500', () => statusError(500, 'InternalError'), 'InternalError', 800],
      ['the server answers 503', () => statusError(503, 'ServiceUnavailable'), 'ServiceUnavailable', 800],
      ['the server answers 429', () => statusError(429, 'TooManyRequests'), 'TooManyRequests', 800],
      ['the server answers 403', () => statusError(403, 'Forbidden'), 'Forbidden', 800],
      ['the server answers 401', () => statusError(401, 'Unauthorized'), 'Unauthorized', 800],
      ['the credentials are refused', () => new UnauthorizedError(), 'UNAUTHORIZED', 800],
      ['something is thrown that is no Error', () => 'a string', 'a string', 800],
    ];
    for (const [title, failure, name, delay] of failures) {
      it(`takes it up at the last version after a wait and lists nothing when ${title}`, tells(() => watchFails(failsAfter(2_000, failure())), `${STARTED}
   2000 interrupted watch: ${name}, ${delay}
   ${2_000 + delay} > watch at=5
   3000 > watch released`));
    }

    it('waits for as long as the server asks with Retry-After', tells(() => watchFails(failsAfter(2_000, statusError(429, 'TooManyRequests', 7)), 10_000), `${STARTED}
   2000 interrupted watch: TooManyRequests, 7000
   9000 > watch at=5
  10000 > watch released`));

    it('waits for at most two minutes of a Retry-After', tells(() => watchFails(failsAfter(2_000, statusError(503, 'ServiceUnavailable', 1e9)), 122_001), `${STARTED}
   2000 interrupted watch: ServiceUnavailable, 120000
 122000 > watch at=5
 122001 > watch released`));

    it('gives one that hangs up half a minute after its timeout', tells(watchFails(NEVER, 331_000), `${STARTED}
 330000 > watch released
 330000 interrupted watch: WATCH_HANGS, 800
 330800 > watch at=5
 331000 > watch released`));

    it('goes on at the version of the last event, whatever ended the watch', tells({
      lists: [listOf('a@1', '5')],
      watches: [concat(of(...changes('~a@6 =9 ~a@8')), failsAfter(5_000, new TransportError('RESET', 'reset', { stage: 'response' }))), concat(of(...changes('~a@10')), NEVER)],
      until: 6_000,
    }, `${STARTED}
      0 applied ns/a@6 (watch)
      0 progressed to=9
      0 applied ns/a@8 (watch)
   5000 interrupted watch: RESET, 800
   5800 > watch at=9
   5800 applied ns/a@10 (reconnect)
   6000 > watch released`));

    it('waits ever longer while it goes on failing, and from the beginning after two minutes of health', tells(() => ({
      lists: [listOf('a@1', '5')],
      watches: [0, 0, 0, 120_000, 0].map((after) => failsAfter(after, statusError(500, 'InternalError'))),
      until: 127_000,
    }), `${STARTED}
      0 interrupted watch: InternalError, 800
    800 > watch at=5
    800 interrupted watch: InternalError, 1600
   2400 > watch at=5
   2400 interrupted watch: InternalError, 3200
   5600 > watch at=5
 125600 interrupted watch: InternalError, 800
 126400 > watch at=5
 126400 interrupted watch: InternalError, 1600`));

    it('waits as after a first failure when the watch had news, an event or a bookmark', tells(() => ({
      lists: [listOf('a@1', '5')],
      watches: [failsAfter(0, refused()), failsAfter(0, refused()), concat(of(...changes('~a@6')), failsAfter(0, refused())), concat(of(...changes('=7')), failsAfter(0, refused())), concat(of(...changes('=7 ~a@6')), failsAfter(0, refused()))],
      until: 5_000,
    }), `${STARTED}
      0 interrupted watch: ECONNREFUSED, 800
    800 > watch at=5
    800 interrupted watch: ECONNREFUSED, 1600
   2400 > watch at=5
   2400 applied ns/a@6 (reconnect)
   2400 interrupted watch: ECONNREFUSED, 800
   3200 > watch at=6
   3200 progressed to=7
   3200 interrupted watch: ECONNREFUSED, 800
   4000 > watch at=7
   4000 progressed to=7
   4000 interrupted watch: ECONNREFUSED, 1600`));

    it('counts a watch of two minutes that the server ended as health, too', tells(() => ({
      lists: [listOf('a@1', '5')],
      watches: [failsAfter(0, refused()), endsAfter(120_000), failsAfter(1_000, refused()), NEVER],
      until: 122_601,
    }), `${STARTED}
      0 interrupted watch: ECONNREFUSED, 800
    800 > watch at=5
 120800 > watch at=5
 121800 interrupted watch: ECONNREFUSED, 800
 122600 > watch at=5
 122601 > watch released`));

    it('asks about twice a minute in an hour of refused connections', marbles(({ flush }) => {
      const log = reflectScript({ lists: [listOf('', '5')], watches: [failsAfter(0, new TransportError('ECONNREFUSED', 'refused', { stage: 'dial' }))], until: 3_590_000 });
      flush();
      expect(log.filter((line) => line.includes('> watch at')).length).to.be.within(115, 126);
    }));

    it('takes a watch that ends within a second for a failure, events or not', tells({
      lists: [listOf('a@1', '5')], watches: [endsAfter(999), concat(of(...changes('~a@6')), endsAfter(10)), endsAfter(1_000), NEVER], until: 5_000,
    }, `${STARTED}
    999 interrupted watch: SHORT_WATCH, 800
   1799 > watch at=5
   1799 applied ns/a@6 (reconnect)
   1809 interrupted watch: SHORT_WATCH, 800
   2609 > watch at=6
   3609 > watch at=6
   5000 > watch released`));
  });

  describe('when a wait is cut short', () => {
    it('tries as soon as it is awake', tells(() => ({
      ...watchFails(failsAfter(2_000, statusError(500, 'InternalError', 60)), 0),
      watches: [failsAfter(2_000, refused()), failsAfter(0, refused()), failsAfter(0, refused()), NEVER],
      options: { awake$: awake(1_000) }, until: 6_500,
    }), `${STARTED}
   2000 interrupted watch: ECONNREFUSED, 800
   2800 > watch at=5
   2800 interrupted watch: ECONNREFUSED, 1600
   3800 > watch at=5
   3800 interrupted watch: ECONNREFUSED, 3200
   4800 > watch at=5
   6500 > watch released`));

    it('does not try before the shortest wait, however often it is woken', tells(() => ({
      lists: [listOf('a@1', '5')], watches: [failsAfter(0, refused())], options: { awake$: of(1, 2, 3) }, until: 2_500,
    }), `${STARTED}
      0 interrupted watch: ECONNREFUSED, 800
    800 > watch at=5
    800 interrupted watch: ECONNREFUSED, 1600
   1600 > watch at=5
   1600 interrupted watch: ECONNREFUSED, 3200
   2400 > watch at=5
   2400 interrupted watch: ECONNREFUSED, 6400`));

    it('does not try before a Retry-After is over', tells(() => ({
      ...watchFails(failsAfter(2_000, statusError(429, 'TooManyRequests', 7)), 9_500), options: { awake$: of(1) },
    }), `${STARTED}
   2000 interrupted watch: TooManyRequests, 7000
   9000 > watch at=5
   9500 > watch released`));
  });

  describe('when what it knew has expired', () => {
    it('lists at once and tells the difference', tells(() => ({
      lists: [listOf('a@1 b@2 c@3/old d@4', '5'), listOf('a@1 c@7/new d@8 e@9', '10')],
      watches: [failsAfter(3_000, gone()), NEVER], until: 4_000,
    }), `
      0 listing initial
      0 > list limit=500
      0 applied ns/a@1 (initial)
      0 applied ns/b@2 (initial)
      0 applied ns/c@3 (initial)
      0 applied ns/d@4 (initial)
      0 synced initial at=5
      0 > watch at=5
   3000 interrupted watch: Expired, 0
   3000 listing watchExpired
   3000 > list limit=500
   3000 deleted ns/c/old (relist)
   3000 applied ns/c@7 (relist)
   3000 applied ns/d@8 (relist)
   3000 applied ns/e@9 (relist)
   3000 deleted ns/b/b (relist)
   3000 synced watchExpired at=10
   3000 > watch at=10
   4000 > watch released`));

    it('lists again without a wait only once in two minutes', tells(() => ({
      lists: [listOf('', '5')], watches: [failsAfter(0, gone()), failsAfter(0, gone()), failsAfter(120_000, gone()), NEVER], until: 120_801,
    }), `
      0 listing initial
      0 > list limit=500
      0 synced initial at=5
      0 > watch at=5
      0 interrupted watch: Expired, 0
      0 listing watchExpired
      0 > list limit=500
      0 synced watchExpired at=5
      0 > watch at=5
      0 interrupted watch: Expired, 800
    800 listing watchExpired
    800 > list limit=500
    800 synced watchExpired at=5
    800 > watch at=5
 120800 interrupted watch: Expired, 0
 120800 listing watchExpired
 120800 > list limit=500
 120800 synced watchExpired at=5
 120800 > watch at=5
 120801 > watch released`));

    it('begins a list that is not paged when a continue token has expired, and tells no object twice', tells(() => ({
      lists: [listOf('a@1 b@2', '5', 'two'), failsAfter(0, gone()), listOf('a@1 c@7', '8')], until: 1,
    }), `
      0 listing initial
      0 > list limit=500
      0 applied ns/a@1 (initial)
      0 applied ns/b@2 (initial)
      0 > list limit=500 continue=two
      0 interrupted list: Expired, 0
      0 listing pageExpired
      0 > list
      0 applied ns/c@7 (initial)
      0 deleted ns/b/b (initial)
      0 synced pageExpired at=8
      0 > watch at=8
      1 > watch released`));
  });

  describe('when a list fails', () => {
    it('asks for it again, ever more slowly, until it is in', tells(() => ({
      lists: [failsAfter(0, statusError(403, 'Forbidden')), failsAfter(0, new TransportError('RESET', 'reset', { stage: 'response' })), listOf('a@1', '5')], until: 2_401,
    }), `
      0 listing initial
      0 > list limit=500
      0 interrupted list: Forbidden, 800
    800 listing initial
    800 > list limit=500
    800 interrupted list: RESET, 1600
   2400 listing initial
   2400 > list limit=500
   2400 applied ns/a@1 (initial)
   2400 synced initial at=5
   2400 > watch at=5
   2401 > watch released`));

    it('asks for the page that failed, not for the list', tells(() => ({
      lists: [listOf('a@1', '5', 'two'), failsAfter(0, new TransportError('RESET', 'reset', { stage: 'response' })), listOf('b@2', '5')], until: 801,
    }), `
      0 listing initial
      0 > list limit=500
      0 applied ns/a@1 (initial)
      0 > list limit=500 continue=two
      0 interrupted list: RESET, 800
    800 > list limit=500 continue=two
    800 applied ns/b@2 (initial)
    800 synced initial at=5
    800 > watch at=5
    801 > watch released`));

    it('begins again when a page is refused for good', tells(() => ({
      lists: [listOf('a@1', '5', 'two'), failsAfter(0, statusError(400, 'BadRequest')), listOf('b@2', '6')], until: 801,
    }), `
      0 listing initial
      0 > list limit=500
      0 applied ns/a@1 (initial)
      0 > list limit=500 continue=two
      0 interrupted list: BadRequest, 800
    800 listing pageExpired
    800 > list
    800 applied ns/b@2 (initial)
    800 deleted ns/a/a (initial)
    800 synced pageExpired at=6
    800 > watch at=6
    801 > watch released`));

    it('asks for a first page that was refused for good as it did before', tells(() => ({
      lists: [failsAfter(0, statusError(400, 'BadRequest')), listOf('', '5')], until: 801,
    }), `
      0 listing initial
      0 > list limit=500
      0 interrupted list: BadRequest, 800
    800 listing initial
    800 > list limit=500
    800 synced initial at=5
    800 > watch at=5
    801 > watch released`));

    it('loses nothing of a page that it does not believe', tells(() => ({
      lists: [listOf('a@1', '5', 'two'), listOf('a@3', '5', 'three'), listOf('a@3', '5')], until: 801,
    }), `
      0 listing initial
      0 > list limit=500
      0 applied ns/a@1 (initial)
      0 > list limit=500 continue=two
      0 applied ns/a@3 (initial)
      0 interrupted list: ENDLESS_LIST, 800
    800 listing pageExpired
    800 > list
    800 synced pageExpired at=5
    800 > watch at=5
    801 > watch released`));

    it('does not follow a list that promises more and brings nothing new', tells(() => ({
      lists: [listOf('a@1', '5', 'two'), listOf('a@1', '5', 'three'), listOf('a@1', '5')], until: 801,
    }), `
      0 listing initial
      0 > list limit=500
      0 applied ns/a@1 (initial)
      0 > list limit=500 continue=two
      0 interrupted list: ENDLESS_LIST, 800
    800 listing pageExpired
    800 > list
    800 synced pageExpired at=5
    800 > watch at=5
    801 > watch released`));

    it('says that the resource has vanished when the server knows no such path, and begins again with a list', tells(() => ({
      lists: [listOf('a@1', '5'), failsAfter(0, statusError(404, 'NotFound')), listOf('a@1', '5')], watches: [failsAfter(2_000, statusError(404, 'NotFound')), NEVER], until: 4_401,
    }), `${STARTED}
   2000 vanished: NotFound, 800
   2800 listing vanished
   2800 > list limit=500
   2800 vanished: NotFound, 1600
   4400 listing vanished
   4400 > list limit=500
   4400 synced vanished at=5
   4400 > watch at=5
   4401 > watch released`));

    it('survives a list that ends without an answer and one that throws', tells(() => ({
      lists: [endsAfter(0), defer(() => { throw new Error('boom'); }), listOf('', '5')], until: 2_401,
    }), `
      0 listing initial
      0 > list limit=500
      0 interrupted list: EMPTY_LIST, 800
    800 listing initial
    800 > list limit=500
    800 interrupted list: boom, 1600
   2400 listing initial
   2400 > list limit=500
   2400 synced initial at=5
   2400 > watch at=5
   2401 > watch released`));
  });

  describe('when it catches up', () => {
    const reset = (after: number) => failsAfter(after, new TransportError('RESET', 'reset', { stage: 'response' }));
    const at = (delay: number, text: string) => timer(delay).pipe(mergeMap(() => changes(text)));

    it('tells what happened meanwhile as that, and what comes half a second after the rest as happening', tells(() => ({
      lists: [listOf('a@1', '5')], watches: [reset(2_000), concat(of(...changes('^')), at(400, '+b@6'), at(500, '+c@7'), at(501, '+d@8'), at(1, '+e@9'), NEVER)], until: 5_000,
    }), `${STARTED}
   2000 interrupted watch: RESET, 800
   2800 > watch at=5
   2800 watching at=5
   3200 applied ns/b@6 (reconnect)
   3700 applied ns/c@7 (reconnect)
   4201 applied ns/d@8 (watch)
   4202 applied ns/e@9 (watch)
   5000 > watch released`));

    it('has caught up where a bookmark says so', tells(() => ({
      lists: [listOf('a@1', '5')], watches: [reset(2_000), concat(of(...changes('^ -a@6 =7 +b@8')), NEVER)], until: 3_000,
    }), `${STARTED}
   2000 interrupted watch: RESET, 800
   2800 > watch at=5
   2800 watching at=5
   2800 deleted ns/a/a (reconnect) @6
   2800 progressed to=7
   2800 applied ns/b@8 (watch)
   3000 > watch released`));

    it('is behind from the beginning of a silence, however long the answer takes', tells(() => ({
      lists: [listOf('a@1', '5')], watches: [reset(2_000), concat(at(3_000, '^ ~a@6'), NEVER)], until: 6_000,
    }), `${STARTED}
   2000 interrupted watch: RESET, 800
   2800 > watch at=5
   5800 watching at=5
   5800 applied ns/a@6 (reconnect)
   6000 > watch released`));

    it('misses nothing between a watch that the server ended in time and the next', tells({
      lists: [listOf('a@1', '5')], watches: [endsAfter(300_000), concat(of(...changes('^ ~a@6')), NEVER)], until: 300_001,
    }, `${STARTED}
 300000 > watch at=5
 300000 watching at=5
 300000 applied ns/a@6 (watch)
 300001 > watch released`));
  });

  describe('when somebody tries to reach the server', () => {
    it('does not ask before it can be reached, and then at once where the watch had been up', tells(() => ({
      ...watchFails(failsAfter(2_000, refused()), 15_000), options: { revived$: awake(10_000) },
    }), `${STARTED}
   2000 interrupted watch: ECONNREFUSED, Infinity
  12000 > watch at=5
  15000 > watch released`));

    it('does not ask in a loop where the server can be reached and fails all the same', tells(() => ({
      lists: [listOf('a@1', '5')], watches: [failsAfter(2_000, refused()), failsAfter(0, refused()), failsAfter(0, refused()), NEVER],
      options: { revived$: defer(() => of(1)) }, until: 7_000,
    }), `${STARTED}
   2000 interrupted watch: ECONNREFUSED, Infinity
   2000 > watch at=5
   2000 interrupted watch: ECONNREFUSED, Infinity
   3600 > watch at=5
   3600 interrupted watch: ECONNREFUSED, Infinity
   6800 > watch at=5
   7000 > watch released`));

    it('waits by itself for a server that answered', tells(() => ({
      ...watchFails(failsAfter(2_000, statusError(500, 'InternalError')), 2_900), options: { revived$: of(1) },
    }), `${STARTED}
   2000 interrupted watch: InternalError, 800
   2800 > watch at=5
   2900 > watch released`));
  });

  describe('when an object is too large', () => {
    const tooLarge = (name?: string): Rejected => ({
      type: 'REJECTED', error: new ClusterCacheError('OBJECT_TOO_LARGE', 'too large'), ...(name === undefined ? {} : { key: { namespace: 'ns', name } }),
    });

    it('says so, tells what was known of it as deleted, and goes on', tells({
      lists: [listOf('a@1 b@2', '5')], watches: [concat(of(...[tooLarge('a'), tooLarge(), ...changes('~b@8')]), NEVER)], until: 1,
    }, `
      0 listing initial
      0 > list limit=500
      0 applied ns/a@1 (initial)
      0 applied ns/b@2 (initial)
      0 synced initial at=5
      0 > watch at=5
      0 deleted ns/a/a (watch)
      0 rejected: OBJECT_TOO_LARGE
      0 rejected: OBJECT_TOO_LARGE
      0 applied ns/b@8 (watch)
      1 > watch released`));

    it('takes it as known again when it has become small enough', tells({
      lists: [listOf('a@1', '5')], watches: [concat(of(...[tooLarge('a'), ...changes('~a@8')]), NEVER)], until: 1,
    }, `${STARTED}
      0 deleted ns/a/a (watch)
      0 rejected: OBJECT_TOO_LARGE
      0 applied ns/a@8 (watch)
      1 > watch released`));
  });

  it('begins with its watch where it goes on from a position, and is behind until it has caught up', () => {
    const known = new KnownObjects();
    known.apply(thing('a@1'), 'initial');
    const position = new ReflectorPosition();
    position.watchFrom('5');
    position.synced = true;
    return tells({ lists: [], watches: [concat(of(...changes('^ +a@1 +b@6')), NEVER)], known, options: { position }, until: 1 }, `
      0 > watch at=5
      0 watching at=5
      0 applied ns/b@6 (reconnect)
      1 > watch released`)();
  });

  it('goes on from where another reflector was, by another version of the API: the gone are deleted, the others applied', () => {
    const known = new KnownObjects();
    known.begin();
    for (const object of ['a@1', 'b@2/old', 'c@3']) known.apply(thing(object), 'initial');
    known.reinterpret();
    return tells({ lists: [listOf('a@1 b@2/new', '5')], known, until: 1 }, `
      0 listing initial
      0 > list limit=500
      0 applied ns/a@1 (initial)
      0 deleted ns/b/old (initial)
      0 applied ns/b@2 (initial)
      0 deleted ns/c/c (initial)
      0 synced initial at=5
      0 > watch at=5
      1 > watch released`)();
  });

  it('releases a list that is under way when it is unsubscribed, and asks for nothing after it', marbles(({ cold, expectSubscriptions, flush }) => {
    const page$ = cold<never>('-');
    const log = reflectScript({ lists: [page$], until: 50 });
    expectSubscriptions(page$.subscriptions).toBe('^ 49ms !');
    flush();
    expect(log).to.have.length(2);
  }));

  it('holds no timer after it is unsubscribed during a wait', marbles(({ flush }) => {
    const log = reflectScript({ lists: [failsAfter(0, statusError(500, 'InternalError'))], until: 1_000 });
    flush();
    expect(log.filter((line) => line.includes('> list'))).to.have.length(2);
  }));
});
