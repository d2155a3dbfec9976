// The table that every simulated world stands on keeps the port's promises.

import { tableContract } from '../contract/table-contract.ts';
import { MemoryTable } from './memory-table.ts';

tableContract('memory', async () => ({ table: new MemoryTable(), close: async () => {} }));
