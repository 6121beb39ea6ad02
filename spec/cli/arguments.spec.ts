import { expect } from 'chai';
import { UsageError, parseArguments } from '../../lib/cli/arguments.ts';

describe('parseArguments', () => {
  const parse = (line: string) => parseArguments(line.split(' ').filter((word) => word !== ''));

  for (const [line, expected] of [
    ['watch', { name: 'watch', management: {}, output: 'table', once: false }],
    ['watch --kubeconfig f --context c -n ns -o json --once', { name: 'watch', management: { kubeconfig: 'f', context: 'c', namespace: 'ns' }, output: 'json', once: true }],
    ['watch --namespace=ns --output=wide', { name: 'watch', management: { namespace: 'ns' }, output: 'wide', once: false }],
    ['watch -o=json', { name: 'watch', management: {}, output: 'json', once: false }],
    ['why a', { name: 'why', cluster: 'a', management: {}, output: 'text' }],
    ['why -o json ns/a --context c', { name: 'why', cluster: 'ns/a', management: { context: 'c' }, output: 'json' }],
    ['demo', { name: 'demo', clusters: 12, duration: 20_000, output: 'table' }],
    ['demo --clusters 3 --duration 1m30s -o json', { name: 'demo', clusters: 3, duration: 90_000, output: 'json' }],
    ['demo --duration 7', { name: 'demo', clusters: 12, duration: 7_000, output: 'table' }],
    ['--help', { name: 'help' }],
    ['help why', { name: 'help', of: 'why' }],
    ['watch --once -h', { name: 'help', of: 'watch' }],
    ['--version', { name: 'version' }],
  ] as const) {
    it(`understands ${line}`, () => {
      expect(parse(line)).to.deep.equal(expected);
    });
  }

  for (const [line, message] of [
    ['', 'expected a command, watch, why or demo; got none (see clustercache --help)'],
    ['wacht', 'expected a command, watch, why or demo; got "wacht" (see clustercache --help)'],
    ['watch -o yaml', 'watch: expected table, wide or json after --output; got "yaml" (see clustercache watch --help)'],
    ['watch --contxt c', 'watch: expected one of --kubeconfig, --context, --namespace, --output, --once; got "--contxt" (see clustercache watch --help)'],
    ['watch --kubeconfig', 'watch: expected a file after --kubeconfig; got nothing (see clustercache watch --help)'],
    ['watch --kubeconfig --once', 'watch: expected a file after --kubeconfig; got "--once" (see clustercache watch --help)'],
    ['watch -n=', 'watch: expected a namespace after -n; got "" (see clustercache watch --help)'],
    ['watch --once=yes', 'watch: expected --once without a value; got "yes" (see clustercache watch --help)'],
    ['watch a', 'watch: expected options only; got "a" too (see clustercache watch --help)'],
    ['why', 'why: expected the name of a cluster, as NAME or NAMESPACE/NAME; got none (see clustercache why --help)'],
    ['why a b', 'why: expected the name of one cluster; got "b" too (see clustercache why --help)'],
    ['demo --clusters 0', 'demo: expected a whole number from 1 to 1000 after --clusters; got "0" (see clustercache demo --help)'],
    ['demo --clusters 1e2', 'demo: expected a whole number from 1 to 1000 after --clusters; got "1e2" (see clustercache demo --help)'],
    ['demo --duration soon', 'demo: expected a duration from 5s to 10m after --duration; got "soon" (see clustercache demo --help)'],
    ['demo --duration 1s', 'demo: expected a duration from 5s to 10m after --duration; got "1s" (see clustercache demo --help)'],
  ] as const) {
    it(`says what is wrong with '${line}', in one line`, () => {
      expect(() => parse(line)).to.throw(UsageError, message).with.property('message', message);
    });
  }

  it('does not let an argument move the cursor of the terminal', () => {
    expect(() => parseArguments(['\u001b[2Jx'])).to.throw(UsageError).with.property('message').that.does.not.match(/\u001b/);
  });
});
