import { expect } from 'chai';
import { KnownObjects } from '../../lib/informer/known-objects.ts';

const object = (uid: string, resourceVersion: string) => ({ metadata: { namespace: 'default', name: 'one', uid, resourceVersion } });
const types = (changes: readonly { readonly type: string }[]) => changes.map(({ type }) => type);

describe('KnownObjects', () => {
  it('takes what a list has for news where the server was restored to an earlier state', () => {
    const known = new KnownObjects();
    known.apply(object('a', '90'), 'initial');
    expect(types(known.apply(object('a', '50'), 'relist'))).to.deep.equal(['applied']);
    expect(types(known.apply(object('b', '40'), 'relist'))).to.deep.equal(['deleted', 'applied']);
  });

  it('takes what a list has unchanged for no news', () => {
    const known = new KnownObjects();
    known.apply(object('a', '90'), 'initial');
    expect(known.apply(object('a', '90'), 'relist')).to.deep.equal([]);
  });

  it('lets a watch go forward only', () => {
    const known = new KnownObjects();
    known.apply(object('a', '90'), 'initial');
    expect(known.apply(object('a', '89'), 'watch')).to.deep.equal([]);
    expect(known.apply(object('a', '90'), 'watch')).to.deep.equal([]);
    expect(types(known.apply(object('a', '91'), 'watch'))).to.deep.equal(['applied']);
  });
});
