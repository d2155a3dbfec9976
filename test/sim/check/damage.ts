// DAMAGED is said only when stored bytes did not come as they are stored.

import { type Checker, nameOf } from './check.ts';

export const damage: Checker = ({ history, damages }) => {
  if (damages) return [];
  const reads = history.reads.filter(({ answer }) => {
    return answer.kind === 'error' && answer.code === 'DAMAGED';
  });
  const upkeep = history.upkeep.filter(({ answer }) => answer === 'DAMAGED');
  return [
    ...reads.map((read) => `${read.client} was told of damage in ${nameOf(read)}: there is none`),
    ...upkeep.map(({ client, what }) => `${client}: ${what}: damage where there is none`),
  ];
};
