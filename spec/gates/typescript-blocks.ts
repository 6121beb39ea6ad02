/** A ```` ```ts ```` block of a document. */
export interface TypeScriptBlock {
  readonly document: string;
  /** The line of its first line of code, from 1. */
  readonly line: number;
  readonly code: string;
  /** What the reader has to imagine around it: the content of a comment `<!-- given: … -->` just above. */
  readonly given: string;
}

const FENCE = /^(```+)(\S*)[^\n]*\n([\s\S]*?)^\1\s*$/gm;
const GIVEN = /<!-- given:((?:(?!-->)[\s\S])*)-->\s*$/;

export function typeScriptBlocks(document: string, text: string): readonly TypeScriptBlock[] {
  return [...text.matchAll(FENCE)].filter(([, , language]) => language === 'ts').map(({ 3: code = '', index }) => {
    const before = text.slice(0, index);
    return { document, line: before.split('\n').length + 1, code, given: GIVEN.exec(before)?.[1]?.trim() ?? '' };
  });
}

/** The languages of all fenced blocks. */
export function fencedLanguages(text: string): readonly string[] {
  return [...text.matchAll(FENCE)].map(([, , language = '']) => language);
}

/** A document without its fenced blocks and code spans, where nothing is a link; every line stays where it was. */
export function prose(text: string): string {
  return text.replace(FENCE, (block) => block.replace(/[^\n]/g, '')).replace(/`[^`\n]*`/g, '');
}

/** Targets of the links and images of a document. */
export function linkTargets(text: string): readonly string[] {
  return [...prose(text).matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|^\[[^\]]+\]:\s+(\S+)/gm)].map(([, inline, reference]) => inline ?? reference ?? '');
}

/** The anchors of a document's headings, as GitHub makes them. */
export function anchors(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of text.replace(FENCE, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-');
    let anchor = slug;
    for (let copy = 1; found.has(anchor); copy += 1) anchor = `${slug}-${copy}`;
    found.add(anchor);
  }
  return found;
}
