/**
 * Walks through what a new user would try, against a real kube-apiserver, and writes what was printed into docs/walkthrough.md: `npm run walkthrough`.
 * Takes about four minutes, most of it waiting as long as a fleet really waits.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Certificates } from '../lib/testing/certificates.ts';
import { ASSETS_FOLDER } from './assets.ts';
import { ControlPlane } from './control-plane.ts';
import { installCrds } from './install-crds.ts';
import { kubeconfig } from './kubeconfig.ts';
import { RawClient } from './raw-client.ts';

const CLUSTERS = '/apis/cluster.x-k8s.io/v1beta2/namespaces/default/clusters';
const SECRETS = '/api/v1/namespaces/default/secrets';
const CLI = ['lib/cli/main.ts'];

await using controlPlane = await ControlPlane.start();
const { url, certificates, adminToken } = controlPlane;
const { ca } = certificates;
const raw = new RawClient({ url, ca, credential: { token: adminToken } });
await installCrds(raw);
const { gitVersion } = await raw.get('/version');
const ownKubeconfig = join(ASSETS_FOLDER, 'walkthrough.kubeconfig');
writeFileSync(ownKubeconfig, kubeconfig({ url, ca, credential: { token: adminToken }, name: 'management' }), { mode: 0o600 });
const environment = { ...process.env, KUBECONFIG: ownKubeconfig, NO_COLOR: '1' };

const page: string[] = [];
const say = (...paragraphs: string[]) => { for (const paragraph of paragraphs) page.push(paragraph, ''); };
const show = (language: string, lines: readonly string[]) => { page.push(`\`\`\`${language}`, ...lines, '```', ''); };

async function run(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [...CLI, ...args], { env: environment });
  const printed = await textOf(child);
  show('console', [`$ clustercache ${args.join(' ')}`, ...printed.trimEnd().split('\n')]);
}

async function textOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { text += chunk.toString('utf8'); });
  await new Promise((resolve) => { child.on('close', resolve); });
  return text;
}

/** A running `watch -o json`, whose lines are taken as the story goes on. */
class Watch {
  readonly #child = spawn(process.execPath, [...CLI, 'watch', '-o', 'json'], { env: environment });
  readonly #lines: string[] = [];
  #arrived: () => void = () => {};
  #taken = 0;

  constructor() {
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#lines.push(line);
      this.#arrived();
    });
  }

  /** Waits for a line that fits, and writes all lines up to it onto the page. */
  async until(title: string, fits: (state: Record<string, unknown> & { readonly cluster: { readonly name: string } }) => boolean): Promise<void> {
    const deadline = performance.now() + 120_000;
    let from = this.#taken;
    for (;;) {
      const found = this.#lines.findIndex((line, index) => index >= from && fits(JSON.parse(line) as never));
      if (found >= 0) {
        say(title);
        show('json', this.#lines.slice(this.#taken, found + 1));
        this.#taken = found + 1;
        return;
      }
      from = this.#lines.length;
      if (performance.now() > deadline) throw new Error(`the walkthrough waited in vain: ${title}\n${this.#lines.slice(this.#taken).join('\n')}`);
      await new Promise<void>((resolve) => { this.#arrived = resolve; setTimeout(resolve, 1_000).unref(); });
    }
  }

  async interrupt(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => { this.#child.on('exit', resolve); });
    this.#child.kill('SIGINT');
    return ended;
  }
}

const secret = (name: string, text: string) => ({
  apiVersion: 'v1', kind: 'Secret', type: 'cluster.x-k8s.io/secret', metadata: { name: `${name}-kubeconfig`, labels: { 'cluster.x-k8s.io/cluster-name': name } },
  data: { value: Buffer.from(text).toString('base64') },
});
const right = (credential: Parameters<typeof kubeconfig>[0]['credential']) => kubeconfig({ url, ca, credential, name: 'right' });

say(
  '# Walkthrough',
  `What a new user would try, against a real kube-apiserver ${gitVersion} that is management and workload cluster at once, as it was printed. \`npm run walkthrough\` writes this page.`,
  'There are two Clusters whose kubeconfigs lead to this very API server: that of `right` is right, that of `wrong` trusts another certificate authority.',
);
for (const name of ['right', 'wrong']) {
  await raw.create(CLUSTERS, { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name }, spec: { infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'DockerCluster', name } } });
  await raw.merge(`${CLUSTERS}/${name}/status`, { status: { initialization: { infrastructureProvisioned: true } } });
}
await raw.create(SECRETS, secret('right', right({ token: adminToken })));
await raw.create(SECRETS, secret('wrong', kubeconfig({ url, ca: Certificates.create().ca, credential: { token: adminToken }, name: 'wrong' })));

say('## Look once');
await run('watch', '--once');
say('## Ask why');
await run('why', 'wrong');
await run('why', 'right');

say('## Watch', '`clustercache watch -o json` prints a line for every change of a state.');
const watch = new Watch();
let connected = false;
let failed = false;
await watch.until('At the start:', ({ cluster, phase }) => {
  connected ||= cluster.name === 'right' && phase === 'connected';
  failed ||= cluster.name === 'wrong' && phase === 'disconnected';
  return connected && failed;
});
const ofRight = (fits: (state: Record<string, unknown>) => boolean) => (state: Record<string, unknown> & { readonly cluster: { readonly name: string } }) => state.cluster.name === 'right' && fits(state);

await raw.delete(`${SECRETS}/right-kubeconfig`);
await watch.until('The Secret of `right` is deleted. An accident must not cut a cluster: it stays connected, and the state says what is missing.', ofRight(({ phase, error }) => phase === 'connected' && error !== undefined));

await raw.create(SECRETS, secret('right', right({ token: adminToken })));
await watch.until('It is put back as it was:', ofRight(({ phase, error }) => phase === 'connected' && error === undefined));

const { cert, key } = certificates.client({ user: 'walker', key: 'rsa' });
await raw.update(`${SECRETS}/right-kubeconfig`, secret('right', right({ cert, key })));
await watch.until('It is rotated, from a token to a client certificate: the new connection is up before the old one ends, so the phase stays `connected` and its `since` too.', ofRight(({ event }) => event === 'kubeconfigRotated'));

await controlPlane.kill();
await watch.until('The API server is killed. Connections are refused from now on, and five failed probes, 10 s apart, end the connection.', ofRight(({ phase, reason }) => phase === 'disconnected' && reason === 'probeFailureThreshold'));

await controlPlane.restart();
await watch.until('It is started again. The next connect comes 27 to 30 s after the last one failed.', ofRight(({ phase }) => phase === 'connected'));

say(`Ctrl-C ends it with status ${await watch.interrupt()}.`);
raw.close();
writeFileSync('docs/walkthrough.md', `${page.join('\n').trimEnd()}\n`);
console.log('docs/walkthrough.md is written');
