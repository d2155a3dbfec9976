// What v3's routes of clusters, topics, settings, records and groups need.

import type { Need } from '../../access/naive-acls.ts';
import { emptyGroup, reader, records } from './given.ts';
import type { Row } from './walk.ts';

const cluster = '/v3/clusters/:cluster';
const topics = `${cluster}/topics`;
const topic = `${topics}/:topic`;
const groups = `${cluster}/consumer-groups`;
const group = `${groups}/:group`;

const onOrders = (operation: Need[0]): Need => [operation, 'TOPIC', 'orders'];
const onShop = (operation: Need[0]): Need => [operation, 'GROUP', 'shop'];

const record = { partition_id: 0, value: { type: 'STRING', data: 'x' } };

const topicRows: readonly Row[] = [
  { route: 'GET /v3/clusters', needs: [] },
  { route: `GET ${cluster}`, needs: [] },
  { route: `GET ${cluster}/brokers`, needs: [] },
  { route: `GET ${cluster}/brokers/:broker`, needs: [] },
  { route: `GET ${topics}`, of: 'shows what may be described', needs: [] },
  {
    route: `POST ${topics}`,
    of: 'by the topic',
    needs: [['CREATE', 'TOPIC', 'made']],
    or: [['CREATE', 'CLUSTER', 'kafka-cluster']],
    question: { body: { topic_name: 'made' } },
  },
  {
    route: `POST ${topics}`,
    of: 'by the cluster',
    needs: [['CREATE', 'CLUSTER', 'kafka-cluster']],
    or: [['CREATE', 'TOPIC', 'made']],
    question: { body: { topic_name: 'made' } },
  },
  {
    route: `POST ${topics}`,
    of: 'validate_only',
    needs: [['CREATE', 'TOPIC', 'made']],
    or: [['CREATE', 'CLUSTER', 'kafka-cluster']],
    question: { body: { topic_name: 'made', validate_only: true } },
  },
  { route: `GET ${topic}`, needs: [onOrders('DESCRIBE')] },
  {
    route: `PATCH ${topic}`,
    needs: [onOrders('ALTER')],
    question: { body: { partitions_count: 3 } },
  },
  { route: `DELETE ${topic}`, needs: [onOrders('DELETE')] },
  { route: `GET ${topic}/partitions`, needs: [onOrders('DESCRIBE')] },
  { route: `GET ${topic}/partitions/:partition`, needs: [onOrders('DESCRIBE')] },
  { route: `GET ${topic}/partitions/:partition/offset`, needs: [onOrders('DESCRIBE')] },
  {
    route: `DELETE ${topic}/partitions/:partition/records`,
    needs: [onOrders('DELETE')],
    given: [records],
    query: '?before_offset=1',
  },
  { route: `GET ${topics}/-/configs`, of: 'shows what may be described', needs: [] },
  { route: `GET ${topic}/configs`, needs: [onOrders('DESCRIBE_CONFIGS')] },
  { route: `GET ${topic}/configs/:config`, needs: [onOrders('DESCRIBE_CONFIGS')] },
  {
    route: `PUT ${topic}/configs/:config`,
    needs: [onOrders('ALTER_CONFIGS')],
    question: { body: { value: '1' } },
  },
  { route: `DELETE ${topic}/configs/:config`, needs: [onOrders('ALTER_CONFIGS')] },
  {
    route: `POST ${topic}/configs:alter`,
    needs: [onOrders('ALTER_CONFIGS')],
    question: { body: { data: [{ name: 'retention.ms', value: '1' }] } },
  },
  { route: `POST ${topic}/records`, needs: [onOrders('WRITE')], question: { body: record } },
  {
    route: `POST ${topic}/records:batch`,
    needs: [onOrders('WRITE')],
    question: { body: { entries: [{ id: 'a', ...record }] } },
  },
];

const groupRows: readonly Row[] = [
  { route: `GET ${groups}`, of: 'shows what may be described', needs: [] },
  { route: `GET ${group}`, needs: [onShop('DESCRIBE')], given: [reader] },
  { route: `DELETE ${group}`, needs: [onShop('DELETE')], given: [emptyGroup] },
  { route: `GET ${group}/consumers`, needs: [onShop('DESCRIBE')], given: [reader] },
  { route: `GET ${group}/consumers/:instance`, needs: [onShop('DESCRIBE')], given: [reader] },
  {
    route: `GET ${group}/consumers/:instance/assignments`,
    needs: [onShop('DESCRIBE')],
    given: [reader],
  },
  {
    route: `GET ${group}/consumers/:instance/assignments/:topic/partitions/:partition`,
    needs: [onShop('DESCRIBE'), onOrders('DESCRIBE')],
    given: [reader],
  },
  { route: `GET ${group}/lags`, needs: [onShop('DESCRIBE')], given: [records, emptyGroup] },
  {
    route: `GET ${group}/lags/:topic/partitions/:partition`,
    needs: [onShop('DESCRIBE'), onOrders('DESCRIBE')],
    given: [records, emptyGroup],
  },
  {
    route: `GET ${group}/lag-summary`,
    of: 'of topics that may not be described there is none',
    needs: [onShop('DESCRIBE')],
    given: [records, emptyGroup],
    status: 404,
  },
  {
    route: `POST ${group}/offsets:reset`,
    of: 'of a topic',
    needs: [onShop('READ'), onOrders('READ')],
    given: [records, emptyGroup],
    question: { body: { topic_name: 'orders', to: 'earliest' } },
  },
  {
    route: `POST ${group}/offsets:reset`,
    of: 'of all topics',
    needs: [onShop('READ'), onOrders('READ')],
    given: [records, emptyGroup],
    question: { body: { to: 'earliest' } },
  },
];

export const v3Rows: readonly Row[] = [...topicRows, ...groupRows];
