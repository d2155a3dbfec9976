// What v2's routes of topics and records need, and ours in its style.

import { encodeBatch } from '../../../shared/record/encode-batch.ts';
import { sqsEvent } from '../../ingest/events.ts';
import type { Question } from '../ask.ts';
import { audit, auditTopic, json, orders, reader, records } from './given.ts';
import type { Row } from './walk.ts';

const record = { records: [{ value: 'x' }] };

const batch = encodeBatch({
  records: [{ key: null, value: Buffer.from('x'), headers: [], timestamp: 1 }],
  compression: 'none',
});

const event = { specversion: '1.0', id: '1', source: '/s', type: 't' };
const binaryEvent = {
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-source': '/s',
  'ce-type': 't',
};

function keyed(body: object): Question {
  return { type: json, headers: { 'idempotency-key': 'k' }, body };
}

const both = [orders, audit].map(({ topic }) => ({ topic, value: 'x' }));

/** Offsets of what was read, with a record that goes elsewhere. */
function taken(values: { readonly [name: string]: string }): Question {
  const generation = Number(values['generation']);
  const offsets = [{ ...orders, offset: 0 }];
  const group = { group: 'shop', member: 'one', generation, offsets };
  return keyed({ records: [{ topic: 'audit', value: 'x' }], offsets: group });
}

export const v2Rows: readonly Row[] = [
  { route: 'GET /brokers', needs: [] },
  { route: 'GET /topics', of: 'shows what may be described', needs: [] },
  { route: 'GET /topics/:topic', needs: [['DESCRIBE', 'TOPIC', 'orders']] },
  { route: 'GET /topics/:topic/partitions', needs: [['DESCRIBE', 'TOPIC', 'orders']] },
  {
    route: 'GET /topics/:topic/partitions/:partition',
    needs: [['DESCRIBE', 'TOPIC', 'orders']],
  },
  {
    route: 'GET /topics/:topic/partitions/:partition/offsets',
    needs: [['DESCRIBE', 'TOPIC', 'orders']],
  },
  { route: 'GET /topics/:topic/sizes', needs: [['DESCRIBE', 'TOPIC', 'orders']] },
  {
    route: 'GET /topics/:topic/partitions/:partition/segments',
    needs: [['DESCRIBE', 'TOPIC', 'orders']],
  },
  {
    route: 'GET /topics/:topic/partitions/:partition/records',
    needs: [['READ', 'TOPIC', 'orders']],
    given: [records],
    query: '?offset=0',
  },
  {
    route: 'POST /topics/:topic',
    needs: [['WRITE', 'TOPIC', 'orders']],
    question: { type: json, body: record },
  },
  {
    route: 'POST /topics/:topic',
    of: 'with an Idempotency-Key',
    needs: [['WRITE', 'TOPIC', 'orders']],
    question: keyed(record),
  },
  {
    route: 'POST /topics/:topic',
    of: 'a CloudEvent, structured',
    needs: [['WRITE', 'TOPIC', 'orders']],
    question: { type: 'application/cloudevents+json', body: event },
  },
  {
    route: 'POST /topics/:topic',
    of: 'a CloudEvent, binary',
    needs: [['WRITE', 'TOPIC', 'orders']],
    question: { type: 'text/plain', headers: binaryEvent, body: 'x' },
  },
  {
    route: 'POST /topics/:topic/partitions/:partition',
    needs: [['WRITE', 'TOPIC', 'orders']],
    question: { type: json, body: record },
  },
  {
    route: 'POST /topics/:topic/partitions/:partition',
    of: 'raw batches',
    needs: [['WRITE', 'TOPIC', 'orders']],
    question: { type: 'application/vnd.sluice.batches', body: batch },
  },
  {
    route: 'POST /_ingest/:topic',
    needs: [['WRITE', 'TOPIC', 'orders']],
    question: { body: sqsEvent },
  },
  {
    route: 'POST /producers',
    of: 'without a name, who may write somewhere',
    needs: [['WRITE', 'TOPIC', 'orders']],
    anywhere: true,
    or: [['IDEMPOTENT_WRITE', 'CLUSTER', 'kafka-cluster']],
    question: { body: {} },
  },
  {
    route: 'POST /producers',
    of: 'without a name, by the cluster',
    needs: [['IDEMPOTENT_WRITE', 'CLUSTER', 'kafka-cluster']],
    question: { body: {} },
  },
  {
    route: 'POST /producers',
    of: 'with a name',
    needs: [['WRITE', 'TRANSACTIONAL_ID', 'till']],
    question: { body: { name: 'till' } },
  },
  {
    route: 'POST /transactions',
    of: 'to two topics',
    needs: [
      ['WRITE', 'TOPIC', 'orders'],
      ['WRITE', 'TOPIC', 'audit'],
    ],
    given: [auditTopic],
    question: keyed({ records: both }),
  },
  {
    route: 'POST /transactions',
    of: 'with offsets',
    needs: [
      ['WRITE', 'TOPIC', 'audit'],
      ['READ', 'GROUP', 'shop'],
      ['READ', 'TOPIC', 'orders'],
    ],
    given: [auditTopic, records, reader],
    question: taken,
  },
];
