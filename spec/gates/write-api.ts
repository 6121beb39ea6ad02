import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { publicSurfaces } from './public-surface.ts';
import { ROOT } from './source-files.ts';

for (const { golden, text } of publicSurfaces()) {
  mkdirSync(dirname(join(ROOT, golden)), { recursive: true });
  writeFileSync(join(ROOT, golden), text);
}
