import { KubeConfig, type User } from '@kubernetes/client-node';
import { expect } from 'chai';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { NEVER, type Observable, ReplaySubject, VirtualTimeScheduler, asyncScheduler, firstValueFrom, forkJoin, lastValueFrom, switchMap, tap, toArray } from 'rxjs';
import { type ManagementOptions, withManagement } from '../../lib/kubernetes/management.ts';
import type { RestClient } from '../../lib/kubernetes/rest-client.ts';
import { isUnauthorized } from '../../lib/kubernetes/status-error.ts';
import { KubeconfigError } from '../../lib/model/errors.ts';
import { FakeApiServer } from '../../lib/testing/fake-api-server.ts';
import { leavesNothingOpen } from '../leaks.ts';

const OPTIONS: ManagementOptions = { userAgent: 'management-spec', timeout: 5_000, scheduler: asyncScheduler, random: () => 0 };
const SECRET = 'sEcReT-of-a-plugin';

const get = (rest: RestClient) => rest.request({ path: '/api/v1/namespaces/default' });
const failure = (work: Observable<unknown>): Promise<Error> => lastValueFrom(work).then(() => expect.fail('it succeeded'), (error: Error) => error);

describe('withManagement', function () {
  this.timeout(20_000);
  leavesNothingOpen();

  describe('with a KubeConfig of the user', () => {
    let server: FakeApiServer;
    let folder: string;
    const file = (name: string, content?: string): string => {
      const path = join(folder, name);
      if (content !== undefined) writeFileSync(path, content);
      return path;
    };

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'management-'));
      server = await FakeApiServer.start();
    });
    afterEach(async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    });

    const config = (user: Partial<User>, cluster: object = { caData: Buffer.from(server.ca).toString('base64') }, url = server.url): KubeConfig => {
      const kubeConfig = new KubeConfig();
      kubeConfig.loadFromClusterAndUser({ name: 'management', server: url, skipTLSVerify: false, ...cluster }, { name: 'me', ...user });
      return kubeConfig;
    };

    const tokenFile = (path: string): Partial<User> => ({ authProvider: { name: 'tokenFile', config: { tokenFile: path } } });

    /** A plugin that says the token in a file, for an hour, and notes each run. */
    const plugin = (tokens: string, status = '{ token: fs.readFileSync(file, "utf8"), expirationTimestamp: new Date(Date.now() + 3600e3) }'): Partial<User> => ({
      exec: {
        command: process.execPath,
        args: ['-e', `const fs = require('fs'); const file = ${JSON.stringify(tokens)}; fs.appendFileSync(file + '.runs', 'x'); console.log(JSON.stringify({ kind: 'ExecCredential', status: ${status} }));`],
      },
    });
    const runs = (tokens: string) => (existsSync(`${tokens}.runs`) ? readFileSync(`${tokens}.runs`, 'utf8').length : 0);

    const login = ({ token }: FakeApiServer): Partial<User> => ({ token });
    const clientCertificate = () => server.certificates.client({ user: 'me' });

    const users: [title: string, user: () => Partial<User>, cluster?: () => object][] = [
      ['a token', () => login(server)],
      ['a client certificate', () => ({ certData: Buffer.from(clientCertificate().cert).toString('base64'), keyData: Buffer.from(clientCertificate().key).toString('base64') })],
      ['a client certificate and a CA in files', () => {
        const { cert, key } = clientCertificate();
        return { certFile: file('cert', cert), keyFile: file('key', key) };
      }, () => ({ caFile: file('ca', server.ca) })],
      ['a token file with a line break at its end', () => tokenFile(file('token', `${server.token}\n`))],
      ['an exec plugin', () => plugin(file('token', server.token))],
      ['an exec plugin that says a client certificate', () => {
        const { cert, key } = clientCertificate();
        return plugin(file('none', ''), JSON.stringify({ clientCertificateData: cert, clientKeyData: key }));
      }],
      ['a name and a password', () => {
        server.users.addPassword('me', 'pässword');
        return { username: 'me', password: 'pässword' };
      }],
      ['no check of the server', () => login(server), () => ({ skipTLSVerify: true })],
    ];
    for (const [title, user, cluster] of users) {
      it(`talks to the management cluster with ${title}`, async () => {
        expect(await firstValueFrom(withManagement(config(user(), cluster?.()), OPTIONS, get))).to.include({ status: 200 });
        expect(server.requests[0]?.headers['user-agent']).to.equal('management-spec');
      });
    }

    it('checks the server by the CA where the context has no user', async () => {
      const kubeConfig = config({});
      kubeConfig.users = [];
      expect(isUnauthorized(await failure(withManagement(kubeConfig, OPTIONS, get)))).to.equal(true);
    });

    it('talks plain http where that is what the user has', async () => {
      await using plain = await FakeApiServer.start({ certificates: false });
      expect(await firstValueFrom(withManagement(config({ token: plain.token }, {}, plain.url), OPTIONS, get))).to.include({ status: 200 });
    });

    it('reads a token file again when the server refuses, and sends what was refused once more', async () => {
      const path = file('token', 'old');
      server.users.addToken('old');
      const answer = await firstValueFrom(withManagement(config(tokenFile(path)), OPTIONS, (rest) => get(rest).pipe(switchMap(() => {
        server.users.revokeToken('old');
        writeFileSync(path, server.token);
        return get(rest);
      }))));
      expect(answer.status).to.equal(200);
      expect(server.requests.map(({ status }) => status)).to.deep.equal([200, 401, 200]);
    });

    it('runs a plugin again when the server refuses what it said, once for all who were refused, and goes on with it', async () => {
      const path = file('token', 'old');
      server.users.addToken('old');
      const answers = await firstValueFrom(withManagement(config(plugin(path)), OPTIONS, (rest) => get(rest).pipe(
        switchMap(() => {
          expect(runs(path)).to.equal(1);
          server.users.revokeToken('old');
          writeFileSync(path, server.token);
          return forkJoin(Array.from({ length: 10 }, () => get(rest)));
        }),
        switchMap(() => get(rest)),
      )));
      expect(answers.status).to.equal(200);
      expect(runs(path)).to.equal(2);
    });

    it('opens a watch again that was refused', async () => {
      const path = file('token', 'old');
      const kubeConfig = config(plugin(path));
      server.users.addToken('next');
      const watch = (rest: RestClient) => {
        writeFileSync(path, 'next');
        return rest.lines({ path: '/api/v1/namespaces?watch=true' });
      };
      expect(JSON.parse(await firstValueFrom(withManagement(kubeConfig, OPTIONS, watch)))).to.have.property('type', 'ADDED');
    });

    it('asks again for a list in items that was refused', async () => {
      const path = file('token', 'old');
      const kubeConfig = config(plugin(path));
      server.users.addToken('next');
      const names = await firstValueFrom(withManagement(kubeConfig, OPTIONS, (rest) => {
        writeFileSync(path, 'next');
        return rest.items({ path: '/api/v1/namespaces' }).pipe(toArray());
      }));
      expect(names.map(({ type }) => type)).to.include('item').and.satisfy((types: string[]) => types.at(-1) === 'end');
      expect(server.requests.map(({ status }) => status)).to.deep.equal([401, 200]);
    });

    it('is revived by the connection in use, where that was replaced as well', async () => {
      const one = clientCertificate();
      const [cert, key] = [file('cert', one.cert), file('key', one.key)];
      const heard: string[] = [];
      await firstValueFrom(withManagement(config({ certFile: cert, keyFile: key }), OPTIONS, (rest) => {
        const told = (name: string) => ({ next: () => heard.push(name), complete: () => heard.push(`${name} complete`) });
        rest.transport.revived$.subscribe(told('first'));
        return rest.transport.revived$.pipe(
          switchMap(() => {
            const { cert: next, key: nextKey } = server.certificates.client({ user: 'other' });
            writeFileSync(cert, next);
            writeFileSync(key, nextKey);
            server.inject({ fault: 'unauthorized', times: 1 });
            return get(rest);
          }),
          tap(() => rest.transport.revived$.subscribe(told('second'))),
        );
      }));
      expect(heard).to.deep.equal(['first', 'first complete', 'second', 'second complete']);
    });

    it('errors with the 401 where the credentials are still the same, and asks for them once', async () => {
      const path = file('token', 'nobody');
      expect(isUnauthorized(await failure(withManagement(config(plugin(path)), OPTIONS, get)))).to.equal(true);
      expect(runs(path)).to.equal(2);
      expect(server.requests.map(({ status }) => status)).to.deep.equal([401]);
    });

    it('says what the plugin said where new credentials cannot be had', async () => {
      const path = file('token', 'nobody');
      const error = await failure(withManagement(config(plugin(path)), OPTIONS, (rest) => {
        rmSync(path);
        return get(rest);
      }));
      expect(error).to.be.instanceOf(KubeconfigError);
      expect(error.message).to.include('ENOENT');
    });

    it('asks for the credentials every minute', async () => {
      const scheduler = new VirtualTimeScheduler();
      scheduler.maxFrames = 150_000;
      const path = file('token', server.token);
      const opened = new ReplaySubject<RestClient>(1);
      const running = withManagement(config(tokenFile(path)), { ...OPTIONS, scheduler }, (rest) => {
        opened.next(rest);
        return NEVER;
      }).subscribe();
      try {
        const { transport } = await firstValueFrom(opened);
        server.users.addToken('next', { name: 'next', groups: ['system:masters'] });
        writeFileSync(path, 'next');
        scheduler.flush();
        const deadline = performance.now() + 5_000;
        do {
          await firstValueFrom(transport.request({ path: '/api/v1/namespaces/default', timeout: 2_000 }));
        } while (server.requests.at(-1)?.user !== 'next' && performance.now() < deadline);
        expect(server.requests.at(-1)?.user).to.equal('next');
        expect(server.requests.map(({ status }) => status)).to.not.include(401);
      } finally {
        running.unsubscribe();
      }
    });

    it('goes on with a new client certificate and CA over a new connection', async () => {
      const one = clientCertificate();
      const [cert, key] = [file('cert', one.cert), file('key', one.key)];
      const answer = await firstValueFrom(withManagement(config({ certFile: cert, keyFile: key }), OPTIONS, (rest) => get(rest).pipe(switchMap(() => {
        const { cert: next, key: nextKey } = server.certificates.client({ user: 'other' });
        writeFileSync(cert, next);
        writeFileSync(key, nextKey);
        server.inject({ fault: 'unauthorized', times: 1 });
        return get(rest);
      }))));
      expect(answer.status).to.equal(200);
      expect(server.requests.at(-1)?.user).to.equal('other');
    });

    it('closes its sockets when it is unsubscribed, and when what runs on it completes', async () => {
      await firstValueFrom(withManagement(config(login(server)), OPTIONS, get));
      await lastValueFrom(withManagement(config(login(server)), OPTIONS, get));
      const closed = () => server.counters.openConnections === 0;
      const deadline = performance.now() + 2_000;
      while (!closed() && performance.now() < deadline) await new Promise((resolve) => { setImmediate(resolve); });
      expect(server.counters.openConnections).to.equal(0);
    });

    describe('errors with a KubeconfigError that holds no credential', () => {
      const script = (code: string): Partial<User> => ({ exec: { command: process.execPath, args: ['-e', code] } });
      const rows: [title: string, kubeConfig: () => KubeConfig, says: RegExp][] = [
        ['for one that is empty', () => new KubeConfig(), /current context must name a cluster/],
        ['for a server that is no URL', () => config({}, {}, 'nowhere'), /server must be a URL/],
        ['for a proxy that is none of http', () => config({}, { proxyUrl: 'socks5://a' }), /proxy-url must be a URL/],
        ['for a CA that is not there', () => config({ token: SECRET }, { caFile: '/nowhere/ca' }), /ENOENT.*\/nowhere\/ca/],
        ['for a token file that is not there', () => config(tokenFile('/nowhere/token')), /ENOENT.*\/nowhere\/token/],
        ['for a plugin that is not there', () => config({ exec: { command: '/nowhere/plugin' } }), /ENOENT/],
        ['for a plugin that fails, with its words', () => config(script('console.error("log in\\n\\u001b[2Jfirst"); process.exit(1)')), /could not be authenticated with: log in \[2Jfirst$/],
        ['for a plugin that prints something else', () => config(script(`console.log("${SECRET}")`)), /printed no ExecCredential/],
        ['for a plugin that prints half of what it should', () => config(script(`console.log(JSON.stringify({ token: "${SECRET}" }))`)), /printed no ExecCredential/],
      ];
      for (const [title, kubeConfig, says] of rows) {
        it(title, async () => {
          const error = await failure(withManagement(kubeConfig(), OPTIONS, get));
          expect(error).to.be.instanceOf(KubeconfigError).and.include({ code: 'MANAGEMENT_KUBECONFIG' });
          expect(error.message).to.match(says);
          expect(inspect(error, { depth: 10 })).to.not.include(SECRET);
        });
      }
    });
  });
});
