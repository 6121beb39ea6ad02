import { expect } from 'chai';
import { StatusError } from '../../lib/index.ts';
import type { RecordedRequest } from '../../lib/testing/index.ts';
import { Coverage } from './coverage.ts';
import { ListLedger } from './list-ledger.ts';

const NODES = { cluster: 'default/one', kind: 'Node' };
const LIST = '/api/v1/nodes?limit=500';

describe('the books of the lists', () => {
  let ledger: ListLedger;
  beforeEach(() => { ledger = new ListLedger(new Coverage(), () => {}, () => 1); });

  const lists = (cause = 'initial') => {
    ledger.debug({ ...NODES, cause }, 'listing');
    ledger.debug({ ...NODES, cause }, 'synced');
  };
  const sees = (path = LIST, status = 200) => {
    const record: RecordedRequest = { method: 'GET', path, verb: path.includes('watch') ? 'watch' : 'list', resource: 'nodes', headers: {}, protocol: 'http/1.1', connection: 1, at: new Date(0), status };
    ledger.saw(record, 0n);
  };
  const isSentAgain = (path: string) => ledger.debug({ cluster: NODES.cluster, method: 'GET', path }, 'a request is sent again');
  const problems = (counted: number) => {
    ledger.close(new Map([['Node initial', counted]]), true);
    return ledger.problems;
  };

  it('are in order where a server sees each list once', () => {
    sees();
    lists();
    expect(problems(1)).to.deep.equal([]);
  });

  it('take a list that went out again for no other one, whether or not it was answered', () => {
    sees();
    isSentAgain(LIST);
    sees();
    lists();
    expect(problems(1)).to.deep.equal([]);
  });

  it('find each one more than that', () => {
    for (let i = 0; i < 3; i += 1) sees();
    isSentAgain(LIST);
    lists();
    expect(problems(1)).to.deep.equal(['the servers saw 3 lists of Node, 1 are in the metric, and 1 were sent twice']);
  });

  for (const [what, path] of [['a watch', '/api/v1/nodes?watch=true&resourceVersion=1'], ['a later page', `${LIST}&continue=x`], ['one object', '/api/v1/nodes/a'], ['another kind', '/api/v1/pods']] as const) {
    it(`take ${what} that went out again for no list`, () => {
      sees();
      sees();
      isSentAgain(path);
      lists();
      expect(problems(1)).to.have.length(1);
    });
  }

  it('want a reason for each list after the first', () => {
    lists();
    ledger.debug({ ...NODES, during: 'watch', err: new StatusError({ code: 410, reason: 'Expired', message: 'too old' }) }, 'reading was interrupted');
    lists('watchExpired');
    expect(ledger.problems).to.deep.equal([]);
    lists('watchExpired');
    expect(ledger.problems).to.deep.equal(['default/one Node is listed for no reason (watchExpired)']);
  });
});
