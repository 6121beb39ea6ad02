import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { ENTRY_POINTS } from './gates/public-surface.ts';
import { ROOT } from './gates/source-files.ts';

const sources = new Map<string, string>(ENTRY_POINTS.map(({ specifier, source }) => [specifier, pathToFileURL(join(ROOT, source)).href]));

// What imports the package by its name, as the examples do, gets its sources: the same modules as the specs.
registerHooks({
  resolve: (specifier, context, next) => next(sources.get(specifier) ?? specifier, context),
});
