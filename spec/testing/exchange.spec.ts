import { expect } from 'chai';
import { once } from 'node:events';
import { type IncomingMessage, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { Exchange } from '../../lib/testing/exchange.ts';
import { type Connection, Listener } from '../../lib/testing/listener.ts';
import { leavesNothingOpen } from '../leaks.ts';

describe('an exchange over HTTP/1.1', () => {
  leavesNothingOpen();
  let listener: Listener;
  afterEach(() => listener.close());

  /** What a client reads of the answer that `answer` gives, and what the response broke with. */
  async function read(answer: (exchange: Exchange, connection: Connection) => unknown): Promise<{ readonly body: string; readonly errors: readonly string[] }> {
    const errors: string[] = [];
    listener = new Listener({
      protocols: ['http/1.1'], maxConcurrentStreams: 1,
      handle: (request, response, connection) => {
        (response as NodeJS.EventEmitter).on('error', (error: Error) => errors.push(error.message));
        answer(new Exchange(request, response, connection), connection);
      },
    });
    await listener.listen(undefined);
    const request = get({ port: listener.port, host: '127.0.0.1', agent: false });
    const [response] = await once(request, 'response') as [IncomingMessage];
    return { body: await text(response), errors };
  }

  it('sends what is written until its end', async () => {
    const { body, errors } = await read((exchange) => {
      exchange.stream();
      exchange.write('one\n');
      exchange.write('two\n');
      exchange.end();
    });
    expect([body, errors]).to.deep.equal(['one\ntwo\n', []]);
  });

  // Of a response that was ended node:http says that it is writable, and breaks with what is written then.
  it('takes nothing after its end, and does not break', async () => {
    let isTaken: boolean | undefined;
    const { body, errors } = await read((exchange) => {
      exchange.stream();
      exchange.write('all\n');
      exchange.end();
      isTaken = exchange.write('more\n');
      exchange.end();
      exchange.reply({ status: 500, body: '{}' });
    });
    expect([body, errors, isTaken]).to.deep.equal(['all\n', [], false]);
  });

  it('takes nothing after an end that waits for a muted connection, either', async () => {
    const { body, errors } = await read((exchange, connection) => {
      exchange.stream();
      connection.mute();
      exchange.write('all\n');
      exchange.end();
      exchange.write('more\n');
      exchange.end();
      connection.unmute();
    });
    expect([body, errors]).to.deep.equal(['all\n', []]);
  });
});
