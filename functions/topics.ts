// Topics and the cluster they are in, what this surface is; and every path that no function serves.

import document from '../docs/openapi.json' with { type: 'json' };
import { openapiRoutes } from '../shared/api/openapi-routes.ts';
import { topicRoutes } from '../shared/api/v2/topic-routes.ts';
import { v3AclRoutes } from '../shared/api/v3/acl-routes.ts';
import { v3ClusterRoutes } from '../shared/api/v3/cluster-routes.ts';
import { v3ConfigRoutes } from '../shared/api/v3/config-routes.ts';
import { v3TopicRoutes } from '../shared/api/v3/topic-routes.ts';
import { noObjects, serve } from './runtime.ts';

const openapi = openapiRoutes(JSON.stringify(document));

export const handler = serve({
  routes: [topicRoutes, v3ClusterRoutes, v3TopicRoutes, v3ConfigRoutes, v3AclRoutes, openapi],
  objects: noObjects,
});
