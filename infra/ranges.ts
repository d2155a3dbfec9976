// Holding a caller to the range of a prop. A value out of it is refused while the app is
// synthesized, by name: CloudFormation would say so minutes later, in the middle of a deployment,
// or not at all.

import { type Duration, RemovalPolicy, Token } from 'aws-cdk-lib';

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
 * @param value a Duration's range is in seconds or milliseconds.
 * @throws RangeError that names the prop, its value and its range. */
export function checkRange(prop: string, value: number | Duration | undefined, range: Range): void {
  if (value === undefined) return;
  const { least, most, unit, hasFractions = false } = range;
  const amount = typeof value === 'number' ? value : amountOf(value, unit);
  if (Token.isUnresolved(amount)) return;
  const isNumber = hasFractions ? Number.isFinite(amount) : Number.isInteger(amount);
  if (isNumber && amount >= least && amount <= most) return;
  const what = hasFractions ? 'a number' : 'a whole number';
  throw new RangeError(`${prop} is ${amount}: it must be ${what} from ${least} to ${most} ${unit}`);
}

function amountOf(duration: Duration, unit: string): number {
  const integral = false;
  return unit === 'seconds'
    ? duration.toSeconds({ integral })
    : duration.toMilliseconds({ integral });
}

/** Holds each prop that has a range to it. */
export function checkRanges<Prop extends string>(
  props: { readonly [P in NoInfer<Prop>]?: number | Duration },
  ranges: Readonly<Record<Prop, Range>>,
): void {
  for (const prop of Object.keys(ranges) as Prop[]) checkRange(prop, props[prop], ranges[prop]);
}

/** @throws TypeError that names the prop, its value and what it may be. */
export function checkRemovalPolicy(value: RemovalPolicy | undefined): void {
  if (value !== RemovalPolicy.SNAPSHOT) return;
  throw new TypeError(`removalPolicy is '${value}': it must be one that keeps or destroys`);
}
