import { Observable } from 'rxjs';
import type { Terminal } from './terminal.ts';

const ESC = '\u001b[';
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}H${ESC}2J`;
const LEAVE = `${ESC}?25h${ESC}?1049l`;
/** A frame is shown at once by terminals that know this, and the others ignore it. */
const [BEGIN, END] = [`${ESC}?2026h`, `${ESC}?2026l`];
const [HOME, END_OF_LINE, REST_OF_SCREEN] = [`${ESC}H`, `${ESC}K`, `${ESC}J`];

/**
 * Draws every frame in place of the one before, on a screen of its own, until unsubscribed or `frame$` ends; then the terminal is as it was. Also where
 * the process ends by itself or dies of an exception. Never emits; errors and completes as `frame$` does.
 */
export function showOn(terminal: Terminal, frame$: Observable<readonly string[]>): Observable<never> {
  return new Observable<never>((subscriber) => {
    let entered = true;
    const leave = () => {
      if (entered) terminal.write(LEAVE);
      entered = false;
    };
    terminal.write(ENTER);
    process.once('exit', leave);
    subscriber.add(() => {
      process.off('exit', leave);
      leave();
    });
    subscriber.add(frame$.subscribe({
      next: (lines) => terminal.draw(frameOf(lines)),
      error: (error: unknown) => subscriber.error(error),
      complete: () => subscriber.complete(),
    }));
  });
}

/** The lines over what is there; no line feed after the last, which would scroll. */
export function frameOf(lines: readonly string[]): string {
  return `${BEGIN}${HOME}${lines.map((line) => `${line}${END_OF_LINE}`).join('\r\n')}${REST_OF_SCREEN}${END}`;
}
