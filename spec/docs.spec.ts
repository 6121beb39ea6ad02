import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ENTRY_POINTS } from './gates/public-surface.ts';
import { ROOT, filesIn } from './gates/source-files.ts';
import { type TypeScriptBlock, anchors, fencedLanguages, linkTargets, typeScriptBlocks } from './gates/typescript-blocks.ts';

/** Every document of the repository, its path relative to the root. */
const documents = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'].filter((path) => existsSync(join(ROOT, path))).map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') })),
  ...existsSync(join(ROOT, 'docs')) ? filesIn('docs', '.md').map(({ path, text }) => ({ path: `docs/${path}`, text })) : [],
];

describe('the documents', function () {
  this.timeout(60_000);

  it('have TypeScript that compiles against the package', () => {
    expect(compileErrors(documents.flatMap(({ path, text }) => typeScriptBlocks(path, text)))).to.deep.equal([]);
  });

  it('have no TypeScript that is not compiled', () => {
    const others = documents.flatMap(({ path, text }) => fencedLanguages(text).filter((language) => /^(typescript|tsx|js|javascript|mjs)$/i.test(language)).map((language) => `${path}: ${language}`));
    expect(others).to.deep.equal([]);
  });

  for (const { path, text } of documents) {
    it(`${path} links to what is there`, () => {
      expect(linkTargets(text).filter((target) => !resolves(path, target))).to.deep.equal([]);
    });
  }

  it('show two lines for every name of the Go package, where they tell of those who come from it', () => {
    const { text = '' } = documents.find(({ path }) => path === 'docs/coming-from-go.md') ?? {};
    const names = [...text.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, name]) => name);
    const code = typeScriptBlocks('', text).map((block) => block.code).join('\n');
    const shown = [...code.matchAll(/^\/\/ ([\w., ]+)\n(?!\/\/).+\n.+$/gm)].flatMap(([, list = '']) => list.split(', '));
    expect(names).to.have.length.above(40);
    expect(shown).to.have.members(names);
  });

  it('name the line of a block that does not compile', () => {
    const blocks = typeScriptBlocks('a.md', [
      '# A', '', '```ts', "import { of } from 'rxjs';", 'of(1).subscribe();', '```', '', '<!-- given: declare const n: number; -->', '```ts', 'n;', 'const text: string = n;', '```', '',
    ].join('\n'));
    expect(compileErrors(blocks)).to.deep.equal(["a.md:11: error TS2322: Type 'number' is not assignable to type 'string'."]);
  });
});

/** Compiles every block as a module of its own, as strictly as the package itself. */
function compileErrors(blocks: readonly TypeScriptBlock[]): readonly string[] {
  if (blocks.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'clustercache-docs-'));
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: {
        types: ['node'],
        noUnusedLocals: false,
        paths: Object.fromEntries(ENTRY_POINTS.map(({ specifier, source }) => [specifier, [join(ROOT, source)]])),
      },
      include: ['*.ts'],
    }));
    // What is given stands on one line, so that lines can be told back.
    blocks.forEach(({ given, code }, index) => writeFileSync(join(folder, `block-${index}.ts`), `${given.replace(/\s*\n\s*/g, ' ')} export {};\n${code}`));
    const { stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
    // Errors of the package itself are the type check's to tell.
    return [...stdout.matchAll(/^block-(\d+)\.ts\((\d+),\d+\): (.*)$|^(error TS.*)$/gm)].map(([, index, row, message, general]) => {
      const block = blocks[Number(index)];
      return block === undefined ? `${general}` : `${block.document}:${block.line + Number(row) - 2}: ${message}`;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether a link leads somewhere; one to another site is taken for granted. */
function resolves(document: string, target: string): boolean {
  if (/^[a-z]+:/i.test(target)) return true;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? join(ROOT, document) : join(ROOT, dirname(document), decodeURIComponent(path));
  if (relative(ROOT, file).startsWith('..') || !existsSync(file)) return false;
  return anchor === undefined || anchor === '' || !file.endsWith('.md') || anchors(readFileSync(file, 'utf8')).has(anchor);
}
