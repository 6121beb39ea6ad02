import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './gates/source-files.ts';

/** The tests of Cluster API's package and of what it uses; docs/parity.md has a section for each. */
const GO_TESTS = [
  'TestConnect', 'TestDisconnect', 'TestHealthCheck', 'TestWatch', 'TestConnectWithDefaultTransform',
  'TestRunningOnWorkloadCluster',
  'TestReconcile', 'TestShouldRequeue', 'TestMinDurationOrDefault', 'TestBuildClusterAccessorConfigDefaultTransform',
  'TestSendEventsToClusterSources', 'TestShouldSentEvent', 'TestClusterCacheConcurrency', 'suite',
  'util/kubeconfig', 'util/secret', 'predicates', 'setRemoteConnectionProbeCondition', 'util/controller', 'TestGetWorkloadCluster',
] as const;

/** What the package does. */
const BEHAVIOUR = [
  'Constants and options', 'State', 'One cluster, time and again', 'Connecting', 'Probing', 'Disconnecting', 'Events', 'Timelines', 'Who is told, and when',
  'Clients and reads', 'Watches', 'Deletion and shutdown', 'Metrics', 'Consumers',
] as const;

/** How many there are: what the package can do, and what changed from v1.9.0-beta.0 to the head. */
const FEATURES = 67;
const DIFFERENCES = 17;

interface Row {
  /** The headings that it is below: `## ` and `### `. */
  readonly part: string;
  readonly section: string;
  /** But for the last one. */
  readonly cells: readonly string[];
  /** Of the last cell: what is here, in words. */
  readonly words: string;
  /** And the titles of our specs that would fail if it were not so, each as `describe › it` or alone. */
  readonly titles: readonly string[];
}

const PATH = 'docs/parity.md';
const NOT_HERE = /^not here: \S/;

describe('docs/parity.md', function () {
  this.timeout(60_000);
  const text = existsSync(join(ROOT, PATH)) ? readFileSync(join(ROOT, PATH), 'utf8') : '';
  const rows = rowsOf(text);
  const numbersOf = (wanted: string): readonly string[] => rows.filter(({ part }) => part === wanted).map(({ cells: [number = ''] }) => number);
  const sections = (wanted: (row: Row) => boolean): readonly string[] => [...new Set(rows.filter(wanted).map(({ section }) => section))];

  it('has a section for every Go test, and no other', () => {
    expect(sections(({ section }) => section.startsWith('`'))).to.have.members(GO_TESTS.map((name) => `\`${name}\``));
  });

  it('has a section for every part of the behaviour, and no other', () => {
    expect(sections(({ part }) => part === 'Behaviour')).to.deep.equal(BEHAVIOUR);
  });

  it('has every feature, and every difference of the head, once', () => {
    const upTo = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));
    expect(numbersOf('Features')).to.deep.equal(upTo(FEATURES));
    expect(numbersOf('From v1.9.0-beta.0 to the head')).to.deep.equal(upTo(DIFFERENCES));
  });

  it('gives every row the titles of our specs, or says why it is not here', () => {
    expect(rows.filter(({ titles, words }) => titles.length === 0 && !NOT_HERE.test(words)).map(({ section, part, cells }) => `${section || part}: ${cells.join(' ')}`)).to.deep.equal([]);
  });

  it('names titles that exist', () => {
    // The soak and the many programs are run apart from the others.
    const mocha = [join(ROOT, 'node_modules/mocha/bin/mocha.js'), '--dry-run', '--no-color', '--reporter', 'spec', 'spec/soak/minute.ts', 'spec/model-based/many.ts'];
    const { stdout, stderr, status } = spawnSync(process.execPath, mocha, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
    expect(status, stderr).to.equal(0);
    const paths = titlePaths(stdout);
    const wanted = new Set(rows.flatMap(({ titles }) => titles));
    expect([...wanted].filter((title) => !paths.some((path) => isOf(path, title.split(' › '))))).to.deep.equal([]);
  });

  it('finds a title by itself, and below its describes', () => {
    const paths = titlePaths(['', '  a', '    ✔ it', '    b', '      ✔ is so', '', '  c', '    ✔ is not', ''].join('\n'));
    expect(paths).to.deep.equal([['a'], ['a', 'it'], ['a', 'b'], ['a', 'b', 'is so'], ['c'], ['c', 'is not']]);
    const finds = (title: string) => paths.some((path) => isOf(path, title.split(' › ')));
    expect(['a', 'is so', 'a › is so', 'a › b › is so', 'c › is not'].map(finds)).to.deep.equal([true, true, true, true, true]);
    expect(['is', 'a b', 'b › a', 'c › is so', 'a › is not'].map(finds)).to.deep.equal([false, false, false, false, false]);
  });

  it('tells words from titles, and what a heading is over', () => {
    const table = rowsOf(['## A', '### B', '| Go | here |', '|---|---|', '| x `y` | in `z` and more<br>`c › d`<br>`e` |', '## C', '| # | Go | here |', '|--:|---|---|', '| 1 | x | not here: why |'].join('\n'));
    expect(table).to.deep.equal([
      { part: 'A', section: 'B', cells: ['x `y`'], words: 'in `z` and more', titles: ['c › d', 'e'] },
      { part: 'C', section: '', cells: ['1', 'x'], words: 'not here: why', titles: [] },
    ]);
  });
});

/** The rows of all tables; a table begins with its head and a line of dashes. In the last cell, whatever stands in backticks alone between two breaks is a title. */
function rowsOf(text: string): readonly Row[] {
  let [part, section, isBody] = ['', '', false];
  return text.split('\n').flatMap((line) => {
    const [, level, heading = ''] = /^(##|###) (.+)$/.exec(line) ?? [];
    if (level === '##') [part, section] = [heading, ''];
    if (level === '###') section = heading;
    if (!line.startsWith('|') || /^\|[-:| ]+\|$/.test(line)) {
      isBody = line.startsWith('|');
      return [];
    }
    if (!isBody) return [];
    const cells = line.slice(1, -1).split('|').map((cell) => cell.trim());
    const pieces = (cells.pop() ?? '').split('<br>');
    const isTitle = (piece: string): boolean => /^`[^`]+`$/.test(piece);
    return [{ part, section, cells, words: pieces.filter((piece) => !isTitle(piece)).join(' '), titles: pieces.filter(isTitle).map((piece) => piece.slice(1, -1)) }];
  });
}

/** What mocha prints, as the path of titles to every describe and every it. */
function titlePaths(output: string): readonly (readonly string[])[] {
  const above: string[] = [];
  return output.split('\n').flatMap((line) => {
    const [, indent, text] = /^((?: {2})+)(?:[✔√] )?(\S.*)$/.exec(line) ?? [];
    if (indent === undefined || text === undefined) return [];
    above.length = Math.min(above.length, indent.length / 2 - 1);
    above.push(text);
    return [[...above]];
  });
}

/** Whether a path ends with the last of the titles, and has the others above it, in their order. */
function isOf(path: readonly string[], titles: readonly string[]): boolean {
  let at = -1;
  return titles.every((title) => { at = path.indexOf(title, at + 1); return at >= 0; }) && path.at(-1) === titles.at(-1);
}
