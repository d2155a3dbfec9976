// What subscriptions, ACLs and API keys need.

import type { Need } from '../../access/naive-acls.ts';
import type { Question } from '../ask.ts';
import { acl, endpoint, key, letters, subscription } from './given.ts';
import type { Row } from './walk.ts';

const path = '/subscriptions/:subscription';
const acls = '/v3/clusters/:cluster/acls';

const alterBills: Need = ['ALTER', 'GROUP', 'bills'];
const seeBills: Need = ['DESCRIBE', 'GROUP', 'bills'];
const readBills: Need = ['READ', 'GROUP', 'bills'];
const readOrders: Need = ['READ', 'TOPIC', 'orders'];
const writeOrders: Need = ['WRITE', 'TOPIC', 'orders'];
const readLetters: Need = ['READ', 'TOPIC', 'letters'];
const writeLetters: Need = ['WRITE', 'TOPIC', 'letters'];
const seeCluster: Need = ['DESCRIBE', 'CLUSTER', 'kafka-cluster'];
const alterCluster: Need = ['ALTER', 'CLUSTER', 'kafka-cluster'];

const billing = { name: 'billing', topic: 'orders', group: 'bills', target: endpoint };

const subscribed = { given: [letters, subscription] } as const;

function changed(body: object): { readonly question: Question } {
  return { question: { body } };
}

const subscriptionRows: readonly Row[] = [
  {
    route: 'POST /subscriptions',
    needs: [alterBills, readBills, readOrders],
    question: { body: billing },
  },
  {
    route: 'POST /subscriptions',
    of: 'with dead letters',
    needs: [alterBills, readBills, readOrders, writeLetters],
    given: [letters],
    question: { body: { ...billing, dead_letter_topic: 'letters' } },
  },
  { route: 'GET /subscriptions', of: 'shows what may be described', needs: [] },
  { route: `GET ${path}`, needs: [seeBills], ...subscribed },
  {
    route: `PATCH ${path}`,
    of: 'a setting',
    needs: [alterBills],
    ...subscribed,
    ...changed({ batch_size: 1 }),
  },
  {
    route: `PATCH ${path}`,
    of: 'another target',
    needs: [alterBills, readBills, readOrders],
    ...subscribed,
    ...changed({ target: { ...endpoint, url: 'https://hooks.example.com/other' } }),
  },
  {
    route: `PATCH ${path}`,
    of: 'another place for dead letters',
    needs: [alterBills, readBills, readOrders, writeLetters],
    ...subscribed,
    ...changed({ dead_letter_topic: 'letters' }),
  },
  {
    route: `PATCH ${path}`,
    of: 'no place for dead letters',
    needs: [alterBills],
    ...subscribed,
    ...changed({ dead_letter_topic: null, max_attempts: null }),
  },
  { route: `DELETE ${path}`, needs: [alterBills], ...subscribed },
  { route: `POST ${path}/pause`, needs: [alterBills], ...subscribed },
  { route: `POST ${path}/resume`, needs: [alterBills], ...subscribed },
  {
    route: `POST ${path}/seek`,
    needs: [alterBills],
    ...subscribed,
    ...changed({ to: 'earliest' }),
  },
  { route: `POST ${path}/rotate-secret`, needs: [alterBills], ...subscribed },
  { route: `GET ${path}/dead-letters`, needs: [seeBills, readLetters], ...subscribed },
  { route: `POST ${path}/redrive`, needs: [alterBills, writeOrders], ...subscribed },
];

const said = {
  resource_type: 'TOPIC',
  resource_name: 'orders',
  pattern_type: 'LITERAL',
  principal: 'User:shop',
  operation: 'READ',
  permission: 'ALLOW',
};

const accessRows: readonly Row[] = [
  { route: `GET ${acls}`, needs: [seeCluster] },
  { route: `POST ${acls}`, needs: [alterCluster], question: { body: said } },
  { route: `POST ${acls}:batch`, needs: [alterCluster], question: { body: { data: [said] } } },
  {
    route: `DELETE ${acls}`,
    needs: [alterCluster],
    given: [acl],
    query: '?principal=User:other',
  },
  { route: 'GET /keys', needs: [seeCluster], given: [key] },
  { route: 'POST /keys', needs: [alterCluster], question: { body: { principal: 'User:shop' } } },
  { route: 'GET /keys/:key', needs: [seeCluster], given: [key] },
  { route: 'POST /keys/:key/rotate', needs: [alterCluster], given: [key] },
  { route: 'DELETE /keys/:key/secrets/:version', needs: [alterCluster], given: [key] },
  { route: 'DELETE /keys/:key', needs: [alterCluster], given: [key] },
];

export const administrationRows: readonly Row[] = [...subscriptionRows, ...accessRows];
