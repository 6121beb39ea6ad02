import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the package. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A file of a folder of this package, its path relative to that folder. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** The text without comments; every line stays where it was. */
  readonly code: string;
  /** The first folder of the path, or the path itself where there is none. */
  readonly folder: string;
  /** What it imports or re-exports: relative ones resolved to paths as here, packages by their specifier. */
  readonly imports: readonly string[];
}

/** Every file below `folder` whose name ends in `suffix`, in order of path. */
export function filesIn(folder: string, suffix = '.ts'): readonly SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => path.endsWith(suffix))
    .toSorted()
    .map((path) => sourceFile(path, readFileSync(join(ROOT, folder, path), 'utf8')));
}

export function sourceFile(path: string, text: string): SourceFile {
  const code = withoutComments(text);
  return { path, text, code, folder: path.split('/')[0] ?? path, imports: importsOf(path, code) };
}

const TOKEN = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

function withoutComments(text: string): string {
  return text.replace(TOKEN, (token) => (token.startsWith('/') ? token.replace(/[^\n]/g, ' ') : token));
}

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+)(['"])(.+?)\1/gm;

function importsOf(path: string, code: string): readonly string[] {
  return [...code.matchAll(IMPORT)].map(([, , specifier = '']) => (specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier));
}

/** The parts of `code` between the parentheses that follow each match of `opening`. */
export function argumentSpans(code: string, opening: RegExp): readonly (readonly [start: number, end: number])[] {
  return [...code.matchAll(opening)].map(({ index }) => {
    const start = code.indexOf('(', index);
    let depth = 0;
    for (let at = start; at < code.length; at += 1) {
      if (code[at] === '(') depth += 1;
      else if (code[at] === ')' && --depth === 0) return [start, at] as const;
    }
    return [start, code.length] as const;
  });
}
