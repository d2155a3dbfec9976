// The objects in memory keep the port's promises.

import { memoryObjects } from '../../local/memory-objects.ts';
import { objectsContract } from '../contract/objects-contract.ts';

objectsContract('memory', async () => ({ objects: memoryObjects(), close: async () => {} }));
