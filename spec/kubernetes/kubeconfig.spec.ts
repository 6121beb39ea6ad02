import { expect } from 'chai';
import { inspect } from 'node:util';
import { parseKubeconfig } from '../../lib/kubernetes/kubeconfig.ts';
import type { KubeconfigPolicy } from '../../lib/kubernetes/kubeconfig-policy.ts';
import { KubeconfigError } from '../../lib/model/errors.ts';
import { Certificates } from '../../lib/testing/certificates.ts';

const certificates = Certificates.shared();
const anna = certificates.client({ user: 'anna' });
const bert = certificates.client({ user: 'bert', key: 'rsa' });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const CA = base64(certificates.ca);
const TOKEN = 'tOkEn-that-nobody-may-see';
const PASSWORD = 'pAsSwOrd-that-nobody-may-see';
const SECRETS = [TOKEN, PASSWORD, base64(`anna:${PASSWORD}`), anna.key, base64(anna.key), bert.key, base64(bert.key)];

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly document?: object;
}

/** A kubeconfig that is right, but for the parts that are given. */
function kubeconfig({ cluster, user, document }: Parts = {}): string {
  return JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'one-admin@one',
    contexts: [{ name: 'one-admin@one', context: { cluster: 'one', user: 'one-admin' } }],
    clusters: [{ name: 'one', cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': CA, ...cluster } }],
    users: [{ name: 'one-admin', user: { token: TOKEN, ...user } }],
    ...document,
  });
}
const withUser = (user: object) => kubeconfig({ document: { users: [{ name: 'one-admin', user }] } });

function refusal(text: string | Uint8Array, policy?: Partial<KubeconfigPolicy>): KubeconfigError {
  try {
    parseKubeconfig(text, policy);
  } catch (error) {
    expect(error).to.be.instanceOf(KubeconfigError);
    return error as KubeconfigError;
  }
  throw new Error('it was accepted');
}

describe('parseKubeconfig', () => {
  it('reads the current context', () => {
    const { contextName, clusterName, endpoint } = parseKubeconfig(kubeconfig());
    expect({ contextName, clusterName }).to.deep.equal({ contextName: 'one-admin@one', clusterName: 'one' });
    expect(endpoint.server.href).to.equal('https://127.0.0.1:6443/');
    expect(endpoint.tls).to.deep.equal({ ca: certificates.ca, insecureSkipVerify: false });
    expect(endpoint.authorization).to.equal(`Bearer ${TOKEN}`);
  });

  it('reads YAML, anchors included, and bytes', () => {
    const yaml = [
      'current-context: one', 'contexts:', '- name: one', '  context: {cluster: one, user: one}', 'clusters:', '- name: one', '  cluster: &c {server: "https://one:6443"}',
      '- name: two', '  cluster: *c', 'users:', '- name: one', '  user: {token: abc}',
    ].join('\n');
    expect(parseKubeconfig(Buffer.from(yaml)).endpoint.authorization).to.equal('Bearer abc');
  });

  const accepted: [title: string, parts: Parts, check: (kubeconfig: ReturnType<typeof parseKubeconfig>) => unknown, expected: unknown][] = [
    ['basic authentication', { document: { users: [{ name: 'one-admin', user: { username: 'anna', password: PASSWORD } }] } }, ({ endpoint }) => endpoint.authorization, `Basic ${base64(`anna:${PASSWORD}`)}`],
    ['no user at all', { document: { contexts: [{ name: 'one-admin@one', context: { cluster: 'one' } }] } }, ({ endpoint }) => endpoint.authorization, undefined],
    ['tls-server-name', { cluster: { 'tls-server-name': 'api.one' } }, ({ endpoint }) => endpoint.tls?.servername, 'api.one'],
    ['an https proxy', { cluster: { 'proxy-url': 'https://anna:x@proxy:3128' } }, ({ endpoint }) => endpoint.proxy?.host, 'proxy:3128'],
    ['a path in the server', { cluster: { server: 'https://rancher/k8s/clusters/one' } }, ({ endpoint }) => endpoint.server.pathname, '/k8s/clusters/one'],
    ['an EC client certificate', { user: { 'client-certificate-data': base64(anna.cert), 'client-key-data': base64(anna.key) } }, ({ endpoint }) => [endpoint.tls?.cert, endpoint.tls?.key], [anna.cert, anna.key]],
    ['an RSA client certificate', { user: { 'client-certificate-data': base64(bert.cert), 'client-key-data': base64(bert.key) } }, ({ endpoint }) => [endpoint.tls?.cert, endpoint.tls?.key], [bert.cert, bert.key]],
    ['impersonation', { user: { as: 'carl', 'as-uid': '1', 'as-groups': ['a', 'b'], 'as-user-extra': { 'Acme.com/Project': ['x'] } } }, ({ endpoint }) => endpoint.impersonation,
      { 'Impersonate-User': 'carl', 'Impersonate-Uid': '1', 'Impersonate-Group': ['a', 'b'], 'Impersonate-Extra-acme.com%2Fproject': ['x'] }],
    ['impersonation with names that no header can have', { user: { as: 'carl', 'as-user-extra': { '(ä) %': ['x'], '\ud800': ['y'] } } }, ({ endpoint }) => Object.keys(endpoint.impersonation ?? {}).slice(1),
      ['Impersonate-Extra-%28%C3%A4%29%20%25', 'Impersonate-Extra-%EF%BF%BD']],
    ['the end of a token that says so', { user: { token: `x.${Buffer.from('{"exp":1800000000}').toString('base64url')}.x` } }, ({ tokenExpiry }) => tokenExpiry, new Date(1_800_000_000_000)],
    ['a token that says nothing of its end', {}, ({ tokenExpiry }) => tokenExpiry, undefined],
    ['the end of the certificate', { user: { 'client-certificate-data': base64(anna.cert), 'client-key-data': base64(anna.key) } }, ({ certificateExpiry }) => certificateExpiry! > new Date(), true],
    ['fields that are empty or null', { user: { tokenFile: '', exec: null, as: '' }, cluster: { 'proxy-url': '', 'tls-server-name': null } }, ({ endpoint }) => endpoint.proxy, undefined],
    ['what is refused in another context', { document: { users: [{ name: 'one-admin', user: { token: TOKEN } }, { name: 'other', user: { exec: { command: 'x' } } }] } }, ({ contextName }) => contextName, 'one-admin@one'],
  ];
  for (const [title, parts, check, expected] of accepted) {
    it(`takes ${title}`, () => { expect(check(parseKubeconfig(kubeconfig(parts)))).to.deep.equal(expected); });
  }

  describe('refuses', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)].join('\n');
    const rows: [title: string, text: string | Uint8Array, code: string, says: string][] = [
      ['exec', kubeconfig({ user: { exec: { command: '/bin/sh', env: [{ name: 'X', value: TOKEN }] } } }), 'KUBECONFIG_EXEC', 'users[0].user.exec is not allowed'],
      ['auth-provider', kubeconfig({ user: { 'auth-provider': { name: 'gcp', config: { token: TOKEN } } } }), 'KUBECONFIG_AUTH_PROVIDER', 'users[0].user.auth-provider is not allowed'],
      ['tokenFile', kubeconfig({ user: { tokenFile: '/var/run/secrets/token' } }), 'KUBECONFIG_TOKEN_FILE', 'users[0].user.tokenFile is not allowed'],
      ['client-certificate', kubeconfig({ user: { 'client-certificate': '/etc/cert' } }), 'KUBECONFIG_CLIENT_CERTIFICATE_FILE', 'users[0].user.client-certificate is not allowed'],
      ['client-key', kubeconfig({ user: { 'client-key': '/etc/key' } }), 'KUBECONFIG_CLIENT_KEY_FILE', 'users[0].user.client-key is not allowed'],
      ['certificate-authority', kubeconfig({ cluster: { 'certificate-authority': '/etc/ca' } }), 'KUBECONFIG_CA_FILE', 'clusters[0].cluster.certificate-authority is not allowed'],
      ['insecure-skip-tls-verify', kubeconfig({ cluster: { 'insecure-skip-tls-verify': true } }), 'KUBECONFIG_INSECURE_SKIP_TLS_VERIFY', 'insecure-skip-tls-verify must not be true'],
      ['plain http', kubeconfig({ cluster: { server: 'http://127.0.0.1:8080' } }), 'KUBECONFIG_PLAIN_HTTP', 'got http://127.0.0.1:8080'],
      ['credentials in the server', kubeconfig({ cluster: { server: `https://anna:${PASSWORD}@one` } }), 'KUBECONFIG_SERVER_CREDENTIALS', 'without credentials in it'],
      ['a server that is no URL', kubeconfig({ cluster: { server: `${PASSWORD} here` } }), 'KUBECONFIG_BAD_SERVER', 'clusters[0].cluster.server must be a URL'],
      ['a server of another scheme', kubeconfig({ cluster: { server: 'unix:///var/run/docker.sock' } }), 'KUBECONFIG_BAD_SERVER', 'clusters[0].cluster.server must be a URL'],
      ['a server with a query', kubeconfig({ cluster: { server: 'https://one/?a=b' } }), 'KUBECONFIG_BAD_SERVER', 'without a query'],
      ['no server', kubeconfig({ cluster: { server: undefined } }), 'KUBECONFIG_BAD_SERVER', 'it is missing or empty'],
      ['a proxy of another scheme', kubeconfig({ cluster: { 'proxy-url': `socks5://anna:${PASSWORD}@proxy` } }), 'KUBECONFIG_BAD_PROXY', 'got another scheme'],
      ['a proxy that is no URL', kubeconfig({ cluster: { 'proxy-url': 'proxy:' } }), 'KUBECONFIG_BAD_PROXY', 'proxy-url must be a URL'],
      ['a CA that is no base64', kubeconfig({ cluster: { 'certificate-authority-data': '***' } }), 'KUBECONFIG_BAD_CERTIFICATE', 'certificate-authority-data must be PEM'],
      ['a CA that is almost base64, and long', kubeconfig({ cluster: { 'certificate-authority-data': `${' '.repeat(1_000_000)}!` } }), 'KUBECONFIG_BAD_CERTIFICATE', 'certificate-authority-data must be PEM'],
      ['a CA that is no certificate', kubeconfig({ cluster: { 'certificate-authority-data': base64(anna.key) } }), 'KUBECONFIG_BAD_CERTIFICATE', 'certificate-authority-data must be PEM certificates'],
      ['half a client certificate', kubeconfig({ user: { 'client-key-data': base64(anna.key) } }), 'KUBECONFIG_HALF_CERTIFICATE', 'together; got one of them'],
      ['a key that is none', kubeconfig({ user: { 'client-certificate-data': base64(anna.cert), 'client-key-data': base64(anna.cert) } }), 'KUBECONFIG_BAD_CERTIFICATE', 'its PEM private key'],
      ['the key of another certificate', kubeconfig({ user: { 'client-certificate-data': base64(anna.cert), 'client-key-data': base64(bert.key) } }), 'KUBECONFIG_KEY_MISMATCH', 'got another one'],
      ['a token and a password', kubeconfig({ user: { username: 'anna', password: PASSWORD } }), 'KUBECONFIG_CONFLICTING_AUTH', 'a token or a username, not both'],
      ['a token of two lines', withUser({ token: `${TOKEN}\r\nX-Injected: yes` }), 'KUBECONFIG_BAD_HEADER_VALUE', 'users[0].user.token must be printable ASCII'],
      ['a user name with a colon', withUser({ username: `a:${PASSWORD}` }), 'KUBECONFIG_BAD_HEADER_VALUE', 'username must not hold a colon'],
      ['a token that is a number', withUser({ token: 12_345 }), 'KUBECONFIG_WRONG_TYPE', 'users[0].user.token must be a string; got a number'],
      ['a user that is a list', kubeconfig({ document: { users: [{ name: 'one-admin', user: [TOKEN] }] } }), 'KUBECONFIG_WRONG_TYPE', 'users[0].user must be a mapping; got a list'],
      ['users that are a mapping', kubeconfig({ document: { users: { a: TOKEN } } }), 'KUBECONFIG_WRONG_TYPE', 'users must be a list; got a mapping'],
      ['a flag that is text', kubeconfig({ cluster: { 'insecure-skip-tls-verify': 'true' } }), 'KUBECONFIG_WRONG_TYPE', 'must be true or false; got a string'],
      ['groups that are no text', kubeconfig({ user: { as: 'x', 'as-groups': [1] } }), 'KUBECONFIG_WRONG_TYPE', 'as-groups must be a list of strings; got a number'],
      ['groups without a user', kubeconfig({ user: { 'as-groups': ['system:masters'] } }), 'KUBECONFIG_BAD_IMPERSONATION', '.as must be set'],
      ['no current context', kubeconfig({ document: { 'current-context': '' } }), 'KUBECONFIG_NO_CURRENT_CONTEXT', 'current-context must name a context'],
      ['a current context that is not there', kubeconfig({ document: { 'current-context': 'other' } }), 'KUBECONFIG_CONTEXT_NOT_FOUND', 'current-context "other" must be the name of one of contexts'],
      ['a current context that would steer a terminal', kubeconfig({ document: { 'current-context': `a\u001b[2J\u202eb${'x'.repeat(1_000)}` } }), 'KUBECONFIG_CONTEXT_NOT_FOUND', `"a [2J b${'x'.repeat(56)}…"`],
      ['a context without a cluster', kubeconfig({ document: { contexts: [{ name: 'one-admin@one', context: {} }] } }), 'KUBECONFIG_CLUSTER_NOT_FOUND', 'contexts[0].context.cluster must name a cluster'],
      ['a cluster that is not there', kubeconfig({ document: { clusters: [] } }), 'KUBECONFIG_CLUSTER_NOT_FOUND', 'contexts[0].context.cluster must be the name of one of clusters'],
      ['a user that is not there', kubeconfig({ document: { users: [] } }), 'KUBECONFIG_USER_NOT_FOUND', 'contexts[0].context.user must be the name of one of users'],
      ['two users of one name', kubeconfig({ document: { users: [{ name: 'one-admin', user: {} }, { name: 'one-admin', user: { token: TOKEN } }] } }), 'KUBECONFIG_DUPLICATE_NAME', 'users must have each name once'],
      ['inherited names', kubeconfig({ document: { 'current-context': 'constructor' } }), 'KUBECONFIG_CONTEXT_NOT_FOUND', 'current-context "constructor"'],
      ['a context called __proto__', '{"__proto__": {"current-context": "x"}, "contexts": []}', 'KUBECONFIG_NO_CURRENT_CONTEXT', 'current-context'],
      ['an empty document', '', 'KUBECONFIG_EMPTY', 'the document is empty'],
      ['null', 'null', 'KUBECONFIG_EMPTY', 'the document is empty'],
      ['a text', TOKEN, 'KUBECONFIG_WRONG_TYPE', 'the document must be a mapping; got a string'],
      ['a list', `[${TOKEN}]`, 'KUBECONFIG_WRONG_TYPE', 'the document must be a mapping; got a list'],
      ['what is no YAML, by its line', `a: b\ntoken: "${TOKEN}\n`, 'KUBECONFIG_NOT_YAML', 'got something else, at line'],
      ['duplicate keys', `token: ${TOKEN}\ntoken: ${PASSWORD}`, 'KUBECONFIG_NOT_YAML', 'without duplicate keys'],
      ['two documents', `a: 1\n---\ntoken: ${TOKEN}`, 'KUBECONFIG_NOT_YAML', 'one YAML document'],
      ['tags that make objects', `a: !!js/function "${TOKEN}"`, 'KUBECONFIG_NOT_YAML', 'got something else'],
      ['bytes that are not UTF-8', Uint8Array.of(0xff, 0xfe, 0x61), 'KUBECONFIG_NOT_YAML', 'not UTF-8'],
      ['a document larger than a Secret', ' '.repeat(1024 * 1024 + 1), 'KUBECONFIG_TOO_LARGE', 'at most 1048576 bytes; got 1048577'],
      ['one that is nested without end', '['.repeat(100_000), 'KUBECONFIG_NOT_YAML', 'not nested beyond reason'],
      ['more aliases than anybody writes', `a: &a x\nb: [${Array(101).fill('*a').join(',')}]`, 'KUBECONFIG_NOT_YAML', 'got something else'],
      ['a bomb of aliases', bomb, 'KUBECONFIG_NO_CURRENT_CONTEXT', 'current-context'],
    ];
    for (const [title, text, code, says] of rows) {
      it(title, () => {
        const begun = performance.now();
        const error = refusal(text);
        expect(error.code).to.equal(code);
        expect(error.message).to.match(/^error creating REST config: error parsing kubeconfig: /).and.to.contain(says);
        const shown = [error.message, error.stack, inspect(error, { depth: 10 }), JSON.stringify(error)].join('\n');
        for (const secret of SECRETS) expect(shown).not.to.contain(secret);
        expect(performance.now() - begun, 'ms').to.be.below(1_000);
      });
    }

    it('each with a code of its own where the policy forbids it', () => {
      const codes = rows.map(([, text]) => refusal(text)).filter(({ refused }) => refused).map(({ code }) => code);
      expect(new Set(codes).size).to.equal(codes.length).and.to.equal(9);
    });
  });

  it('takes insecure-skip-tls-verify and plain http where the policy does', () => {
    const insecure = kubeconfig({ cluster: { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true } });
    expect(parseKubeconfig(insecure, { allowInsecureSkipTlsVerify: true }).endpoint.tls).to.deep.equal({ insecureSkipVerify: true });
    const plain = kubeconfig({ cluster: { 'certificate-authority-data': undefined, server: 'http://127.0.0.1:8080' } });
    expect(parseKubeconfig(plain, { allowPlainHttp: true }).endpoint.tls).to.equal(undefined);
  });

  it('shows no credential when it is inspected, printed or serialised', () => {
    const parsed = parseKubeconfig(kubeconfig({ user: { 'client-certificate-data': base64(anna.cert), 'client-key-data': base64(anna.key) } }));
    const shown = [inspect(parsed, { depth: 10, showHidden: true }), JSON.stringify(parsed), `${parsed.endpoint}`].join('\n');
    for (const secret of [...SECRETS, CA]) expect(shown).not.to.contain(secret);
  });

  describe('its fingerprints', () => {
    const prints = (parts: Parts) => {
      const { fingerprint, authorizationFingerprint } = parseKubeconfig(kubeconfig(parts));
      return { fingerprint, authorizationFingerprint };
    };
    const base = prints({});

    it('are equal for what says the same in another way', () => {
      expect(prints({ document: { preferences: {}, extensions: [] }, cluster: { server: 'https://127.0.0.1:6443/' } })).to.deep.equal(base);
    });

    it('differ in the second alone for another token', () => {
      const other = prints({ user: { token: 'another' } });
      expect(other.fingerprint).to.equal(base.fingerprint);
      expect(other.authorizationFingerprint).not.to.equal(base.authorizationFingerprint);
    });

    const changes: [string, Parts][] = [
      ['server', { cluster: { server: 'https://127.0.0.1:6444' } }],
      ['CA', { cluster: { 'certificate-authority-data': base64(Certificates.create().ca) } }],
      ['server name', { cluster: { 'tls-server-name': 'x' } }],
      ['proxy', { cluster: { 'proxy-url': 'http://proxy' } }],
      ['client certificate', { user: { 'client-certificate-data': base64(anna.cert), 'client-key-data': base64(anna.key) } }],
      ['impersonated user', { user: { as: 'carl' } }],
    ];
    for (const [what, parts] of changes) {
      it(`differ in the first for another ${what}`, () => { expect(prints(parts).fingerprint).not.to.equal(base.fingerprint); });
    }
  });
});
