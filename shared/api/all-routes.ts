// Every route there is, for a process that serves the whole surface. Each of the functions serves
// its share of the same groups, and names them itself, so that it carries no other's code.

import type { RouteGroup } from './exchange.ts';
import { openapiRoutes } from './openapi-routes.ts';
import { consumerRoutes } from './v2/consumer-routes.ts';
import { deadLetterRoutes } from './v2/dead-letter-routes.ts';
import { fetchRoutes } from './v2/fetch-routes.ts';
import { keyRoutes } from './v2/key-routes.ts';
import { memberFetchRoutes } from './v2/member-fetch-routes.ts';
import { pollRoutes } from './v2/poll-routes.ts';
import { positionRoutes } from './v2/position-routes.ts';
import { produceRoutes } from './v2/produce-routes.ts';
import { producerRoutes } from './v2/producer-routes.ts';
import { sizeRoutes } from './v2/size-routes.ts';
import { subscriptionRoutes } from './v2/subscription-routes.ts';
import { topicRoutes } from './v2/topic-routes.ts';
import { transactionRoutes } from './v2/transaction-routes.ts';
import { v3AclRoutes } from './v3/acl-routes.ts';
import { v3ClusterRoutes } from './v3/cluster-routes.ts';
import { v3ConfigRoutes } from './v3/config-routes.ts';
import { v3GroupRoutes } from './v3/group-routes.ts';
import { v3OffsetRoutes } from './v3/offset-routes.ts';
import { v3ProduceRoutes } from './v3/produce-routes.ts';
import { v3TopicRoutes } from './v3/topic-routes.ts';

/** @param document OpenAPI 3.1, as JSON. */
export function allRoutes(document: string): readonly RouteGroup[] {
  return [
    produceRoutes,
    producerRoutes,
    transactionRoutes,
    fetchRoutes,
    topicRoutes,
    sizeRoutes,
    consumerRoutes,
    pollRoutes,
    memberFetchRoutes,
    positionRoutes,
    subscriptionRoutes,
    deadLetterRoutes,
    keyRoutes,
    v3AclRoutes,
    v3ClusterRoutes,
    v3TopicRoutes,
    v3ConfigRoutes,
    v3OffsetRoutes,
    v3ProduceRoutes,
    v3GroupRoutes,
    openapiRoutes(document),
  ];
}
