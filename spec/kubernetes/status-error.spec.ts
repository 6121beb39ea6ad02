import { expect } from 'chai';
import { TransportError, UnauthorizedError } from '../../lib/model/errors.ts';
import * as statusErrors from '../../lib/kubernetes/status-error.ts';
import { StatusError, statusErrorOf } from '../../lib/kubernetes/status-error.ts';

const { StatusError: _class, statusErrorOf: _reader, ...predicates } = statusErrors;
const said = (fields: object) => JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', ...fields });
const answer = (status: number, body: string, headers: Record<string, string> = {}) => statusErrorOf({ status, headers, body }, () => Date.UTC(2026, 0, 1));
const fitting = (error: unknown) => Object.entries(predicates).filter(([, holds]) => holds(error)).map(([name]) => name);

describe('statusErrorOf', () => {
  it('is the Status of the API server, with its reason as the code', () => {
    const error = answer(404, said({ code: 404, reason: 'NotFound', message: 'pods "a" not found', details: { name: 'a', kind: 'pods' } }));
    expect(error).to.be.instanceOf(StatusError).and.include({ name: 'StatusError', code: 'NotFound', statusCode: 404, message: 'pods "a" not found' });
    expect(error.status.details).to.deep.equal({ name: 'a', kind: 'pods' });
  });

  it('believes the HTTP status more than the one in the body', () => {
    expect(answer(503, said({ code: 200 })).statusCode).to.equal(503);
  });

  const rows: [title: string, error: StatusError, message: string | RegExp][] = [
    ['a proxy that says a sentence', answer(502, 'no healthy upstream\n'), /502.*: no healthy upstream$/],
    ['a page of HTML', answer(503, '<html><body>Down</body></html>'), 'the server is currently unable to handle the request'],
    ['an empty answer', answer(500, ''), 'an error on the server has prevented the request from succeeding'],
    ['JSON that is no Status', answer(403, '{"error":"token abc"}'), 'the server refused the request: forbidden'],
    ['a list that is no Status', answer(400, '[]'), 'the server rejected our request for an unknown reason: []'],
    ['null', answer(401, 'null'), /^the server has asked for the client to provide credentials/],
    ['a Status without a message', answer(409, said({ reason: 'Conflict' })), 'the server reported a conflict'],
    ['a message that is no text', answer(409, said({ message: { a: 1 } })), 'the server reported a conflict'],
    ['text with escapes for a terminal', answer(500, 'a\u001b[2Jb'), 'an error on the server has prevented the request from succeeding'],
    ['a message with escapes, line breaks and reversed text', answer(500, said({ message: 'one\r\n\u001b[2Jtwo\u202e\u2028three\u0000' })), 'one [2Jtwo three'],
    ['a redirect', answer(302, 'Found'), 'the server answered with a redirect (302), and redirects are not followed'],
    ['a status that nobody knows', answer(418, ''), 'the server answered with status 418'],
  ];
  for (const [title, error, message] of rows) {
    it(`of ${title}`, () => {
      expect(error.message).to.match(typeof message === 'string' ? new RegExp(`^${message.replace(/[[\]()]/g, '\\$&')}$`) : message);
    });
  }

  it('never repeats a whole page', () => {
    expect(answer(500, 'x'.repeat(100_000)).message.length).to.be.below(300);
    expect(answer(500, said({ message: 'x'.repeat(100_000) })).message.length).to.be.below(2_100);
    expect(JSON.stringify(answer(500, said({ message: 'x'.repeat(1_000_000) }))).length).to.be.below(1_000);
  });

  it('takes no code from a server that is none', () => {
    for (const reason of ['', 'a b', 'x'.repeat(100), '\u001b[2J', '__proto__', 7, null, { toString: 1 }]) expect(answer(500, said({ reason })).code, JSON.stringify(reason)).to.equal('HTTP_500');
  });

  const waits: [string, Record<string, string>, object, number | undefined][] = [
    ['seconds', { 'retry-after': '7' }, {}, 7_000],
    ['an HTTP date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, {}, 30_000],
    ['a date that is past', { 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, {}, 0],
    ['the Status, where there is no header', {}, { retryAfterSeconds: 3 }, 3_000],
    ['the header, where there are both', { 'retry-after': '1' }, { retryAfterSeconds: 3 }, 1_000],
    ['nothing that is neither', { 'retry-after': 'soon' }, { retryAfterSeconds: '3' }, undefined],
  ];
  for (const [title, headers, details, expected] of waits) {
    it(`knows when to come back from ${title}`, () => {
      expect(answer(429, said({ details }), headers).retryAfter).to.equal(expected);
    });
  }
});

describe('predicates of errors', () => {
  const rows: [string, unknown, string[]][] = [
    ['401', answer(401, ''), ['isUnauthorized']],
    ['403', answer(403, ''), ['isForbidden']],
    ['404', answer(404, ''), ['isNotFound']],
    ['409 by another writer', answer(409, said({ reason: 'Conflict' })), ['isConflict']],
    ['409 for a name that is taken', answer(409, said({ reason: 'AlreadyExists' })), ['isAlreadyExists']],
    ['410', answer(410, said({ reason: 'Expired' })), ['isGone']],
    ['an ERROR event that expired', new StatusError({ reason: 'Expired', code: 410 }), ['isGone']],
    ['422', answer(422, said({ reason: 'Invalid' })), ['isInvalid']],
    ['429', answer(429, ''), ['isTooManyRequests']],
    ['500', answer(500, ''), ['isServerError']],
    ['504', answer(504, ''), ['isServerError', 'isTimeout']],
    ['a plain Error', new Error('404'), []],
    ['something that looks like one', { statusCode: 404, status: { reason: 'NotFound' } }, []],
    ['an answer that never came', new TransportError('CLOSED', 'closed', { stage: 'request' }), []],
    ['a refusal of credentials by a probe', new UnauthorizedError(), []],
    ['nothing', undefined, []],
  ];
  for (const [title, error, expected] of rows) {
    it(`${expected.join(' and ') || 'none'} for ${title}`, () => { expect(fitting(error)).to.have.members(expected); });
  }
});
