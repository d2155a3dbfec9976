// Writes the tables of docs/costs.md anew: `npm run costs`. A test says when it has to be run
// again.

import { readFileSync, writeFileSync } from 'node:fs';
import { costTables, withTables } from './cost-tables.ts';

const page = 'docs/costs.md';
writeFileSync(page, withTables(readFileSync(page, 'utf8'), await costTables()));
