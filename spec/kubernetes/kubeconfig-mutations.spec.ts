import { expect } from 'chai';
import { inspect } from 'node:util';
import { parseKubeconfig } from '../../lib/kubernetes/kubeconfig.ts';
import { KubeconfigError } from '../../lib/model/errors.ts';
import { Certificates } from '../../lib/testing/certificates.ts';

const { cert, key } = Certificates.shared().client({ user: 'anna' });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const TOKEN = 'tOkEn0123456789';
const PASSWORD = 'pAsSwOrD9876543';

/** Everything that a kubeconfig may hold, and what it may not. */
const DOCUMENT = {
  'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'context',
  'contexts': [{ name: 'context', context: { cluster: 'cluster', user: 'user', namespace: 'default' } }],
  'clusters': [{
    name: 'cluster',
    cluster: {
      'server': 'https://127.0.0.1:6443/path', 'certificate-authority-data': base64(Certificates.shared().ca), 'tls-server-name': 'api.one',
      'proxy-url': `http://anna:${PASSWORD}@proxy:3128`,
    },
  }],
  'users': [{
    name: 'user',
    user: {
      'token': TOKEN, 'client-certificate-data': base64(cert), 'client-key-data': base64(key),
      'as': 'carl', 'as-uid': '1', 'as-groups': ['a'], 'as-user-extra': { scopes: ['x', 'y'] },
    },
  }],
};

/** Eight characters of a secret in a row are its bytes; the ends of a PEM are everybody's. */
const PIECE = 8;
const pieces = [TOKEN, PASSWORD, base64(key).slice(40, -40), key.split('\n').slice(1, -2).join('')]
  .flatMap((secret) => Array.from({ length: Math.floor(secret.length / PIECE) }, (_, at) => secret.slice(at * PIECE, (at + 1) * PIECE)));

/** Numbers in [0, 1) that are the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const ODDITIES: readonly unknown[] = [
  null, true, 0, -1, 1.5, '', ' ', [], {}, [[]], [null], { '': '' }, { constructor: TOKEN }, { ['__proto__']: { token: TOKEN } }, TOKEN, `${TOKEN}\n`, `${TOKEN}\0`, '\ud800',
  '\u202e', 'x'.repeat(70_000), ' '.repeat(70_000), `${' '.repeat(70_000)}!`, base64(TOKEN), `-----BEGIN CERTIFICATE-----${TOKEN}-----END CERTIFICATE-----`,
  base64(`-----BEGIN CERTIFICATE-----\n${TOKEN}\n-----END CERTIFICATE-----`), base64(`-----BEGIN PRIVATE KEY-----\n${TOKEN}\n-----END PRIVATE KEY-----`),
  `https://anna:${PASSWORD}@host`, `https://host/?token=${TOKEN}`, `https://host:${TOKEN}`, `socks5://anna:${PASSWORD}@proxy`, `javascript:${TOKEN}`, 'https://[', 'http:',
];
const FIELDS = ['exec', 'auth-provider', 'tokenFile', 'client-certificate', 'client-key', 'certificate-authority', 'insecure-skip-tls-verify', 'username', 'password', '__proto__', 'constructor', 'toString'];

type Node = Record<string, unknown> | unknown[];

/** Changes one thing somewhere in the document: replaces a value, takes it away, doubles it, or adds a field. */
function mutate(document: Node, random: () => number): void {
  const nodes: Node[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    nodes.push(value as Node);
    Object.values(value).forEach(visit);
  };
  visit(document);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const node = pick(nodes);
  const names = Object.keys(node);
  const name = names.length === 0 || random() < 0.3 ? pick(FIELDS) : pick(names);
  const fields = node as Record<string, unknown>;
  const chance = random();
  if (name === 'current-context') fields[name] = 'elsewhere'; // names of contexts may be told
  else if (chance < 0.15) delete fields[name];
  else if (chance < 0.25 && Array.isArray(node)) node.push(...node);
  else Object.defineProperty(node, Array.isArray(node) ? '0' : name, { value: structuredClone(pick(ODDITIES)), enumerable: true, configurable: true, writable: true });
}

describe('parseKubeconfig, whatever has become of a kubeconfig', () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    it(`reads it or says with a KubeconfigError why not, and tells nobody what is in it (${seed})`, () => {
      const random = randomNumbers(seed);
      for (let count = 0; count < 60; count += 1) {
        const document = structuredClone(DOCUMENT);
        for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes -= 1) mutate(document, random);
        const text = JSON.stringify(document);
        const cut = random() < 0.1 ? text.slice(0, Math.floor(random() * text.length)) : text;
        const shown = outcome(cut);
        expect(pieces.filter((piece) => shown.includes(piece)), cut.slice(0, 200)).to.deep.equal([]);
      }
    });
  }
});

/** All that can be seen of what came of it. */
function outcome(text: string): string {
  let result: unknown;
  try {
    result = parseKubeconfig(text, { allowInsecureSkipTlsVerify: true, allowPlainHttp: true });
  } catch (error) {
    result = error;
    expect(error).to.be.instanceOf(KubeconfigError);
  }
  return [inspect(result, { depth: 10, showHidden: true, maxStringLength: null }), JSON.stringify(result), String(result)].join('\n');
}
