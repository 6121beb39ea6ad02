import { type Observable, fromEvent, map, startWith } from 'rxjs';
import type { WriteStream } from 'node:tty';
import { type Paint, colors, noColors, wantsColors } from './paint.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What the command prints to. */
export interface Terminal {
  /** Whether a person looks at it, and it can be drawn on. */
  readonly isLive: boolean;
  readonly paint: Paint;
  /** Its size at once, then after every resize; a subscription holds a listener. */
  readonly size$: Observable<Size>;
  /** Writes, unless what was written before is still on its way: a screen skips a frame rather than queueing it. Returns whether it wrote. */
  draw(text: string): boolean;
  write(text: string): void;
}

/** Of a terminal that does not say. */
const USUAL_SIZE: Size = Object.freeze({ columns: 80, rows: 24 });

/** A terminal on a stream of the process, which may be a pipe or a file as well. */
export function terminalOf(stream: NodeJS.WriteStream, env: Readonly<Record<string, string | undefined>>): Terminal {
  // A pipe has none of it.
  const tty: Partial<WriteStream> = stream;
  const isTerminal = tty.isTTY ?? false;
  // A terminal that has no size yet says 0.
  const size = () => ({ columns: tty.columns || USUAL_SIZE.columns, rows: tty.rows || USUAL_SIZE.rows });
  return {
    isLive: isTerminal && env['TERM'] !== 'dumb',
    paint: wantsColors(env, isTerminal) ? colors : noColors,
    size$: fromEvent(stream, 'resize').pipe(startWith(undefined), map(size)),
    draw(text) {
      if (stream.writableLength > 0) return false;
      stream.write(text);
      return true;
    },
    write(text) {
      stream.write(text);
    },
  };
}
