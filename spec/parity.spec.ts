import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, filesIn } from './gates/source-files.ts';

/** The tests of Cluster API's package and of what it uses; docs/parity.md has a section for each. */
const GO_TESTS = [
  'TestConnect', 'TestDisconnect', 'TestHealthCheck', 'TestWatch', 'TestConnectWithDefaultTransform',
  'TestRunningOnWorkloadCluster',
  'TestReconcile', 'TestShouldRequeue', 'TestMinDurationOrDefault', 'TestBuildClusterAccessorConfigDefaultTransform',
  'TestSendEventsToClusterSources', 'TestShouldSentEvent', 'TestClusterCacheConcurrency', 'suite',
  'util/kubeconfig', 'util/secret', 'predicates', 'setRemoteConnectionProbeCondition', 'util/controller', 'TestGetWorkloadCluster',
] as const;

interface Row {
  readonly section: string;
  readonly fact: string;
  /** Titles of our specs, each as `describe › it` or `it` alone. */
  readonly titles: readonly string[];
  readonly later: boolean;
}

const PATH = 'docs/parity.md';
const LATER = /^later\b/;

describe('docs/parity.md', () => {
  const text = existsSync(join(ROOT, PATH)) ? readFileSync(join(ROOT, PATH), 'utf8') : '';
  const rows = rowsOf(text);
  const known = filesIn('spec', '.ts').flatMap(({ code }) => titlesOf(code));

  it('has a section for every Go test, and no other', () => {
    expect([...new Set(rows.map(({ section }) => section))]).to.have.members([...GO_TESTS]);
  });

  it('gives every row the titles of our specs, or says that it comes later', () => {
    expect(rows.filter(({ titles, later }) => later === (titles.length > 0)).map(({ section, fact }) => `${section}: ${fact}`)).to.deep.equal([]);
  });

  it('names titles that exist', () => {
    const missing = rows.flatMap(({ titles }) => titles).flatMap((title) => title.split(' › ')).filter((part) => !known.some((pattern) => pattern.test(part)));
    expect(missing).to.deep.equal([]);
  });

  it('finds a title that is spelled out, and one that a table fills in', () => {
    const patterns = titlesOf("describe('a', () => { it(`waits ${n} ms`, () => {}); it(\"it's b\", () => {}); });");
    const finds = (title: string) => patterns.some((pattern) => pattern.test(title));
    expect([finds('a'), finds('waits 30 ms'), finds("it's b"), finds('c'), finds('a b')]).to.deep.equal([true, true, true, false, false]);
  });
});

/** The rows of the tables: what the Go test asserts | our specs, titles in backticks. */
function rowsOf(text: string): readonly Row[] {
  let section = '';
  return text.split('\n').flatMap((line) => {
    section = /^### `(.+?)`/.exec(line)?.[1] ?? section;
    const [, fact, ours] = /^\| (.+?) \| (.+?) \|$/.exec(line) ?? [];
    if (fact === undefined || ours === undefined || section === '' || /^(-+|:?-+:?|Go)$/.test(fact.trim())) return [];
    return [{ section, fact, titles: [...ours.matchAll(/`([^`]+)`/g)].map(([, title = '']) => title), later: LATER.test(ours) }];
  });
}

/** One pattern for each title of a describe or an it: what a table fills in may be anything. */
function titlesOf(code: string): readonly RegExp[] {
  const TITLE = /\b(?:describe|it)(?:\.only|\.skip)?\(\s*('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`)/g;
  return [...code.matchAll(TITLE)].map(([, literal = '']) => {
    const title = literal.slice(1, -1).replace(/\\(.)/g, '$1');
    const parts = literal.startsWith('`') ? title.split(/\$\{[^}]*\}/) : [title];
    return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`);
  });
}
