import { expect } from 'chai';
import { lastValueFrom } from 'rxjs';
import { inspect } from 'node:util';
import { parseKubeconfig } from '../../lib/kubernetes/kubeconfig.ts';
import { createRestClient } from '../../lib/kubernetes/rest-client.ts';
import { createTransport } from '../../lib/kubernetes/transport.ts';
import { FakeApiServer } from '../../lib/testing/fake-api-server.ts';
import { leavesNothingOpen } from '../leaks.ts';

describe('a server that says what it was sent', () => {
  leavesNothingOpen();

  const token = 'a-token-that-nobody-may-see';
  for (const [what, work] of [
    ['a call', (rest: ReturnType<typeof createRestClient>) => rest.request({ path: '/api/v1/nodes' })],
    ['a watch', (rest: ReturnType<typeof createRestClient>) => rest.lines({ path: '/api/v1/nodes?watch=true' })],
  ] as const) {
    it(`tells it to nobody through the error of ${what}`, async () => {
      await using server = await FakeApiServer.start();
      const { endpoint } = parseKubeconfig(server.kubeconfig({ token }));
      server.inject({ fault: 'serverError', message: `the header was Bearer ${token}` });
      const transport = createTransport(endpoint, { userAgent: 'spec' });
      try {
        const error: unknown = await lastValueFrom(work(createRestClient({ transport, timeout: 5_000 })) as ReturnType<typeof transport.lines>).catch((reason: unknown) => reason);
        expect((error as Error).message).to.contain('the header was Bearer [concealed]');
        expect(inspect(error, { depth: 10, showHidden: true })).not.to.contain(token);
      } finally {
        transport.close();
      }
    });
  }
});
