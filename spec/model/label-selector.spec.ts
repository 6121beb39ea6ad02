import { expect } from 'chai';
import { SelectorError } from '../../lib/model/errors.ts';
import { parseLabelSelector } from '../../lib/model/label-selector.ts';

const LARGEST = '9223372036854775807';

describe('a label selector', () => {
  const labels = { app: 'web', n: '10', empty: '', big: LARGEST, padded: '007', in: 'notin', notin: 'in', 'example.com/role': 'db' };

  const rows: Readonly<Record<string, readonly [text: string, selected: boolean][]>> = {
    'by equality': [
      ['app=web', true], ['app==web', true], ['app=db', false], ['none=web', false], ['app!=web', false], ['app!=db', true], ['none!=web', true], ['example.com/role=db', true], ['role=db', false],
    ],
    'by the empty value': [
      ['empty=', true], ['empty==', true], ['empty!=', false], ['app=', false], ['app!=', true], ['none=', false], ['none!=', true], ['empty=,app=web', true], ['empty= ,app', true],
    ],
    'by sets': [
      ['app in (web)', true], ['app in (db, web)', true], ['app in (db)', false], ['none in (web)', false], ['app notin (web)', false], ['app notin (db)', true], ['none notin (web)', true],
    ],
    'by sets with the empty value': [
      ['empty in ()', true], ['app in ()', false], ['none in ()', false], ['empty notin ()', false], ['app notin ()', true], ['none notin ()', true],
      ['empty in (a,)', true], ['empty in (,a)', true], ['empty in (a,,b)', true], ['empty in (,)', true], ['empty in (a)', false], ['app in (web,)', true], ['app notin (a,,b)', true],
    ],
    'by presence': [['app', true], ['empty', true], ['none', false], ['!app', false], ['!none', true], ['! none', true]],
    'by order': [
      ['n>9', true], ['n>10', false], ['n<11', true], ['n<10', false], ['n > 9', true], ['padded>6', true], ['padded<8', true], ['n>009', true], ['empty>0', false], ['empty<1', false], ['none>0', false], ['none<1', false], ['app>0', false],
      [`big>${LARGEST.replace(/7$/, '6')}`, true], [`big<${LARGEST}`, false],
    ],
    'by all of several': [
      ['app=web,n=10', true], ['app=web,n=11', false], ['app,app', true], ['app=web,app=web', true], ['app=web,app!=web', false], ['app in (web),n notin (1,2),!none,big>1', true],
    ],
    'with the words of the language for names': [['in', true], ['notin', true], ['in=notin', true], ['in in (notin)', true], ['notin notin (notin)', true], ['!in', false]],
    'with blanks': [['', true], [' \t\r\n', true], ['  app  =  web  ,  n  ', true], ['app\tin\n(\rweb , db )', true], ['app in(web)', true]],
    'up to a NUL': [['app=web \0,none', true], ['app\0=\0web', true], ['\0none', true]],
  };
  for (const [how, table] of Object.entries(rows)) {
    it(`selects ${how}`, () => {
      expect(table.map(([text]) => [text, parseLabelSelector(text)(labels)])).to.deep.equal(table);
    });
  }

  it('sees no labels where there are none', () => {
    const table: readonly [text: string, selected: boolean][] = [['', true], ['a', false], ['!a', true], ['a=', false], ['a!=b', true], ['a in (b,)', false], ['a notin (b)', true], ['a>1', false], ['a<1', false]];
    expect(table.map(([text]) => [text, parseLabelSelector(text)(undefined)])).to.deep.equal(table);
  });

  it('takes nothing for a label that every object of JavaScript has', () => {
    const table: readonly [text: string, selected: boolean][] = [['constructor', false], ['!toString', true], ['valueOf!=a', true], ['constructor in (a,)', false], ['hasOwnProperty>0', false]];
    expect(table.map(([text]) => [text, parseLabelSelector(text)({})])).to.deep.equal(table);
  });

  it('compares labels that are 64-bit numbers, however they came there', () => {
    const table: readonly [value: string, below: boolean, above: boolean][] = [
      ['-1', true, false], ['+2', false, true], ['-9223372036854775808', true, false], ['-9223372036854775809', false, false], ['9223372036854775808', false, false],
      ['1_0', false, false], ['1e3', false, false], ['0x10', false, false], [' 10', false, false], ['1.5', false, false],
    ];
    const [below, above] = [parseLabelSelector('n<1'), parseLabelSelector('n>1')];
    expect(table.map(([n]) => [n, below({ n }), above({ n })])).to.deep.equal(table);
  });

  it('has keys and values of the lengths that the API allows', () => {
    const [name, prefix] = ['a'.repeat(63), 'a'.repeat(253)];
    for (const text of [name, `${prefix}/${name}`, `a=${name}`, `a in (${name})`, 'a.b-c/A_b.c-1=A_b.c-1']) expect(() => parseLabelSelector(text), text).to.not.throw();
  });

  const refused: Readonly<Record<string, readonly string[]>> = {
    'is cut short': ['a,', 'a in', 'a in (', 'a in (b', 'a in (b,', 'a notin', '!', 'a=b,'],
    'has something to spare': [',', ',a', 'a,,b', 'a b', 'a=b c', 'a=b=c', 'a in (b) c', 'a in (b))', 'a in (b c)', '(a)', 'a)', 'a||b'],
    'has no such operator': ['a===b', 'a=!b', 'a>=1', 'a<=1', 'a<>1', 'a~b', 'a is b', 'a IN (b)', '!!a', '!a=b', '!a in (b)', 'a in b', 'a in =(b)', 'a in (!b)'],
    'compares with what is no number': ['a>', 'a<', 'a>b', 'a>-1', 'a>+1', 'a>1.5', 'a>1_0', 'a>0x1', 'a>9223372036854775808', `a>${'0'.repeat(64)}`],
    'has a wrong key': [
      '-a', 'a-', '_a', '.a', 'a.', 'a/b/c', '/a', 'a/', '/', 'A.com/a', 'a..b/c', '-a/b', 'a_b/c', 'é', 'a\u00a0b', 'a'.repeat(64), `a/${'a'.repeat(64)}`, `${'a'.repeat(254)}/a`, '!-a', '-a in (b)', '=a', '""',
    ],
    'has a wrong value': ['a=-b', 'a=b-', 'a=b/c', 'a=b:c', 'a!=*', 'a=é', `a=${'b'.repeat(64)}`, 'a in (-b)', 'a in (b,c/d)', `a notin (${'b'.repeat(64)})`, "a='b'"],
  };
  for (const [why, texts] of Object.entries(refused)) {
    it(`is refused where it ${why}`, () => {
      for (const text of texts) expect(() => parseLabelSelector(text), text).to.throw(SelectorError).with.property('code', 'INVALID_SELECTOR');
    });
  }

  it('is refused with what was expected and what came', () => {
    const messages: readonly [text: string, message: string][] = [
      ['a b', 'label selector "a b" is invalid: expected =, ==, !=, in, notin, >, <; got "b"'],
      ['a in (b', 'label selector "a in (b" is invalid: expected \',\' or \')\'; got its end'],
      ['a=b c', 'label selector "a=b c" is invalid: expected \',\' or its end; got "c"'],
      ['a>x', 'label selector "a>x" is invalid: expected a whole number from 0 to 2^63 - 1 in at most 63 digits; got "x"'],
    ];
    for (const [text, message] of messages) expect(() => parseLabelSelector(text)).to.throw(SelectorError, message);
  });

  it('is quoted on one line, and no longer than can be read', () => {
    expect(() => parseLabelSelector(`a=\u001b[31m${'b'.repeat(100_000)}`)).to.throw(SelectorError).with.property('message').that.matches(/^[\x20-\x7e…]{1,700}$/);
  });
});
