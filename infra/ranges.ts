// Holding a caller to the range of a prop. A value out of it is refused while the app is
// synthesized, by name: CloudFormation would say so minutes later, in the middle of a deployment,
// or not at all.

import { type Duration, Token } from 'aws-cdk-lib';

/** Least and most, both allowed. */
export interface Range {
  readonly least: number;
  readonly most: number;
  readonly unit: string;
  /** Whether it may be a part of one.
   * @default false */
  readonly hasFractions?: boolean;
}

/** A token is a number that only the deployment knows: it cannot be judged here.
 * @throws RangeError that names the prop, its value and its range. */
export function checkRange(prop: string, value: number | undefined, range: Range): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  const { least, most, unit, hasFractions = false } = range;
  const isNumber = hasFractions ? Number.isFinite(value) : Number.isInteger(value);
  if (isNumber && value >= least && value <= most) return;
  const what = hasFractions ? 'a number' : 'a whole number';
  throw new RangeError(`${prop} is ${value}: it must be ${what} from ${least} to ${most} ${unit}`);
}

/** The same of a time, whose range is in whole seconds. */
export function checkSeconds(
  prop: string,
  value: Duration | undefined,
  range: Omit<Range, 'unit'>,
): void {
  checkRange(prop, value?.toSeconds({ integral: false }), { ...range, unit: 'seconds' });
}

/** The same in milliseconds. */
export function checkMillis(
  prop: string,
  value: Duration | undefined,
  range: Omit<Range, 'unit'>,
): void {
  checkRange(prop, value?.toMilliseconds({ integral: false }), { ...range, unit: 'milliseconds' });
}
