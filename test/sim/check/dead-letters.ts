// I23: what is in a dead-letter topic failed as often as it must, says where it was and why, and is
// there once for each time that it was given up: that is, once for each time the subscription was
// sent back before it.

import { originalOf } from '../clients/records.ts';
import type { TargetCall } from '../history.ts';
import { type Account, accountsOf, type Letter, lettersIn, saidOf } from './accounts.ts';
import { type Checker, nameOf } from './check.ts';
import { sameBytes } from './lost-write.ts';

const tooOld = 'older than the maximum age';

export const deadLetters: Checker = (run, index) => {
  const accounts = accountsOf(run, index);
  const known = new Set(accounts.flatMap(({ letters }) => letters.map(({ record }) => record)));
  const strangers = lettersIn(run.logs)
    .filter(({ letter }) => !known.has(letter.record))
    .map(({ letter, source, subscription }) => {
      const where = `${source} ${letter.offset} of ${subscription}`;
      return `I23: ${letter.record.id} says that it was ${where}: it never was`;
    });
  return [...strangers, ...accounts.flatMap((account) => judge(account))];
};

function judge(account: Account): string[] {
  const { letters } = account;
  const violations = letters.flatMap((letter) => {
    const wrong = whatIsWrong(account, letter);
    if (wrong === undefined) return [];
    const what = `${saidOf(account)}: ${letter.record.id}, given up at ${letter.offset}`;
    return [`I23: ${what} (${letter.event}): ${wrong}`];
  });
  return [...violations, ...givenUpTwice(account)];
}

function whatIsWrong(account: Account, letter: Letter): string | undefined {
  const { versions, log, calls, letters } = account;
  const { record, offset, attempts, reason, at } = letter;
  const source = log.records[offset];
  const before = versions.filter(({ event }) => event < letter.event);
  const settings = before.map(({ subscription }) => subscription.settings);
  if (source === undefined || !sameBytes(source.key, record.key)) return 'its key is another';
  if (!sameBytes(source.value, record.value)) return 'its value is another';
  if (!settings.some(({ deadLetterTopic }) => deadLetterTopic === letter.log.topic)) {
    return `it is in ${nameOf(letter.log)}`;
  }
  if (reason === tooOld) {
    const ages = settings.map(({ ageMillisMax = Number.POSITIVE_INFINITY }) => ageMillisMax);
    return at - source.timestamp > Math.min(...ages) ? undefined : 'it was not so old';
  }
  const filters = new Set(settings.map(({ filter }) => filter));
  // What it did not let through before was never tried with those that failed.
  if (filters.size > 1) return undefined;
  const failed = calls.filter((call) => call.invoked < letter.event && isFailing(call, offset));
  const most = Math.min(...settings.map(({ attemptsMax }) => attemptsMax ?? Infinity));
  const isTooLarge = failed.some(({ told, records }) => {
    return told?.kind === 'too-large' && records.length === 1;
  });
  const counted = failed.filter(({ told }) => told?.kind !== 'too-large');
  if (!isTooLarge && counted.length < Math.max(attempts, most)) {
    return `${attempts} attempts, at least ${most}, and it failed ${counted.length} times`;
  }
  if (!failed.some(({ told }) => reasonOf(told) === reason)) return `why: ${reason}`;
  const together = letters.filter(({ event }) => event === letter.event);
  if (settings.every(({ bisects }) => bisects) && together.length > 1) {
    return `${together.length} were given up together`;
  }
  return undefined;
}

/** What was heard of it counts as a try of that record that failed. */
function isFailing({ told, records }: TargetCall, offset: number): boolean {
  if (!records.some((record) => record.offset === offset)) return false;
  if (told?.kind === 'from') return told.offset === offset;
  return told?.kind === 'failed' || told?.kind === 'too-large';
}

function reasonOf(told: TargetCall['told']): string | undefined {
  return told !== undefined && 'reason' in told ? told.reason : told?.kind;
}

function givenUpTwice(account: Account): string[] {
  const { letters, moves } = account;
  return [...Map.groupBy(letters, ({ offset }) => offset)].flatMap(([offset, own]) =>
    own.slice(1).flatMap((letter, at) => {
      const before = own[at] as Letter;
      const wentBack = moves.some(
        ({ by, to, event }) =>
          by === 'placed' && to <= offset && event > before.event && event < letter.event,
      );
      if (wentBack) return [];
      const what = `${saidOf(account)}: ${originalOf(letter.record.id)} at ${offset}`;
      return [`I23: ${what} was given up again (${before.event}, ${letter.event})`];
    }),
  );
}
