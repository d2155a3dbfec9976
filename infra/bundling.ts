// How a handler becomes one file. The AWS SDK goes in: the copy in Lambda's image changes under us,
// and what is left after tree shaking loads faster than the whole. No source map: it is twice the
// code, and a cold start pays for what it unpacks; one may be made from the same commit when a
// trace needs it.

import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

export const bundling = {
  target: 'node24',
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  minify: true,
  sourceMap: false,
  externalModules: [] as string[],
  // Packages still written in CommonJS ask for Node's own modules by require, which ESM has not.
  banner:
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
} as const satisfies BundlingOptions;
