// Stock: an old database counts what is left.

import { service } from './ledger.ts';

export const handler = service('stock');
