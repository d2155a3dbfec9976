// Bugs of what is given to receivers, what is committed of it, and what is given up.

import type { Mutant } from '../mutants.ts';

const once = 'shared/engine/delivery/deliver-once.ts';
const givingUp = 'shared/engine/delivery/give-up.ts';
const gathering = 'shared/engine/delivery/gather.ts';
const answer = 'shared/delivery/answer.ts';
const progress = 'shared/delivery/progress.ts';
const worker = 'shared/delivery/worker-lease.ts';

const letterCommit = 'joining: async () => [{ write, refused: () => new TurnLost() }],';

export const deliveryMutants: readonly Mutant[] = [
  {
    name: 'a commit before the target has answered',
    patches: [
      {
        file: once,
        find: '  const { delivery, answer } = await handedOver(turn, gathered, head);\n',
        replace: `  await advance(turn, doneUpTo(turn.progress, gathered.end));
  const { delivery, answer } = await handedOver(turn, gathered, head);
`,
      },
    ],
  },
  {
    name: 'what was not heard of taken for delivered',
    patches: [
      {
        file: answer,
        find: '      return invoked;\n',
        replace: "      return invoked.kind === 'failed' ? { kind: 'delivered' } : invoked;\n",
      },
    ],
  },
  {
    name: 'a partial failure taken for success',
    patches: [
      {
        file: answer,
        find: "  if (least === Number.POSITIVE_INFINITY) return { kind: 'delivered' };\n",
        replace: "  if (least >= 0) return { kind: 'delivered' };\n",
      },
    ],
  },
  {
    name: 'an unknown identifier taken for nothing',
    patches: [
      {
        file: answer,
        find: 'if (offset === undefined || !given.has(offset)) return malformedResponse;',
        replace: 'if (offset === undefined || !given.has(offset)) continue;',
      },
    ],
  },
  {
    name: 'the last of a partial failure taken for the first',
    patches: [
      {
        file: answer,
        find: '    least = Math.min(least, offset);\n',
        replace: '    least = offset;\n',
      },
    ],
  },
  {
    name: 'a dead letter appended by itself, and then committed',
    patches: [
      { file: givingUp, find: letterCommit, replace: 'joining: async () => [],' },
      {
        file: givingUp,
        find: '  turn.progress = after;\n',
        replace: '  await advance(turn, write ? after : before);\n',
      },
      { file: givingUp, find: 'import { placeOf,', replace: 'import { advance, placeOf,' },
    ],
  },
  {
    name: 'a dead letter without a commit',
    patches: [
      {
        file: givingUp,
        find: letterCommit,
        replace: 'joining: async () => (write ? [] : []),',
      },
    ],
  },
  {
    name: 'a dead letter that does not say the last cause',
    patches: [
      {
        file: once,
        find: '  const { attempts, cause: reason } = progress;\n',
        replace: '  const { attempts, reason } = progress;\n',
      },
    ],
  },
  {
    name: 'a commit without a dead letter, where its topic takes nothing',
    patches: [
      {
        file: once,
        find: '    await advance(turn, heldUp(turn.progress, reason, circumstances(turn)));\n',
        replace:
          '    await advance(turn, doneUpTo(turn.progress, given.end), reason === undefined);\n',
      },
      {
        file: once,
        find: '  heldUp,\n',
        replace: '',
      },
    ],
  },
  {
    name: 'being busy counted as an attempt',
    patches: [
      {
        file: progress,
        find: '  return { ...before, failures, notBefore, reason };\n',
        replace:
          '  return { ...before, failures, notBefore, reason, attempts: before.attempts + 1 };\n',
      },
    ],
  },
  {
    name: 'the end of what failed forgotten',
    patches: [
      {
        file: progress,
        find: '  return ends.at(-1) ?? Number.POSITIVE_INFINITY;\n',
        replace: '  return ends.length > 9 ? 0 : Number.POSITIVE_INFINITY;\n',
      },
    ],
  },
  {
    name: 'attempts forgotten by whoever takes over',
    patches: [
      {
        file: progress,
        find: '  if (stored?.at !== now.at) return freshProgress(now.at);\n',
        replace: '  if (stored?.at !== now.at - 0.5) return freshProgress(now.at);\n',
      },
    ],
  },
  {
    name: 'all after the first match passed over',
    patches: [
      {
        file: gathering,
        find: '!turn.matches(record)) {',
        replace: '!turn.matches(record) || into.passed < into.records.length) {',
      },
    ],
  },
  {
    name: 'what is absent taken for present',
    patches: [
      {
        file: 'shared/pattern/operators.ts',
        find: 'export const absence: Matcher = matcher((value) => value === undefined);',
        replace: 'export const absence: Matcher = matcher((value) => value !== undefined);',
      },
    ],
  },
  {
    name: 'what was put back given to everybody',
    patches: [
      {
        file: gathering,
        find: 'isForAnother(record, subscription.name)',
        replace: "isForAnother(record, record.offset < 0 ? '' : subscription.name) && into.end < 0",
      },
    ],
  },
  {
    name: 'a worker that writes whoever has the lease',
    patches: [
      {
        file: worker,
        find: '      if: isHeld(tenure.owner, tenure.fence),\n',
        replace: "      if: isHeld(tenure.owner, tenure.fence) && { item: 'present' },\n",
      },
      {
        file: 'shared/group/lease.ts',
        find: 'if: { all: [isHeld(owner, fence), isOfLife(life), notBeyond(commit, over)] },',
        replace: 'if: { all: [isOfLife(life), notBeyond(commit, over)] },',
      },
    ],
  },
  {
    name: 'a lease that is over taken without raising its fence',
    patches: [
      {
        file: 'shared/group/lease.ts',
        find: 'before.fence + 1),\n      set(leaseItem.takenIn',
        replace: 'before.fence),\n      set(leaseItem.takenIn',
      },
      {
        file: 'shared/engine/delivery/take-turn.ts',
        find: 'const fence = (before?.fence ?? 0) + 1;',
        replace: 'const fence = before?.fence ?? 1;',
      },
    ],
  },
  {
    name: 'a lease taken before its time is over',
    patches: [
      {
        file: worker,
        find: 'until !== undefined && until > now ? until : undefined',
        replace: 'until !== undefined && until > now + 1e12 ? until : undefined',
      },
    ],
  },
];
