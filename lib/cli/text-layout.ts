const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** One line that a terminal only prints: what an API server put into a message must not move the cursor or turn the text around. */
export function plain(text: string): string {
  return text.replace(CONTROL, ' ').trim();
}

/** Characters, each of which is one column of a terminal: names and messages of Kubernetes hold no wide ones. */
export function widthOf(text: string): number {
  return [...text].length;
}

/** `text` in at most `width` columns: what does not fit ends in `…`. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1 ? '' : `${[...text].slice(0, width - 1).join('').trimEnd()}…`;
}

/** `text` in exactly `width` columns. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fitted = fit(text, width);
  const space = ' '.repeat(Math.max(0, width - widthOf(fitted)));
  return align === 'left' ? fitted + space : space + fitted;
}

/** `text` in lines of at most `width` columns, broken at spaces; at most `lines` of them, the last one with a `…` where there is more. */
export function wrap(text: string, width: number, lines: number): readonly string[] {
  const wrapped: string[] = [];
  for (let rest = text.trim(); rest !== '';) {
    if (wrapped.length === lines - 1 || widthOf(rest) <= width) return [...wrapped, fit(rest, width)];
    const head = [...rest].slice(0, width + 1).join('');
    const space = head.lastIndexOf(' ');
    const line = space > 0 ? head.slice(0, space) : [...rest].slice(0, width).join('');
    wrapped.push(line.trimEnd());
    rest = rest.slice(line.length).trimStart();
  }
  return wrapped;
}
