// Writes docs/openapi.json: `npm run openapi`. A test says when it has to be run again.

import { readFileSync, writeFileSync } from 'node:fs';
import { openapiDocument } from '../shared/api/openapi/document.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
writeFileSync('docs/openapi.json', `${JSON.stringify(openapiDocument(version), undefined, 2)}\n`);
