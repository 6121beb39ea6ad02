import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Surface, publicSurfaces, surfaceOf } from './gates/public-surface.ts';
import { ROOT } from './gates/source-files.ts';

describe('the public surface', function () {
  this.timeout(60_000);
  let surfaces: readonly Surface[] = [];
  before(() => { surfaces = publicSurfaces(); });

  it('is what docs/api says; after a change that is meant, run `npm run api`', () => {
    for (const { golden, text } of surfaces) {
      expect(existsSync(join(ROOT, golden)) ? readFileSync(join(ROOT, golden), 'utf8') : `no ${golden}`, golden).to.equal(text);
    }
  });

  it('has a contract for every exported class, function and constant', () => {
    expect(surfaces.flatMap(({ specifier, undocumented }) => undocumented.map((name) => `${specifier}: ${name}`))).to.deep.equal([]);
  });

  describe('is gathered from declarations', () => {
    const files: Readonly<Record<string, string>> = {
      'index.ts': "export { A, H, type B as C } from './model/a.ts';\nexport { Subject } from 'rxjs';\nexport type * from './model/g.ts';\n",
      'model/g.ts': '/** A G. */\nexport interface G {\n}\n',
      'model/a.ts': [
        "import type { Observable } from 'rxjs';",
        "import type { D } from './d.ts';",
        '/** An A; not a B. */',
        'export declare class A {',
        '    #private;',
        '    /** Not the E. */',
        '    E: string;',
        '    readonly d$: Observable<D>;',
        '}',
        'export type B = {',
        '    readonly a: A;',
        '} & (F | undefined);',
        'interface F {',
        '}',
        'export declare const E = 1;',
        'export declare function H(): void;',
        'export {};',
        '',
      ].join('\n'),
      'model/d.ts': 'export interface D {\n    readonly self?: D;\n}\n',
    };
    const { text, undocumented } = surfaceOf('index.ts', 'x', (path) => files[path] ?? '');

    it('with what they name, and nothing else', () => {
      expect(text.split('\n\n').slice(1)).to.deep.equal([
        "import { Observable } from 'rxjs';",
        '/** An A; not a B. */\nexport declare class A {\n    #private;\n    /** Not the E. */\n    E: string;\n    readonly d$: Observable<D>;\n}',
        'export declare function H(): void;',
        'export type B = {\n    readonly a: A;\n} & (F | undefined);',
        '/** A G. */\nexport interface G {\n}',
        "export { B as C };\nexport { Subject } from 'rxjs';",
        '// Named by the above, and not exported themselves.',
        'interface D {\n    readonly self?: D;\n}',
        'interface F {\n}\n',
      ]);
    });

    it('and says which have no contract', () => {
      expect(undocumented).to.deep.equal(['H']);
    });
  });
});
