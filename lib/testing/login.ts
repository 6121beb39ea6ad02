import { randomBytes } from 'node:crypto';
import type { Certificates } from './certificates.ts';
import { type KubeconfigOptions, base64 } from './kubeconfig-document.ts';
import { ADMIN, type Users } from './users.ts';

/** The `user` of a kubeconfig, which is let in from now on. `token` is the one for whoever asks for nothing else. */
export function newLogin(users: Users, token: string, certificates: Certificates | undefined, options: KubeconfigOptions): Readonly<Record<string, string>> {
  const { user = 'token', userName, key = 'ec' } = options;
  const account = userName === undefined ? ADMIN : { name: userName, groups: ['system:masters'] };
  switch (user) {
    case 'none': return {};
    case 'basic': {
      const password = randomToken();
      users.addPassword(account.name, password, account);
      return { username: account.name, password };
    }
    case 'clientCertificate': {
      if (certificates === undefined) throw new Error('a server of plain http knows no client certificates');
      const { cert, key: privateKey } = options.certificate ?? certificates.client({ user: account.name, key });
      return { 'client-certificate-data': base64(cert), 'client-key-data': base64(privateKey) };
    }
    default: {
      const accepted = options.token ?? (userName === undefined ? token : randomToken());
      users.addToken(accepted, account);
      return { token: accepted };
    }
  }
}

export function randomToken(): string {
  return randomBytes(16).toString('hex');
}
