import { expect } from 'chai';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENTRY_POINTS } from './gates/public-surface.ts';
import { ROOT, sourceFile } from './gates/source-files.ts';

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
};

/** The package as npm would publish it, and as somebody would find it installed. */
describe('the package', function () {
  this.timeout(60_000);
  let folder = '';
  let packed: Packed = { filename: '', files: [] };
  const tarball = () => join(folder, packed.filename);

  before('is packed, and unpacked beside its dependencies', () => {
    folder = mkdtempSync(join(tmpdir(), 'clustercache-package-'));
    const { stdout, stderr, status } = run('npm', ['pack', '--json', '--pack-destination', folder], ROOT);
    expect(status, `${stdout}\n${stderr}`).to.equal(0);
    packed = packedOf(stdout);
    const installed = join(folder, 'user', 'node_modules');
    mkdirSync(join(installed, 'clustercache'), { recursive: true });
    expect(run('tar', ['-xzf', tarball(), '-C', join(installed, 'clustercache'), '--strip-components=1'], folder).status).to.equal(0);
    for (const name of [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies), '@types/node']) {
      mkdirSync(join(installed, name, '..'), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), join(installed, name));
    }
    writeFileSync(join(folder, 'user', 'package.json'), JSON.stringify({ type: 'module' }));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('holds the compiled library with its types, the documents, the licence, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).to.include.members(['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts', 'dist/kinds.d.ts', 'dist/testing/index.d.ts', 'dist/cli/main.js']);
    expect(paths.filter((path) => !/^(dist\/.+\.(js|d\.ts)|docs\/.+|LICENSE|README\.md|CHANGELOG\.md|package\.json)$/.test(path))).to.deep.equal([]);
    expect(paths.filter((path) => path.startsWith('dist/') && /spec|mocha|chai|sinon/.test(path))).to.deep.equal([]);
  });

  it('imports only what it depends on', () => {
    const declared = new Set([...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)]);
    const imported = packed.files.filter(({ path }) => path.endsWith('.js')).flatMap(({ path }) => {
      const { imports } = sourceFile(path, readFileSync(join(folder, 'user', 'node_modules', 'clustercache', path), 'utf8'));
      return imports.filter((specifier) => !specifier.endsWith('.js')).map((specifier) => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/'));
    });
    expect([...new Set(imported)].filter((name) => !name.startsWith('node:') && !declared.has(name))).to.deep.equal([]);
  });

  it('is clean to publint and attw', () => {
    const publint = run('publint', ['--strict', tarball()], ROOT);
    expect(publint.status, publint.stdout + publint.stderr).to.equal(0);
    const attw = run('attw', [tarball(), '--profile', 'esm-only', '--no-color', '--no-emoji'], ROOT);
    expect(attw.status, attw.stdout + attw.stderr).to.equal(0);
  });

  it('is imported by each of its entry points, without prom-client where no metrics are asked for', () => {
    rmSync(join(folder, 'user', 'node_modules', 'prom-client'), { force: true });
    const code = ENTRY_POINTS.map(({ specifier }) => `console.log(${JSON.stringify(specifier)}, Object.keys(await import(${JSON.stringify(specifier)})).length > 0);`).join('\n');
    const { stdout, stderr, status } = run(process.execPath, ['--input-type=module', '--eval', code], join(folder, 'user'));
    expect(status, stderr).to.equal(0);
    expect(stdout).to.equal(ENTRY_POINTS.map(({ specifier }) => `${specifier} true\n`).join(''));
  });

  it('compiles in a program as strict as ours, its declarations included', () => {
    const user = join(folder, 'user');
    if (!existsSync(join(user, 'node_modules', 'prom-client'))) symlinkSync(join(ROOT, 'node_modules', 'prom-client'), join(user, 'node_modules', 'prom-client'));
    writeFileSync(join(user, 'program.ts'), ENTRY_POINTS.map(({ specifier }, index) => `import * as m${index} from '${specifier}';\nvoid m${index};`).join('\n'));
    writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({
      compilerOptions: { target: 'es2024', module: 'nodenext', strict: true, exactOptionalPropertyTypes: true, noEmit: true, types: ['node'], skipLibCheck: false },
      files: ['program.ts'],
    }));
    const { stdout } = run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', user, '--pretty', 'false'], user);
    expect(stdout.split('\n').filter((line) => /^(program\.ts|node_modules\/clustercache\/)/.test(line))).to.deep.equal([]);
  });

  it('brings the command, which explains itself', () => {
    const main = join(folder, 'user', 'node_modules', 'clustercache', manifest.bin['clustercache'] ?? '');
    expect(readFileSync(main, 'utf8')).to.match(/^#!\/usr\/bin\/env node\n/);
    const { stdout, stderr, status } = run(process.execPath, [main, '--help'], join(folder, 'user'));
    expect([status, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.include('clustercache watch').and.to.include('clustercache why').and.to.include('clustercache demo');
  });
});

/** With the repository's own node and tools first. */
function run(command: string, args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  const env = { ...process.env, PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`, NO_COLOR: '1' };
  return spawnSync(command, args, { cwd, env, encoding: 'utf8' });
}

/** What `npm pack --json` printed, whose shape differs between versions of npm, after what the build printed. */
function packedOf(stdout: string): Packed {
  const json = JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as readonly Packed[] | Packed | Readonly<Record<string, Packed>>;
  const packed = Array.isArray(json) ? json[0] as Packed | undefined : 'filename' in json ? json as Packed : Object.values(json)[0];
  if (packed === undefined) throw new Error(`npm packed nothing: ${stdout}`);
  return packed;
}
