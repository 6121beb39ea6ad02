import { expect } from 'chai';
import { SelectorError } from '../../lib/model/errors.ts';
import { parseFieldSelector } from '../../lib/model/field-selector.ts';
import { parseLabelSelector } from '../../lib/model/label-selector.ts';
import type { Answer, RawClient } from '../../ground-truth/raw-client.ts';
import type { Backend, Environment } from '../backends/backend.ts';
import { randomLabels, randomNumbers, randomSelector } from './random-selectors.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
/** `SELECTOR_SEED=2 npx mocha …` tries others. */
const SEED = Number(process.env['SELECTOR_SEED'] ?? 1);
/** So many that nearly every selector that is right finds some, and leaves some. */
const OBJECTS = 25;
const SELECTORS = 150;

/** The names of what is selected, or that the selector is refused. */
type Outcome = readonly string[] | 'refused';

/** Our reading of selectors beside a server's. */
export function describeSelectors(backend: Backend): void {
  describe(`selectors, ${backend.name} server`, () => {
    let environment: Environment;
    let raw: RawClient;
    let objects: readonly Answer[];
    const random = randomNumbers(SEED);

    before(async () => {
      environment = await backend.start();
      raw = environment.management.raw;
      for (let number = 1; number <= OBJECTS; number += 1) {
        await raw.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `selected-${number}`, labels: randomLabels(random) } });
      }
      objects = (await raw.get(CONFIG_MAPS)).items ?? [];
    });

    after(() => environment?.stop());

    const ask = async (query: Readonly<Record<string, string>>): Promise<Outcome> => {
      const { status, text, body } = await raw.send(`${CONFIG_MAPS}?${new URLSearchParams(query)}`);
      if (status === 400) return 'refused';
      expect(status, `${JSON.stringify(query)}: ${text}`).to.equal(200);
      return names(body.items ?? []);
    };

    it(`of labels select the same objects here and there, or are refused here and there (${SELECTORS} of seed ${SEED})`, async () => {
      const selectors = new Set<string>();
      while (selectors.size < SELECTORS) selectors.add(randomSelector(random));
      const ours: [text: string, outcome: Outcome][] = [];
      const theirs: [text: string, outcome: Outcome][] = [];
      for (const labelSelector of selectors) {
        ours.push([labelSelector, orRefused(() => {
          const selects = parseLabelSelector(labelSelector);
          return names(objects.filter(({ metadata }) => selects(metadata?.labels)));
        })]);
        theirs.push([labelSelector, await ask({ labelSelector })]);
      }
      expect(ours).to.deep.equal(theirs);

      const outcomes = theirs.map(([, outcome]) => outcome);
      const telling = outcomes.filter((outcome) => outcome !== 'refused' && outcome.length > 0 && outcome.length < objects.length);
      expect(telling.length, 'that select some and not all').to.be.above(SELECTORS / 3);
      expect(outcomes.filter((outcome) => outcome === 'refused').length, 'that are refused').to.be.above(SELECTORS / 10);
    });

    it('of fields select the same objects here and there, or are refused here and there', async () => {
      const selectors = [
        '', ',', '=', '!=', 'metadata.name=selected-1', 'metadata.name==selected-1', 'metadata.name!=selected-1', 'metadata.name=', 'metadata.name!=', 'metadata.name= selected-1',
        'metadata.name!=selected-1,metadata.name!=selected-2', ',metadata.name=selected-1,', 'metadata.name=selected-1,metadata.namespace=default', 'metadata.name=selected-1,metadata.namespace!=default',
        'metadata.name!=a\\,b', 'metadata.name!=a\\=b', 'metadata.name!=a\\\\', 'metadata.name!=a\\\\,metadata.name=selected-3', 'metadata.name!=a!b',
        'metadata.name', 'metadata.name=a,b', 'metadata.name=a=b', 'metadata.name===a', 'metadata.name=a\\', 'metadata.name=a\\b', 'metadata.name>a',
      ];
      const field = ({ metadata }: Answer, name: string): unknown => (name === 'metadata.name' ? metadata?.name : metadata?.namespace);
      const ours = selectors.map((text) => [text, orRefused(() => {
        const requirements = parseFieldSelector(text);
        return names(objects.filter((object) => requirements.every((each) => (field(object, each.field) === each.value) === (each.operator === '='))));
      })]);
      const theirs: unknown[] = [];
      for (const fieldSelector of selectors) theirs.push([fieldSelector, await ask({ fieldSelector })]);
      expect(ours).to.deep.equal(theirs);
    });
  });
}

function orRefused(select: () => Outcome): Outcome {
  try {
    return select();
  } catch (error) {
    if (error instanceof SelectorError) return 'refused';
    throw error;
  }
}

function names(objects: readonly Answer[]): readonly string[] {
  return objects.map(({ metadata }) => metadata?.name ?? '');
}
