import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { type Declaration, type DeclarationFile, declarationFile } from './declaration-file.ts';
import { ROOT } from './source-files.ts';

/** What a user can import from, with the file that it is made of and the golden that holds its surface. */
export const ENTRY_POINTS = [
  { specifier: 'clustercache', source: 'lib/index.ts', golden: 'docs/api/index.d.ts' },
  { specifier: 'clustercache/kinds', source: 'lib/kinds.ts', golden: 'docs/api/kinds.d.ts' },
  { specifier: 'clustercache/testing', source: 'lib/testing/index.ts', golden: 'docs/api/testing.d.ts' },
] as const;

export interface Surface {
  readonly specifier: string;
  readonly golden: string;
  /** The declarations of all that is exported, and of all that those name, as one text. */
  readonly text: string;
  /** Exported classes, functions and constants without a word on what they are for; the fields of a type speak for it. */
  readonly undocumented: readonly string[];
}

/** The public surface of every entry point that exists, from what tsc declares. Throws where tsc declares nothing. */
export function publicSurfaces(): readonly Surface[] {
  const folder = mkdtempSync(join(tmpdir(), 'clustercache-api-'));
  try {
    const { stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', folder], { cwd: ROOT, encoding: 'utf8' });
    return ENTRY_POINTS.filter(({ source }) => existsSync(join(ROOT, source))).map(({ specifier, source, golden }) => {
      const path = source.replace(/^lib\//, '');
      if (!existsSync(join(folder, declared(path)))) throw new Error(`tsc declares no ${path}:\n${stdout}`);
      return { specifier, golden, ...surfaceOf(path, specifier, (file) => readFileSync(join(folder, declared(file)), 'utf8')) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const declared = (path: string) => path.replace(/\.ts$/, '.d.ts');

/** A name as one file declares it. */
interface Found {
  readonly path: string;
  readonly name: string;
  readonly declarations: readonly Declaration[];
}

/** A value that is exported without a comment above it. */
const VALUE = /^export (declare )?(abstract )?(class|function|const) /;

/** Gathers the surface of one entry point; `read` gives the declarations of a file. */
export function surfaceOf(entry: string, specifier: string, read: (path: string) => string): { readonly text: string; readonly undocumented: readonly string[] } {
  const files = new Map<string, DeclarationFile>();
  const packages = new Map<string, Set<string>>();
  const open = (path: string): DeclarationFile => {
    const file = files.get(path) ?? declarationFile(read(path));
    files.set(path, file);
    return file;
  };
  const resolve = (path: string, name: string): Found | undefined => {
    const file = open(path);
    const declarations = file.declarations.filter((declaration) => declaration.name === name);
    if (declarations.length > 0) return { path, name, declarations };
    const elsewhere = file.imports.find(({ local }) => local === name);
    if (elsewhere === undefined) return undefined;
    if (elsewhere.from.startsWith('.')) return resolve(posix.join(posix.dirname(path), elsewhere.from), elsewhere.name);
    packages.set(elsewhere.from, (packages.get(elsewhere.from) ?? new Set()).add(elsewhere.name));
    return undefined;
  };

  const exported: Found[] = [];
  const renamed: string[] = [];
  for (const { name, as, from } of exportsOf(entry, open)) {
    const found = from === undefined ? resolve(entry, name) : from.startsWith('.') ? resolve(posix.join(posix.dirname(entry), from), name) : undefined;
    if (found !== undefined) exported.push(found);
    if (found === undefined) renamed.push(from === undefined ? name : `export { ${name === as ? name : `${name} as ${as}`} } from '${from}';`);
    else if (as !== name) renamed.push(`export { ${name} as ${as} };`);
  }

  const reached: Found[] = [];
  const seen = new Set(exported.map(({ path, name }) => `${path} ${name}`));
  const queue = [...exported];
  for (let found = queue.shift(); found !== undefined; found = queue.shift()) {
    for (const name of new Set(found.declarations.flatMap(({ names }) => names))) {
      if (name === found.name) continue;
      const next = resolve(found.path, name);
      if (next === undefined || seen.has(`${next.path} ${next.name}`)) continue;
      seen.add(`${next.path} ${next.name}`);
      reached.push(next);
      queue.push(next);
    }
  }

  const print = ({ declarations }: Found) => declarations.map(({ text }) => text).join('\n');
  const hidden = ({ declarations }: Found) => declarations.map(({ text }) => text.replace(/^export /m, '')).join('\n');
  const imports = [...packages].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([from, names]) => `import { ${[...names].toSorted().join(', ')} } from '${from}';`);
  const parts = [
    `// The public surface of '${specifier}', with its contracts. Written by \`npm run api\`; a spec compares it.`,
    imports.join('\n'),
    ...exported.map(print),
    renamed.join('\n'),
    reached.length === 0 ? '' : '// Named by the above, and not exported themselves.',
    ...reached.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.path < b.path ? -1 : 1)).map(hidden),
  ];
  return {
    text: `${parts.filter((part) => part !== '').join('\n\n')}\n`,
    undocumented: exported.filter(({ declarations }) => declarations.some(({ text }) => VALUE.test(text))).map(({ name }) => name),
  };
}

/** Everything that a file exports, what it gathers from others included. */
function exportsOf(path: string, open: (path: string) => DeclarationFile): DeclarationFile['exports'] {
  const { exports, gathers } = open(path);
  const gathered = gathers.flatMap((from) => exportsOf(posix.join(posix.dirname(path), from), open).map(({ as }) => ({ name: as, as, from })));
  return [...exports, ...gathered];
}
