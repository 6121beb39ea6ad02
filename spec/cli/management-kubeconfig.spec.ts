import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../lib/cli/failure.ts';
import { managementKubeconfig } from '../../lib/cli/management-kubeconfig.ts';

const document = (name: string, current = name) => JSON.stringify({
  apiVersion: 'v1', kind: 'Config', 'current-context': current,
  clusters: [{ name, cluster: { server: `https://${name}.example` } }, { name: 'shared', cluster: { server: `https://shared-of-${name}.example` } }],
  users: [{ name, user: { token: 'a-token-of-mine' } }],
  contexts: [{ name, context: { cluster: name, user: name } }, { name: `${name}-shared`, context: { cluster: 'shared', user: name } }],
});

describe('managementKubeconfig', () => {
  let folder = '';
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  before(() => { folder = mkdtempSync(join(tmpdir(), 'clustercache-cli-')); });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('takes the file that is named, and its current context', () => {
    const config = managementKubeconfig({ kubeconfig: file('a', document('one')) }, { KUBECONFIG: '/nowhere' });
    expect(config.getCurrentCluster()?.server).to.equal('https://one.example');
  });

  it('takes the context that is named', () => {
    const config = managementKubeconfig({ kubeconfig: file('a', document('one')), context: 'one-shared' }, {});
    expect(config.getCurrentCluster()?.server).to.equal('https://shared-of-one.example');
  });

  it('merges the files of $KUBECONFIG as kubectl does: the first that says something wins, and one that is missing is left out', () => {
    const config = managementKubeconfig({}, { KUBECONFIG: [file('a', document('one')), join(folder, 'missing'), file('b', document('two'))].join(':') });
    expect(config.getCurrentContext()).to.equal('one');
    expect(config.getCluster('shared')?.server).to.equal('https://shared-of-one.example');
    expect(config.getCluster('two')?.server).to.equal('https://two.example');
  });

  for (const [what, text, context, message] of [
    ['a context that is not there', document('one'), 'two', 'expected one of the contexts one, one-shared; got two'],
    ['no current context', document('one', ''), undefined, 'the kubeconfig has no current context; name one with --context'],
    ['a current context that is not there', document('one', 'gone'), undefined, 'the kubeconfig has no current context; name one with --context'],
    ['what is no YAML', 'users: [ token: a-token-of-mine', undefined, 'is not a kubeconfig: expected YAML or JSON with clusters, users and contexts'],
    ['another document', '"a-token-of-mine"', undefined, 'kubeconfig'],
    ['an empty file', '', undefined, 'kubeconfig'],
  ] as const) {
    it(`says in one line what is wrong with ${what}, without quoting it`, () => {
      const read = () => managementKubeconfig({ kubeconfig: file('c', text), ...context === undefined ? {} : { context } }, {});
      expect(read).to.throw(Failure, message).with.property('message').that.does.not.match(/a-token-of-mine|\n/);
    });
  }

  it('says which file cannot be read', () => {
    expect(() => managementKubeconfig({ kubeconfig: join(folder, 'missing') }, {})).to.throw(Failure, /^cannot read the kubeconfig .*missing: ENOENT$/);
  });
});
