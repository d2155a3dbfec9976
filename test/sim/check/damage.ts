// DAMAGED is said only when stored bytes did not come as they are stored.

import { type Checker, nameOf } from './check.ts';

export const damage: Checker = ({ history, damages }) =>
  history.reads
    .filter(({ answer }) => !damages && answer.kind === 'error' && answer.code === 'DAMAGED')
    .map((read) => `${read.client} was told of damage in ${nameOf(read)}: there is none`);
