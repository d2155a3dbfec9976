// What is made of other files and read by an engine: where it lies, seen from here. The package
// `sluice` has it elsewhere: build/cli.ts changes these lines.

import { fileURLToPath } from 'node:url';

export const openapiDocument = fileURLToPath(new URL('../docs/openapi.json', import.meta.url));
/** Where `npm run console` puts the console. */
export const builtConsole = fileURLToPath(new URL('../dist/console', import.meta.url));
