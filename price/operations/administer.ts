// What it uses to make, change, list and look.

import { type Operation, Stage, topic } from './stage.ts';

const times = 20;
const cluster = '/v3/clusters/sluice';

export function countAdministration(): Promise<readonly Operation[]> {
  return Stage.open(14, async (stage) => {
    const instance = '/consumers/billing/instances/one';
    await stage.ask('POST /consumers/billing', { body: { name: 'one' } });
    await stage.ask(`POST ${instance}/subscription`, { body: { topics: [topic] } });
    await stage.ask(`GET ${instance}/records`);
    await stage.ask(`POST ${instance}/offsets`);
    const ask = (what: string, route: string, body?: object) =>
      stage.count(what, times, () => stage.ask(route, { body }));
    const lags = `GET ${cluster}/consumer-groups/billing/lags`;
    const alter = { data: [{ name: 'retention.ms', value: '86400000' }] };
    return [
      await stage.count('make a topic of 8 partitions', times, (time) =>
        stage.createTopic(`made-${time}`, 8),
      ),
      await ask('list topics: 21', `GET ${cluster}/topics`),
      await ask('describe a topic of 8 partitions', `GET ${cluster}/topics/${topic}`),
      await ask('its settings', `GET ${cluster}/topics/${topic}/configs`),
      await ask('change a setting', `POST ${cluster}/topics/${topic}/configs:alter`, alter),
      await ask('how large it is', `GET /topics/${topic}/sizes`),
      await stage.count('delete a topic of 8 partitions', times, (time) =>
        stage.ask(`DELETE ${cluster}/topics/made-${time}`),
      ),
      await ask('list groups: one', `GET ${cluster}/consumer-groups`),
      await ask('describe a group', `GET ${cluster}/consumer-groups/billing`),
      await ask('its lag, of 8 partitions', lags),
    ];
  });
}
