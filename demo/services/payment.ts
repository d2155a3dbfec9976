// Payment: takes what the bank allows it.

import { service } from './ledger.ts';

export const handler = service('payment');
