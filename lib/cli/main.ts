#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { type Command, UsageError, parseArguments } from './arguments.ts';
import type { CommandContext } from './command-context.ts';
import { Failure } from './failure.ts';
import { terminalOf } from './terminal.ts';
import { plain } from './text-layout.ts';
import { usageOf } from './usage.ts';

/** What a shell expects of a program that a signal ended. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

async function run(command: Command, context: CommandContext): Promise<void> {
  const { terminal } = context;
  switch (command.name) {
    case 'help': return terminal.write(`${usageOf(command.of)}\n`);
    case 'version': return terminal.write(`${versionOf()}\n`);
    // Each command brings its own part of the library: help does not wait for it.
    case 'watch': return (await import('./watch.ts')).watch(command, context);
    case 'why': return (await import('./why.ts')).why(command, context);
    case 'demo': return (await import('./demo.ts')).demo(command, context);
  }
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string };
  return version;
}

async function main(): Promise<void> {
  const interruption = new AbortController();
  const { signal } = interruption;
  const warn = (line: string) => { process.stderr.write(`clustercache: ${line}\n`); };

  for (const [name, status] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      // A second one does not wait for the first to be done.
      if (signal.aborted) process.exit(status);
      process.exitCode = status;
      interruption.abort();
    });
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody reads any more: `clustercache watch | head`.
    if (error.code !== 'EPIPE') process.exitCode = 1;
    interruption.abort();
  });
  process.stderr.on('error', () => {});

  try {
    await run(parseArguments(process.argv.slice(2)), { terminal: terminalOf(process.stdout, process.env), env: process.env, signal, warn });
  } catch (error) {
    // What fails because it was ended is no news.
    if (!signal.aborted) {
      process.exitCode = error instanceof UsageError ? 2 : 1;
      warn(oneLine(error));
    }
  }
  // Handlers of signals keep the process alive, and all work is done.
  for (const name of Object.keys(SIGNALS)) process.removeAllListeners(name);
}

/** What went wrong. The trace of what nobody foresaw is for who asks with NODE_DEBUG. */
function oneLine(error: unknown): string {
  if (error instanceof UsageError || error instanceof Failure) return error.message;
  if (process.env['NODE_DEBUG'] === 'clustercache' && error instanceof Error) return error.stack ?? error.message;
  return plain(error instanceof Error ? error.message : String(error));
}

await main();
