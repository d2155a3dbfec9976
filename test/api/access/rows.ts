// Every route that asks who calls, each with the requests of it that need something else.

import { administrationRows } from './rows-administration.ts';
import { consumerRows } from './rows-consumers.ts';
import { v2Rows } from './rows-v2.ts';
import { v3Rows } from './rows-v3.ts';
import type { Row } from './walk.ts';

/** Whoever looks after a process has no credentials. */
export const openRoutes = ['GET /', 'GET /_health', 'GET /ready', 'GET /healthy'] as const;

export const rows: readonly Row[] = [
  { route: 'GET /openapi.json', needs: [] },
  ...v2Rows,
  ...consumerRows,
  ...v3Rows,
  ...administrationRows,
];
