import { expect } from 'chai';
import { type SourceFile, argumentSpans, filesIn, sourceFile } from './gates/source-files.ts';

/** The layer of every folder and entry point; a file imports its own folder and lower layers, so folders of one layer do not know one another. */
const LAYERS: Readonly<Record<string, number>> = {
  model: 0,
  operators: 1,
  kubernetes: 2,
  informer: 3, connection: 3, workqueue: 3, client: 3,
  'cluster-cache': 4,
  controller: 5,
  manager: 6,
  'index.ts': 7, 'kinds.ts': 7,
  cli: 8, testing: 8,
};

/** What a folder may not know although it is lower. */
const STRANGERS: Readonly<Record<string, readonly string[]>> = { connection: ['kubernetes'] };

/** Packages and modules of Node that only some places may know, types apart. */
const NARROW_IMPORTS: readonly (readonly [specifier: RegExp, places: readonly string[]])[] = [
  [/^(node:)?http2$/, ['kubernetes/', 'testing/']],
  [/^(node:)?https?$/, ['kubernetes/', 'testing/', 'manager/']],
  [/^(node:)?(net|tls|dns)$/, ['kubernetes/', 'testing/']],
  [/^undici$/, ['kubernetes/', 'testing/']],
  [/^node-forge$/, ['kubernetes/', 'testing/']],
  [/^@kubernetes\/client-node$/, ['kubernetes/', 'testing/', 'cli/']],
  [/^prom-client$/, ['cluster-cache/prometheus-metrics.ts', 'controller/prometheus-controller-metrics.ts', 'manager/prometheus-registry.ts']],
];

/** The two ends of the library: what it stands on, and what stands on it. */
const EDGES = ['kubernetes/', 'testing/', 'cli/'];
const CLOCK = 'operators/clock.ts';

/** What is met in named places only: time comes from the scheduler, chance is given, promises have one bridge. */
const NARROW_CODE: readonly (readonly [what: string, pattern: RegExp, places: readonly string[]])[] = [
  ['Date.now()', /\bDate\.now\b/, [...EDGES, CLOCK]],
  ['new Date() of the wall clock', /\bnew Date\(\s*\)/, EDGES],
  ['performance.now()', /\bperformance\.now\b/, [...EDGES, CLOCK]],
  ['setTimeout, setInterval', /\bset(Timeout|Interval)\b/, EDGES],
  ['AbortSignal.timeout', /\bAbortSignal\.timeout\b/, EDGES],
  ['a call of Math.random', /\bMath\.random\(/, ['testing/']],
  ['process', /\bprocess\./, [...EDGES, 'cluster-cache/cluster-cache.ts', 'manager/termination-signals.ts']],
  ['console', /\bconsole\./, ['cli/']],
  ['an unchecked cast', /\bas any\b|<any>|: any\b/, []],
  ['a silenced compiler or linter', /@ts-ignore|@ts-nocheck|eslint-disable|oxlint-disable/, []],
  ['a bare shareReplay', /\bshareReplay\(/, []],
];

/** Who may subscribe outside `new Observable`: where the streams begin to flow, and the edge that owns sockets and their timers. */
const COMPOSITION_ROOTS = ['cluster-cache/cluster-cache.ts', 'controller/controller.ts', 'manager/manager.ts', ...EDGES];

const LONGEST_FILE = 300;
const EMPTY_NOUNS = /(^|-)(helpers?|util(s|ities)?|services?|common|data|info|misc|base)(-|\.|\/|$)/;

const within = (places: readonly string[]) => ({ path }: SourceFile) => places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));
const pathsOf = (files: readonly SourceFile[]) => files.map(({ path }) => path);

describe('architecture', () => {
  const files = filesIn('lib');

  describe('layers', () => {
    for (const file of files) {
      it(`${file.path} imports only its own folder and lower layers`, () => {
        expect(upwardImports(file)).to.deep.equal([]);
      });
    }

    it('a file that imports upward, a sibling, or a stranger is found', () => {
      expect(upwardImports(sourceFile('model/health.ts', "import { a } from '../operators/clock.ts';"))).to.deep.equal(['operators/clock.ts']);
      expect(upwardImports(sourceFile('informer/store.ts', "import type { A } from '../connection/dialer.ts';"))).to.deep.equal(['connection/dialer.ts']);
      expect(upwardImports(sourceFile('connection/decisions.ts', "export * from '../kubernetes/transport.ts';"))).to.deep.equal(['kubernetes/transport.ts']);
      expect(upwardImports(sourceFile('connection/decisions.ts', "import '../nowhere/a.ts';"))).to.deep.equal(['nowhere/a.ts']);
      expect(upwardImports(sourceFile('cli/main.ts', "const a = await import('../testing/index.ts');"))).to.deep.equal([]);
      expect(upwardImports(sourceFile('model/health.ts', "// from '../cli/main.ts'\nimport { a } from './other.ts';"))).to.deep.equal([]);
    });

    it('model/ imports no package, but types', () => {
      const packages = (file: SourceFile) => valueImports(file).filter((specifier) => !specifier.endsWith('.ts'));
      expect(files.filter((file) => file.folder === 'model').flatMap(packages)).to.deep.equal([]);
    });

    it('operators/ and connection/ know no package but rxjs', () => {
      const strange = files.filter(within(['operators/', 'connection/'])).flatMap((file) => file.imports.filter((specifier) => !specifier.endsWith('.ts') && specifier !== 'rxjs'));
      expect(strange).to.deep.equal([]);
    });

    for (const [specifier, places] of NARROW_IMPORTS) {
      it(`${specifier} is imported only in ${places.join(', ')}`, () => {
        const allowed = within(places);
        expect(pathsOf(files.filter((file) => !allowed(file) && valueImports(file).some((found) => specifier.test(found))))).to.deep.equal([]);
      });
    }
  });

  describe('code', () => {
    for (const [what, pattern, places] of NARROW_CODE) {
      it(`${what} occurs ${places.length === 0 ? 'nowhere' : `only in ${places.join(', ')}`}`, () => {
        const allowed = within(places);
        // A silenced linter is a comment.
        expect(pathsOf(files.filter((file) => !allowed(file) && pattern.test(pattern.source.includes('@ts-') ? file.text : file.code)))).to.deep.equal([]);
      });
    }

    it('a subscription is made by a composition root, or inside new Observable, where its subscriber ends it', () => {
      const allowed = within(COMPOSITION_ROOTS);
      expect(files.filter((file) => !allowed(file)).flatMap(looseSubscriptions)).to.deep.equal([]);
    });

    it('a loose subscription is found', () => {
      const inside = 'new Observable<number>((subscriber) => { subscriber.add(a$.subscribe(subscriber)); });';
      expect(looseSubscriptions(sourceFile('a.ts', inside))).to.deep.equal([]);
      expect(looseSubscriptions(sourceFile('a.ts', `${inside}\nb$.subscribe();`))).to.deep.equal(['a.ts:2']);
    });
  });

  describe('files', () => {
    it(`none is longer than ${LONGEST_FILE} lines`, () => {
      expect(pathsOf(files.filter(({ text }) => text.split('\n').length - 1 > LONGEST_FILE))).to.deep.equal([]);
    });

    it('none has a name that says nothing', () => {
      expect(pathsOf(files.filter(({ path }) => EMPTY_NOUNS.test(path)))).to.deep.equal([]);
    });

    it('names are kebab-case', () => {
      expect(pathsOf(files.filter(({ path }) => !/^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(path)))).to.deep.equal([]);
    });

    it('each exports something, and none by default', () => {
      const programs = within(['cli/main.ts']);
      expect(pathsOf(files.filter((file) => !programs(file) && !/^export /m.test(file.code)))).to.deep.equal([]);
      expect(pathsOf(files.filter(({ code }) => /^export default\b/m.test(code)))).to.deep.equal([]);
    });

    it('only the entry points gather exports of other files', () => {
      const entryPoints = within(['index.ts', 'kinds.ts', 'testing/index.ts']);
      expect(pathsOf(files.filter((file) => !entryPoints(file) && /^export (type )?[{*][^;]* from /m.test(file.code)))).to.deep.equal([]);
    });
  });
});

function upwardImports(file: SourceFile): readonly string[] {
  const own = LAYERS[file.folder] ?? -1;
  return file.imports.filter((target) => {
    if (!target.endsWith('.ts')) return false;
    const folder = target.split('/')[0] ?? target;
    if (folder === file.folder) return false;
    const layer = LAYERS[folder];
    if (STRANGERS[file.folder]?.includes(folder)) return true;
    if (layer === undefined) return true;
    // The two on top are both programs around the library: the demo runs on the fakes.
    return layer >= own && !(file.folder === 'cli' && folder === 'testing');
  });
}

/** What is imported for its values; a type leaves nothing behind. */
function valueImports({ path, code }: SourceFile): readonly string[] {
  const values = code
    .replace(/\b(import|export) type [^;]*? from (['"]).*?\2/g, '')
    .replace(/\bimport \{([^}]*)\} from (['"]).*?\2/g, (statement, names: string) => (names.split(',').every((name) => /^\s*(type\s|$)/.test(name)) ? '' : statement));
  return sourceFile(path, values).imports;
}

function looseSubscriptions({ path, code }: SourceFile): readonly string[] {
  const spans = argumentSpans(code, /\bnew Observable\b/g);
  return [...code.matchAll(/\.subscribe\(/g)]
    .filter(({ index }) => !spans.some(([start, end]) => start < index && index < end))
    .map(({ index }) => `${path}:${code.slice(0, index).split('\n').length}`);
}
