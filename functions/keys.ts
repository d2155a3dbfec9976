// API keys, for those who administer the engine: whoever signs for these routes may do all that
// they do. There may be no key yet that could be asked for.

import { keyRoutes } from '../shared/api/v2/key-routes.ts';
import { administrators, noObjects, serve } from './runtime.ts';

export const handler = serve({ routes: [keyRoutes], objects: noObjects, access: administrators });
