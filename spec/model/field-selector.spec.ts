import { expect } from 'chai';
import { SelectorError } from '../../lib/model/errors.ts';
import { type FieldRequirement, namespaceSelectedBy, parseFieldSelector } from '../../lib/model/field-selector.ts';

const is = (field: string, value: string): FieldRequirement => ({ field, operator: '=', value });
const isNot = (field: string, value: string): FieldRequirement => ({ field, operator: '!=', value });

describe('a field selector', () => {
  const rows: Readonly<Record<string, readonly [text: string, requirements: readonly FieldRequirement[]][]>> = {
    'asks by equality': [
      ['metadata.name=a', [is('metadata.name', 'a')]], ['metadata.name==a', [is('metadata.name', 'a')]], ['metadata.name!=a', [isNot('metadata.name', 'a')]], ['a=', [is('a', '')]], ['a!=', [isNot('a', '')]],
    ],
    'asks for all of several, in their order': [['b=1,a!=2', [is('b', '1'), isNot('a', '2')]], ['a=1,a=1', [is('a', '1'), is('a', '1')]]],
    'asks for nothing where nothing is said': [['', []], [',', []], [',,', []], ['=', []], ['!=', []], [',a=b,', [is('a', 'b')]]],
    'takes what stands behind a backslash for itself': [
      ['a=b\\,c', [is('a', 'b,c')]], ['a=b\\=c', [is('a', 'b=c')]], ['a=b\\\\c', [is('a', 'b\\c')]], ['a=b\\\\,c=d', [is('a', 'b\\'), is('c', 'd')]], ['a=\\\\\\,', [is('a', '\\,')]],
    ],
    'begins its value behind the first sign': [['a!b=c', [is('a!b', 'c')]], ['a=b!c', [is('a', 'b!c')]], ['a\\=b', [is('a\\', 'b')]], ['=a', [is('', 'a')]]],
    'keeps blanks': [[' a = b ', [is(' a ', ' b ')]], ['a=\n', [is('a', '\n')]]],
  };
  for (const [what, table] of Object.entries(rows)) {
    it(what, () => {
      expect(table.map(([text]) => [text, parseFieldSelector(text)])).to.deep.equal(table);
    });
  }

  it('names the namespace that it selects by, where it does', () => {
    const table: readonly (readonly [text: string, namespace: string | undefined])[] = [
      ['metadata.namespace=x', 'x'], ['metadata.namespace==kube-system', 'kube-system'], ['spec.nodeName=a,metadata.namespace=x', 'x'], ['metadata.namespace=x,metadata.namespace=y', 'x'],
      ['metadata.namespace!=x', undefined], ['metadata.name=x', undefined], ['', undefined], ['metadata.namespace=', undefined],
      // No namespace has such a name, and no path may be made of it.
      ['metadata.namespace=X', undefined], ['metadata.namespace=a/b', undefined], ['metadata.namespace=..', undefined], [`metadata.namespace=${'a'.repeat(64)}`, undefined],
      ['metadata.namespace=x,a', undefined],
    ];
    expect(table.map(([text]) => [text, namespaceSelectedBy(text)])).to.deep.equal(table);
  });

  it('is refused where there is no sign, or a value has what must stand behind a backslash', () => {
    for (const text of ['a', 'a!b', ' ', 'a=b,c', 'a>1', 'a=b=c', 'a===b', 'a!==b', 'a=b\\', 'a=b\\c', 'a=\\ ', 'a=b\\\\\\']) {
      expect(() => parseFieldSelector(text), text).to.throw(SelectorError).with.property('code', 'INVALID_SELECTOR');
    }
  });

  it('is refused with what was expected and what came', () => {
    expect(() => parseFieldSelector('a=b,c')).to.throw(SelectorError, 'field selector "a=b,c" is invalid: expected a field, then =, == or !=, then a value; got "c"');
    expect(() => parseFieldSelector('a=b=c')).to.throw(SelectorError, "field selector \"a=b=c\" is invalid: expected a value in which ',', '=' and '\\' stand behind a '\\', and nothing else does; got \"b=c\"");
  });
});
