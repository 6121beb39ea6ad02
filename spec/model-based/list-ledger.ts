import { type LogFields, type Logger, isGone } from '../../lib/index.ts';
import type { RecordedRequest } from '../../lib/testing/index.ts';
import type { Coverage } from './coverage.ts';
import { KIND_OF, type ThingKind } from './thing.ts';

/** What is known of the lists of one kind of one cluster. */
interface Account {
  /** Lists that there is a reason for: the first, one after each 410, one of each other cluster. */
  owed: number;
  /** Lists that began. */
  begun: number;
  /** Whether one is under way. */
  running: boolean;
}

/**
 * Keeps the books of every list: each must have a reason. Reads the log of the cluster cache, in which each list has a line when it begins and another
 * when it is in, and the requests that the servers saw.
 */
export class ListLedger implements Logger {
  readonly problems: string[] = [];
  readonly #accounts = new Map<string, Account>();
  readonly #byCause = new Map<string, number>();
  readonly #seen: RecordedRequest[] = [];
  /** Lists that went out once more, as their connection ended before a byte of an answer came: a server has seen each of them twice. */
  readonly #resent = new Map<ThingKind, number>();
  readonly #coverage: Coverage;
  readonly #note: (line: string) => void;
  readonly #sections: (kind: ThingKind) => number;
  /** 410s that watches were answered, as far as the servers can have sent them. */
  #expirable = 0;
  #expired = 0;

  /** `sections`: in how many parts a kind is read, each with lists of its own. */
  constructor(coverage: Coverage, note: (line: string) => void, sections: (kind: ThingKind) => number) {
    this.#coverage = coverage;
    this.#note = note;
    this.#sections = sections;
  }

  /** Watches that were told 410. */
  get expired(): number {
    return this.#expired;
  }

  /** Lists of a kind that have begun, whatever became of them. */
  begun(cluster: string, kind: ThingKind): number {
    return this.#account(cluster, kind).begun;
  }

  isRunning(cluster: string, kind: ThingKind): boolean {
    return this.#account(cluster, kind).running;
  }

  /** All of a kind may have to be listed once more. */
  owe(cluster: string, kind: ThingKind): void {
    this.#account(cluster, kind).owed += this.#sections(kind);
  }

  /** So many watches were answered 410 by a fault. */
  answeredGone(times: number): void {
    this.#expirable += times;
  }

  /** A server has seen this; `floor` is the oldest resourceVersion that it still knows. */
  saw(request: RecordedRequest, floor: bigint): void {
    if (KIND_OF[request.resource ?? ''] === undefined) return;
    const { query } = askedBy(request.path);
    if (request.verb === 'list' && !query.has('continue')) this.#seen.push(request);
    if (request.verb === 'watch' && BigInt(query.get('resourceVersion') ?? 0) < floor) this.#expirable += 1;
  }

  debug(fields: LogFields, message: string): void {
    const { cluster, kind, cause, during, path, err } = fields;
    this.#note([cluster, kind, message, cause, during, path, err instanceof Error ? err.message : undefined].filter((part) => typeof part === 'string').join(' '));
    if (message === 'a request is sent again') this.#sentAgain(String(path));
    if (typeof cluster !== 'string' || KIND_OF[`${String(kind).toLowerCase()}s`] === undefined) return;
    const account = this.#account(cluster, kind as ThingKind);
    const what = `${cluster} ${String(kind)}`;
    if (message === 'listing') {
      account.begun += 1;
      account.running = true;
      this.#coverage.count(`lists: ${String(cause)}`);
      this.#byCause.set(`${String(kind)} ${String(cause)}`, (this.#byCause.get(`${String(kind)} ${String(cause)}`) ?? 0) + 1);
      if (account.owed <= 0) this.problems.push(`${what} is listed for no reason (${String(cause)})`);
    } else if (message === 'synced') {
      account.owed -= 1;
      account.running = false;
    } else if (message === 'reading was interrupted') {
      const gone = isGone(err);
      this.#coverage.count(`interruptions: ${gone ? '410 of ' : ''}${String(during)}`);
      if (!gone || during !== 'watch') return;
      account.owed += 1;
      this.#expired += 1;
    }
  }

  info(fields: LogFields, message: string): void {
    this.#note(`${message} ${JSON.stringify(fields, (key, value: unknown) => (key === 'err' && value instanceof Error ? value.message : value))}`);
  }

  warn(fields: LogFields, message: string): void {
    this.info(fields, message);
    if (message === 'the cluster does not serve the kind') this.problems.push(`${String(fields['cluster'])} ${String(fields['kind'])}: ${message}`);
  }

  error(fields: LogFields, message: string): void {
    this.info(fields, message);
    this.problems.push(`${message}: ${String(fields['err'])}`);
  }

  /** Compares with what was measured: by `kind cause`. */
  close(measured: ReadonlyMap<string, number>, calm: boolean): void {
    for (const [what, count] of this.#byCause) if (measured.get(what) !== count) this.problems.push(`of ${count} lists (${what}), ${measured.get(what) ?? 0} are in the metric`);
    for (const [what, count] of measured) if (!this.#byCause.has(what)) this.problems.push(`${count} lists (${what}) are in the metric and not in the log`);
    for (const kind of ['ConfigMap', 'Pod', 'Node'] as const) {
      const seen = this.#seen.filter(({ resource }) => KIND_OF[resource ?? ''] === kind);
      const counted = [...measured].filter(([what]) => what.startsWith(`${kind} `)).reduce((sum, [, count]) => sum + count, 0);
      const resent = this.#resent.get(kind) ?? 0;
      if (seen.length > counted + resent) this.problems.push(`the servers saw ${seen.length} lists of ${kind}, ${counted} are in the metric, and ${resent} were sent twice`);
      this.#coverage.count('lists: answered', seen.filter(({ status }) => status === 200).length);
      this.#coverage.count('lists: sent twice', resent);
    }
    if (this.#expired > this.#expirable) this.problems.push(`${this.#expired} watches were told 410, and the servers sent ${this.#expirable}`);
    if (calm && this.#expired > 0) this.problems.push(`${this.#expired} watches were told 410 of servers that forgot nothing`);
    if (!calm && this.#expired === 0) this.problems.push('no watch was told 410: the program does not do what it is for');
  }

  #sentAgain(path: string): void {
    const { kind, query } = askedBy(path);
    if (kind !== undefined && !query.has('watch') && !query.has('continue')) this.#resent.set(kind, (this.#resent.get(kind) ?? 0) + 1);
  }

  #account(cluster: string, kind: ThingKind): Account {
    const id = `${cluster} ${kind}`;
    const account = this.#accounts.get(id) ?? { owed: this.#sections(kind), begun: 0, running: false };
    this.#accounts.set(id, account);
    return account;
  }
}

/** Of which kind a path asks for all, if it does, and how. */
function askedBy(path: string): { readonly kind: ThingKind | undefined; readonly query: URLSearchParams } {
  const { pathname, searchParams: query } = new URL(path, 'https://server');
  return { kind: KIND_OF[pathname.slice(pathname.lastIndexOf('/') + 1)], query };
}
