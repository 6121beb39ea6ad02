import { parseArgs } from 'node:util';
import { parseDuration } from './duration.ts';
import { plain } from './text-layout.ts';

export type Output = 'table' | 'wide' | 'json';

/** Where the management cluster is. */
export interface Management {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

export type Command =
  | { readonly name: 'help'; readonly of?: CommandName }
  | { readonly name: 'version' }
  | { readonly name: 'watch'; readonly management: Management; readonly output: Output; readonly once: boolean }
  | { readonly name: 'why'; readonly management: Management; readonly cluster: string; readonly output: 'text' | 'json' }
  /** `duration` in ms. */
  | { readonly name: 'demo'; readonly clusters: number; readonly duration: number; readonly output: Output };

export const COMMANDS = ['watch', 'why', 'demo'] as const;
export type CommandName = (typeof COMMANDS)[number];

/** The arguments cannot be understood; the message is one line: what was expected, what came, where help is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(message: string, command?: CommandName) {
    super(`${message} (see clustercache ${command === undefined ? '' : `${command} `}--help)`);
  }
}

/** What the demo may be asked for: enough to see something, and an end. In clusters, and in ms. */
export const DEMO = Object.freeze({ clusters: 12, mostClusters: 1_000, duration: 20_000, shortest: 5_000, longest: 600_000 });

/** Of each command, its options and those that take a value, with what that is. */
const OPTIONS: Readonly<Record<CommandName, Readonly<Record<string, string | undefined>>>> = {
  watch: { kubeconfig: 'a file', context: 'a context', namespace: 'a namespace', output: 'a format', once: undefined },
  why: { kubeconfig: 'a file', context: 'a context', namespace: 'a namespace', output: 'a format' },
  demo: { clusters: 'a number', duration: 'a duration', output: 'a format' },
};

const SHORT: Readonly<Record<string, string>> = { n: 'namespace', o: 'output', h: 'help', v: 'version' };

/** Reads the arguments of the program, without node and the program itself. Throws a {@link UsageError}. */
export function parseArguments(argv: readonly string[]): Command {
  const [first, ...rest] = argv;
  if (first === undefined) throw new UsageError(`expected a command, ${oneOf(COMMANDS)}; got none`);
  if (first === '--help' || first === '-h' || first === 'help') {
    const of = COMMANDS.find((name) => name === rest[0]);
    return of === undefined ? { name: 'help' } : { name: 'help', of };
  }
  if (first === '--version' || first === '-v' || first === 'version') return { name: 'version' };
  const name = COMMANDS.find((known) => known === first);
  if (name === undefined) throw new UsageError(`expected a command, ${oneOf(COMMANDS)}; got ${quote(first)}`);
  const { values, positionals } = valuesOf(name, rest);
  return values.has('help') ? { name: 'help', of: name } : commandOf(name, values, positionals);
}

function commandOf(name: CommandName, values: ReadonlyMap<string, string>, positionals: readonly string[]): Command {
  const [cluster, ...more] = positionals;
  const surplus = name === 'why' ? more[0] : cluster;
  if (surplus !== undefined) throw new UsageError(`${name}: expected ${name === 'why' ? 'the name of one cluster' : 'options only'}; got ${quote(surplus)} too`, name);
  switch (name) {
    case 'watch':
      return { name, management: managementOf(values), output: choiceOf(name, values, ['table', 'wide', 'json']), once: values.has('once') };
    case 'why':
      if (cluster === undefined) throw new UsageError('why: expected the name of a cluster, as NAME or NAMESPACE/NAME; got none', name);
      return { name, cluster, management: managementOf(values), output: choiceOf(name, values, ['text', 'json']) };
    case 'demo':
      return { name, clusters: clustersOf(values), duration: durationOf(values), output: choiceOf(name, values, ['table', 'wide', 'json']) };
  }
}

function valuesOf(command: CommandName, argv: readonly string[]): { readonly values: ReadonlyMap<string, string>; readonly positionals: readonly string[] } {
  const known = OPTIONS[command];
  const options = Object.fromEntries(Object.entries({ ...known, help: undefined }).map(([option, value]) => [option, { type: value === undefined ? 'boolean' : 'string' } as const]));
  for (const [short, option] of Object.entries(SHORT)) if (options[option] !== undefined) Object.assign(options[option], { short });
  const { tokens, positionals } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, inlineValue } = token;
    // `-o=json` is what kubectl takes, too.
    const value = rawName.length === 2 && inlineValue === true ? token.value?.replace(/^=/, '') : token.value;
    if (options[name] === undefined) throw new UsageError(`${command}: expected one of ${Object.keys(known).map((option) => `--${option}`).join(', ')}; got ${quote(rawName)}`, command);
    const expected = known[name];
    if (expected === undefined && value !== undefined) throw new UsageError(`${command}: expected ${rawName} without a value; got ${quote(value)}`, command);
    if (expected !== undefined && (value === undefined || value === '' || (inlineValue !== true && value.startsWith('-')))) {
      throw new UsageError(`${command}: expected ${expected} after ${rawName}; got ${value === undefined ? 'nothing' : quote(value)}`, command);
    }
    values.set(name, value ?? '');
  }
  return { values, positionals };
}

function managementOf(values: ReadonlyMap<string, string>): Management {
  const [kubeconfig, context, namespace] = [values.get('kubeconfig'), values.get('context'), values.get('namespace')];
  return { ...kubeconfig === undefined ? {} : { kubeconfig }, ...context === undefined ? {} : { context }, ...namespace === undefined ? {} : { namespace } };
}

/** The first choice is the default. */
function choiceOf<T extends string>(command: CommandName, values: ReadonlyMap<string, string>, choices: readonly [T, ...T[]]): T {
  const value = values.get('output');
  const choice = value === undefined ? choices[0] : choices.find((known) => known === value);
  if (choice === undefined) throw new UsageError(`${command}: expected ${oneOf(choices)} after --output; got ${quote(value ?? '')}`, command);
  return choice;
}

function clustersOf(values: ReadonlyMap<string, string>): number {
  const text = values.get('clusters');
  if (text === undefined) return DEMO.clusters;
  const clusters = /^\d+$/.test(text) ? Number(text) : 0;
  if (clusters < 1 || clusters > DEMO.mostClusters) throw new UsageError(`demo: expected a whole number from 1 to ${DEMO.mostClusters} after --clusters; got ${quote(text)}`, 'demo');
  return clusters;
}

function durationOf(values: ReadonlyMap<string, string>): number {
  const text = values.get('duration');
  if (text === undefined) return DEMO.duration;
  const duration = parseDuration(text);
  if (duration === undefined || duration < DEMO.shortest || duration > DEMO.longest) throw new UsageError(`demo: expected a duration from 5s to 10m after --duration; got ${quote(text)}`, 'demo');
  return duration;
}

const oneOf = (choices: readonly string[]) => `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
const quote = (text: string) => JSON.stringify(plain(text));
