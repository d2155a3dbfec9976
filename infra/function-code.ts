// Where a function's code lies: bundled beforehand, so that nobody who deploys an engine needs a
// bundler. The place is package.json's to say ("imports"), since this file has one place in the
// project and another in the package.

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { HandlerName } from '../shared/contract.ts';

const { resolve } = createRequire(import.meta.url);

/** @throws Error that says what makes it, when it is not there. */
export function functionCode(name: HandlerName): Code {
  return Code.fromAsset(dirname(bundleOf(name)));
}

function bundleOf(name: string): string {
  try {
    return resolve(`#functions/${name}/index.mjs`);
  } catch (cause) {
    throw new Error(`the function '${name}' is not bundled: run 'npm run bundle'`, { cause });
  }
}
