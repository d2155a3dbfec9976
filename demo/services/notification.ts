// Notification: the slowest, since its mail relay is.

import { service } from './ledger.ts';

export const handler = service('notification');
