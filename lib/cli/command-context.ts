import type { Terminal } from './terminal.ts';

/** What a command gets from the process that it runs in. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C, by SIGTERM, and when nobody reads any more: the command puts everything back and returns. */
  readonly signal: AbortSignal;
  /** One line to the standard error. */
  readonly warn: (line: string) => void;
}
