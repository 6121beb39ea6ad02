import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { assets } from './assets.ts';
import type { RawClient } from './raw-client.ts';

const POLL = 50;

/**
 * Makes Cluster API's own CRDs, without their conversion webhook: v1beta1 and v1beta2 are both served, and what the stored v1beta2 does
 * not know of an object is dropped. Resolves when every served version answers lists and is in discovery.
 */
export async function installCrds(raw: RawClient): Promise<void> {
  const paths: string[] = [];
  for (const file of assets().crds) {
    const { spec } = await raw.do('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { method: 'POST', body: await readFile(file, 'utf8'), contentType: 'application/yaml' });
    const { names, versions } = spec as { readonly names: { readonly plural: string }; readonly versions: readonly { readonly name: string; readonly served: boolean }[] };
    for (const { name, served } of versions) {
      if (served) paths.push(`/apis/cluster.x-k8s.io/${name}`, `/apis/cluster.x-k8s.io/${name}/${names.plural}`);
    }
  }
  // Not found until its controller has seen it, then 429 while its storage begins; discovery comes last.
  for (const path of paths) {
    while ((await raw.send(path)).status !== 200) await delay(POLL);
  }
}
