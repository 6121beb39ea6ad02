/** One statement of a `.d.ts` file that declares a name. */
export interface Declaration {
  readonly name: string;
  /** The statement with the comment above it. */
  readonly text: string;
  /** The names that it may refer to. */
  readonly names: readonly string[];
}

export interface DeclarationFile {
  readonly declarations: readonly Declaration[];
  readonly imports: readonly { readonly local: string; readonly name: string; readonly from: string }[];
  /** What the file exports: its own declarations, and lists of names of its own or `from` another file. */
  readonly exports: readonly { readonly name: string; readonly as: string; readonly from?: string }[];
  /** Files all of whose exports it exports. */
  readonly gathers: readonly string[];
}

const DECLARED = /^(export )?(declare )?(abstract )?(class|interface|type|function|const|let|enum|namespace) ([\w$]+)/;
const LISTED = /^(import|export) (?:type )?\{([\s\S]*?)\}(?: from ['"](.+?)['"])?;?$/;
const GATHERED = /^export (?:type )?\* from ['"](.+?)['"];?$/;

/** Reads a file as tsc writes it: every statement begins in the first column, comments stand above what they are about. */
export function declarationFile(text: string): DeclarationFile {
  const declarations: Declaration[] = [];
  const imports: { local: string; name: string; from: string }[] = [];
  const exports: { name: string; as: string; from?: string }[] = [];
  const gathers: string[] = [];
  for (const { comment, statement } of statements(text)) {
    const gathered = GATHERED.exec(statement)?.[1];
    const declared = DECLARED.exec(statement);
    const listed = LISTED.exec(statement);
    if (declared?.[5] !== undefined) {
      const name = declared[5];
      declarations.push({ name, text: comment === '' ? statement : `${comment}\n${statement}`, names: namesIn(statement) });
      if (declared[1] !== undefined && !exports.some((known) => known.as === name)) exports.push({ name, as: name });
    } else if (listed !== null) {
      const [, keyword, list = '', from] = listed;
      for (const { name, as } of namesOf(list)) {
        if (keyword === 'export') exports.push({ name, as, ...from === undefined ? {} : { from } });
        else if (from !== undefined) imports.push({ local: as, name, from });
      }
    } else if (gathered !== undefined) {
      gathers.push(gathered);
    } else if (statement !== 'export {};' && !statement.startsWith('import ')) {
      throw new Error(`a statement that is not understood: ${statement}`);
    }
  }
  return { declarations, imports, exports, gathers };
}

function* statements(text: string): Generator<{ readonly comment: string; readonly statement: string }> {
  let comment: string[] = [];
  let statement: string[] = [];
  let commenting = false;
  for (const line of text.split('\n')) {
    if (statement.length === 0 && (commenting || line.startsWith('/**'))) {
      comment = line.startsWith('/**') ? [line] : [...comment, line];
      commenting = !line.includes('*/');
    } else if (statement.length > 0 || (line.trim() !== '' && !line.startsWith('//'))) {
      statement.push(line);
      if (isComplete(statement)) {
        yield { comment: comment.join('\n'), statement: statement.join('\n') };
        comment = [];
        statement = [];
      }
    }
  }
}

function isComplete(lines: readonly string[]): boolean {
  const code = withoutTexts(lines.join('\n'));
  const depth = [...code].reduce((open, char) => open + ('{(['.includes(char) ? 1 : '})]'.includes(char) ? -1 : 0), 0);
  if (depth !== 0) return false;
  return /^(export )?(declare )?(abstract )?(class|interface|enum|namespace)\b/.test(code) ? code.trimEnd().endsWith('}') : code.trimEnd().endsWith(';');
}

/** Without comments and string literals: their content is no syntax. */
function withoutTexts(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, (token) => (token.startsWith('/') ? ' ' : "''"));
}

/** Identifiers that may name a type or a value: not behind a dot, and not the name of a field, a parameter or a method. */
function namesIn(statement: string): readonly string[] {
  const names = [...withoutTexts(statement).matchAll(/(?<![.\w$#])[A-Za-z_$][\w$]*(?![\w$])(?!\??:|\()/g)].map(([name]) => name);
  return [...new Set(names)];
}

function namesOf(list: string): readonly { readonly name: string; readonly as: string }[] {
  return list.split(',').map((item) => item.trim().replace(/^type /, '')).filter((item) => item !== '').map((item) => {
    const [name = item, as = name] = item.split(' as ');
    return { name, as };
  });
}
