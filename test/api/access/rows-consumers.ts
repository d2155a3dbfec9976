// What the requests of consumer instances need: to read with their group, and each topic that they
// name or hold.

import type { Need } from '../../access/naive-acls.ts';
import {
  audit,
  auditRecords,
  auditTopic,
  handReader,
  instance,
  orders,
  patternReader,
  reader,
  records,
} from './given.ts';
import type { Row } from './walk.ts';

const path = '/consumers/:group/instances/:instance';

const group: Need = ['READ', 'GROUP', 'shop'];
const readOrders: Need = ['READ', 'TOPIC', 'orders'];
const readAudit: Need = ['READ', 'TOPIC', 'audit'];
const seeOrders: Need = ['DESCRIBE', 'TOPIC', 'orders'];
const seeAudit: Need = ['DESCRIBE', 'TOPIC', 'audit'];

const both = { body: { partitions: [orders, audit] } };
const offset = (place: object) => ({ ...place, offset: 0 });

export const consumerRows: readonly Row[] = [
  { route: 'POST /consumers/:group', needs: [group], question: { body: { name: 'one' } } },
  { route: `DELETE ${path}`, needs: [group], given: [instance] },
  {
    route: `POST ${path}/subscription`,
    of: 'by name',
    needs: [group, readOrders, readAudit],
    given: [instance],
    question: { body: { topics: ['orders', 'audit'] } },
  },
  {
    route: `POST ${path}/subscription`,
    of: 'by pattern',
    needs: [group],
    given: [instance],
    question: { body: { topic_pattern: '.*' } },
  },
  { route: `GET ${path}/subscription`, needs: [group], given: [reader] },
  { route: `DELETE ${path}/subscription`, needs: [group], given: [reader] },
  {
    route: `POST ${path}/assignments`,
    needs: [group, readOrders, readAudit],
    given: [auditTopic, instance],
    question: both,
  },
  { route: `GET ${path}/assignments`, needs: [group], given: [reader] },
  {
    route: `GET ${path}/records`,
    of: 'by name',
    needs: [group, readOrders],
    given: [records, reader],
    query: '?timeout=0',
    renewsSession: true,
  },
  {
    route: `GET ${path}/records`,
    of: 'by hand',
    needs: [group, readOrders],
    given: [records, handReader],
    query: '?timeout=0',
    renewsSession: true,
  },
  {
    route: `GET ${path}/records`,
    of: 'by pattern, what may be read',
    needs: [group],
    given: [records, patternReader],
    query: '?timeout=0',
  },
  {
    route: `POST ${path}/fetch`,
    of: 'what it holds by name',
    needs: [group, readOrders],
    given: [records, reader],
    question: { body: { partitions: [] } },
    renewsSession: true,
  },
  {
    route: `POST ${path}/fetch`,
    of: 'what it names',
    needs: [group, readOrders],
    given: [records, patternReader],
    question: { body: { partitions: [{ ...orders, generation: 1 }] } },
  },
  {
    route: `POST ${path}/positions`,
    needs: [group, readOrders, readAudit],
    given: [auditTopic, patternReader],
    question: { body: { offsets: [offset(orders)], timestamps: [{ ...audit, timestamp: 0 }] } },
  },
  {
    route: `POST ${path}/positions/beginning`,
    needs: [group, readOrders, readAudit],
    given: [auditTopic, patternReader],
    question: both,
  },
  {
    route: `POST ${path}/positions/end`,
    needs: [group, readOrders, readAudit],
    given: [auditTopic, patternReader],
    question: both,
  },
  {
    route: `POST ${path}/offsets`,
    of: 'that are named',
    needs: [group, readOrders, readAudit],
    given: [auditTopic, records, auditRecords, instance],
    question: { body: { offsets: [offset(orders), offset(audit)] } },
  },
  {
    route: `POST ${path}/offsets`,
    of: 'of all that polls gave',
    needs: [group, readOrders, readAudit],
    given: [auditTopic, records, patternReader],
  },
  {
    route: `GET ${path}/offsets`,
    of: 'by query',
    needs: [group, seeOrders],
    given: [reader],
    query: '?topic=orders&partition=0',
  },
  {
    route: `POST ${path}/offsets/committed`,
    needs: [group, seeOrders, seeAudit],
    given: [auditTopic, instance],
    question: both,
  },
];
