import { expect } from 'chai';
import { NEVER, Subject, concat, of, throwError } from 'rxjs';
import { frameOf, showOn } from '../../lib/cli/screen.ts';
import { FakeTerminal } from './fake-terminal.ts';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';

describe('showOn', () => {
  it('draws on a screen of its own, with the cursor hidden, and puts both back when unsubscribed', () => {
    const terminal = new FakeTerminal();
    const subscription = showOn(terminal, concat(of(['a', 'b']), NEVER)).subscribe();
    expect(terminal.written.startsWith(ENTER)).to.equal(true);
    expect(terminal.screen).to.deep.equal(['a', 'b']);
    expect(terminal.written).to.not.include(LEAVE);
    subscription.unsubscribe();
    expect(terminal.written.endsWith(LEAVE)).to.equal(true);
  });

  it('puts the terminal back once when its frames end or fail', () => {
    for (const end$ of [of(['a']), throwError(() => new Error('no'))]) {
      const terminal = new FakeTerminal();
      showOn(terminal, end$).subscribe({ error: () => {} }).unsubscribe();
      expect(terminal.written.split(LEAVE)).to.have.length(2);
    }
  });

  it('puts the terminal back when the process ends meanwhile, and listens no longer than it draws', () => {
    const listeners = process.listenerCount('exit');
    const terminal = new FakeTerminal();
    const subscription = showOn(terminal, NEVER).subscribe();
    expect(process.listenerCount('exit')).to.equal(listeners + 1);
    (process.listeners('exit').at(-1) as () => void)();
    expect(terminal.written.endsWith(LEAVE)).to.equal(true);
    subscription.unsubscribe();
    expect(terminal.written.split(LEAVE)).to.have.length(2);
    expect(process.listenerCount('exit')).to.equal(listeners);
  });

  it('releases its frames when unsubscribed', () => {
    const frames = new Subject<readonly string[]>();
    const subscription = showOn(new FakeTerminal(), frames).subscribe();
    expect(frames.observed).to.equal(true);
    subscription.unsubscribe();
    expect(frames.observed).to.equal(false);
  });

  it('clears what a longer frame left, and never feeds a line after the last', () => {
    expect(frameOf(['a', 'b'])).to.equal('\u001b[?2026h\u001b[Ha\u001b[K\r\nb\u001b[K\u001b[J\u001b[?2026l');
  });
});
