// v3's clusters and brokers: there is one cluster, and in it one broker, the engine itself.

import { type Exchange, notFound, pathParameter, type RouteGroup } from '../exchange.ts';
import { v3ReplyType } from '../media-types.ts';
import { jsonReply } from '../reply.ts';
import {
  brokerResource,
  clusterResource,
  clusterScope,
  collectionOf,
  scopeOf,
} from './resources.ts';

export const v3ClusterRoutes: RouteGroup = {
  'GET /v3/clusters': listClusters,
  'GET /v3/clusters/:cluster': describeCluster,
  'GET /v3/clusters/:cluster/brokers': listBrokers,
  'GET /v3/clusters/:cluster/brokers/:broker': describeBroker,
};

function listClusters(exchange: Exchange): Response {
  exchange.access.needNothing();
  const scope = clusterScope(exchange);
  const url = scope.url.slice(0, scope.url.lastIndexOf('/'));
  const list = collectionOf('KafkaClusterList', url, [clusterResource(scope)]);
  return jsonReply(exchange, v3ReplyType(exchange), list);
}

function describeCluster(exchange: Exchange): Response {
  exchange.access.needNothing();
  return jsonReply(exchange, v3ReplyType(exchange), clusterResource(scopeOf(exchange)));
}

function listBrokers(exchange: Exchange): Response {
  exchange.access.needNothing();
  const scope = scopeOf(exchange);
  const list = collectionOf('KafkaBrokerList', `${scope.url}/brokers`, [brokerResource(scope)]);
  return jsonReply(exchange, v3ReplyType(exchange), list);
}

function describeBroker(exchange: Exchange): Response {
  exchange.access.needNothing();
  const scope = scopeOf(exchange);
  if (pathParameter(exchange, 'broker') !== '0') throw notFound();
  return jsonReply(exchange, v3ReplyType(exchange), brokerResource(scope));
}
