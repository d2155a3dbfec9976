// `npm run bundle`: the functions as Lambda is given them, in dist/functions. The CDK runs it
// before each synthesis of this project's own app (cdk.json); in the package they lie ready.

import { writeBundles } from './write-bundles.ts';

await writeBundles();
