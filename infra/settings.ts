// What may be set about an engine: ranges, defaults, and one function that holds a caller to them.

import { Duration, Names, RemovalPolicy, Token } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { principalNamed, principalOfArn, superUserFault } from '../shared/access/principal.ts';
import { requestMillisMax, tableCallMillisMax } from '../shared/limits.ts';
import { Auth } from './access/auth.ts';
import { checkEngineName, engineNameRules } from './names.ts';
import { checkRanges, checkRemovalPolicy } from './ranges.ts';
import { Alarms } from './watch/alarms.ts';

export interface MessageEngineProps {
  /** Tells it from other engines of the account and region where people look: in metrics, in the
   * API's name, in what functions are described by. 1 to 64 of a-z, A-Z, 0-9, '.', '_', '-'.
   * @default made of where it stands in the app */
  readonly engineName?: string;

  /** Who may call. There is no way to say "anyone".
   * @default Auth.iam() */
  readonly auth?: Auth;

  /** Turns ACLs on: what a caller may do to which topic and group is then for the access control
   * list to say (`/v3/clusters/sluice/acls`), and nothing is allowed by default. These are bound by
   * none, and write the first ones: at least one, `User:` and a role's or a user's ARN (of a role
   * `arn:aws:sts::ACCOUNT:assumed-role/NAME`, without a session), a token's claim, or what a key
   * was made for. What IAM or a scope does not let in, no ACL does.
   * @default no ACLs: whoever is let in may do everything that his way in lets through */
  readonly superUsers?: readonly string[];

  /** Memory of each function in MB, 512 to 10240, but for the two that keep house, which have their
   * own.
   * The share of a CPU grows with it: 1769 is one whole.
   * @default 1024 */
  readonly memorySize?: number;

  /** How long a function may run that answers requests or ingests, in whole seconds, 5 to 29: API
   * Gateway gives up at 30. A fetch or a poll waits for records no longer than this.
   * @default 28 seconds */
  readonly timeout?: Duration;

  /** Produce requests under way at once, 1 to 100000. It is taken from the account's concurrency,
   * and is both a guarantee and a bound: more are answered 429 or 503.
   * @default none: what the account has free. A new account has as few as ten, and to reserve more
   *   than it can spare fails the deployment */
  readonly produceConcurrency?: number;

  /** Fetches under way at once, 1 to 100000. A fetch that waits for records counts.
   * @default none: what the account has free */
  readonly fetchConcurrency?: number;

  /** Requests of consumers and about groups under way at once, 1 to 100000. A poll that waits for
   * records counts.
   * @default none: what the account has free */
  readonly groupsConcurrency?: number;

  /** Requests about subscriptions under way at once, 1 to 100000.
   * @default none: what the account has free */
  readonly subscriptionsConcurrency?: number;

  /** Requests about topics under way at once, 1 to 100000.
   * @default none: what the account has free */
  readonly topicsConcurrency?: number;

  /** Keys looked up at once, 1 to 100000, where callers are known by API keys: what strangers who
   * make keys up can take of the account's concurrency, and no more. While it is all taken, callers
   * whose keys API Gateway does not remember are refused, too.
   * @default none: what the account has free */
  readonly authorizeConcurrency?: number;

  /** Deliveries to targets under way at once, of all subscriptions together, 2 to 1000: the bounds
   * of Lambda's. Each is a partition of a subscription that is being worked on. It is no guarantee,
   * and keeps them from taking all that the account has.
   * @default none: what the account has free */
  readonly deliveryConcurrency?: number;

  /** Partitions that are looked after at once, 1 to 10, for each shard of the table's stream:
   * merged, compacted, and rid of what is too old. A new table has four shards or so, a busy one
   * more. A merge of 64 MiB takes a few seconds.
   * @default 1 */
  readonly housekeepingConcurrency?: number;

  /** Requests a second that the API lets through, 1 to 100000. Above the account's quota (10000) it
   * has no effect until that is raised.
   * @default 5000 */
  readonly requestRate?: number;

  /** Requests that may come at once beyond the rate, 1 to 100000.
   * @default 5000 */
  readonly requestBurst?: number;

  /** Encrypts the segments, with a bucket key, so that it is asked about once in a while and not
   * once an object; for the bucket that the engine makes. The table holds names and offsets, no
   * payload, and has tableEncryptionKey.
   * @default a key that S3 manages */
  readonly encryptionKey?: IKey;

  /** Encrypts the table that the engine makes.
   * @default a key that DynamoDB owns */
  readonly tableEncryptionKey?: IKey;

  /** Where segments are kept, below `segments/`, which must be this engine's alone: whatever else
   * is there is deleted. No lifecycle rule may expire or archive those objects, and versions of
   * them are only paid for. Its policy must refuse to put one without `If-None-Match`, and to be
   * asked without TLS 1.2: that is added to a bucket of the app, while one that is imported gets a
   * warning. Its own encryptionKey is used, if it has one.
   * @default one is made */
  readonly bucket?: IBucket;

  /** Where all else is kept: a table of this engine alone, of one region, with the keys `pk` and
   * `sk`, both strings, a stream of new images that nobody else reads (DynamoDB lets two), and
   * expiry by `ttl`. Point-in-time recovery and deletion protection are its owner's to see to. One
   * that is imported needs its tableStreamArn; its own encryptionKey is used, if it has one.
   * @default one is made */
  readonly table?: ITable;

  /** Takes S3's own log of requests to the segments, a line each. Only the engine's functions make
   * them, and who called those is in the access log of the API.
   * @default none: it grows with each request, and is stored and paid for */
  readonly segmentAccessLogs?: IBucket;

  /** Whether functions are traced: ACTIVE, PASS_THROUGH (where a caller is), or DISABLED. X-Ray
   * takes the first invocation of each second and one in twenty of the others, at $5 a million
   * beyond the 100,000 a month that are free: up to $13 a month where a few come in each second,
   * and 25 cents for each million that come in a burst.
   * @default Tracing.ACTIVE */
  readonly tracing?: Tracing;

  /** How long logs are kept.
   * @default one month */
  readonly logRetention?: RetentionDays;

  /** Which alarms it has, and whom they tell. Each metric that they look at is ten cents a month,
   * and an account has ten free: the default is $1 a month where others take those, and
   * Alarms.all() some $4.
   * @default Alarms.essential() */
  readonly alarms?: Alarms;

  /** Whether it has a dashboard in CloudWatch: three of an account are free, others are three
   * dollars a month.
   * @default true */
  readonly dashboard?: boolean;

  /** Whether it has a console: a web page at `/console`, behind the same auth as all else. A
   * browser does not say who calls when it opens a page, so it is reached through what does: a
   * proxy that signs, or one that adds a token or a key.
   * @default false */
  readonly console?: boolean;

  /** What becomes with the stack of the logs, and of bucket and table if the engine makes them.
   * DESTROY is for trials: it also lifts the table's deletion protection; a bucket that is not
   * empty must be emptied by hand first.
   * @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

type DefaultedProp =
  | 'engineName'
  | 'auth'
  | 'memorySize'
  | 'timeout'
  | 'housekeepingConcurrency'
  | 'requestRate'
  | 'requestBurst'
  | 'tracing'
  | 'logRetention'
  | 'alarms'
  | 'dashboard'
  | 'console'
  | 'removalPolicy';

/** The props with their defaults. */
export type Settings = MessageEngineProps & Required<Pick<MessageEngineProps, DefaultedProp>>;

/** Least and most of each number, both allowed. A process may hold 64 MiB of ranges, as much of
 * appends and a 32 MiB batch unpacked, so that 512 MB is the least that is safe. */
const ranges = {
  memorySize: { least: 512, most: 10_240, unit: 'MB' },
  timeout: { least: 5, most: 29, unit: 'seconds' },
  produceConcurrency: { least: 1, most: 100_000, unit: 'requests' },
  fetchConcurrency: { least: 1, most: 100_000, unit: 'requests' },
  groupsConcurrency: { least: 1, most: 100_000, unit: 'requests' },
  subscriptionsConcurrency: { least: 1, most: 100_000, unit: 'requests' },
  topicsConcurrency: { least: 1, most: 100_000, unit: 'requests' },
  authorizeConcurrency: { least: 1, most: 100_000, unit: 'requests' },
  deliveryConcurrency: { least: 2, most: 1_000, unit: 'deliveries' },
  housekeepingConcurrency: { least: 1, most: 10, unit: 'partitions' },
  requestRate: { least: 1, most: 100_000, unit: 'requests a second' },
  requestBurst: { least: 1, most: 100_000, unit: 'requests' },
} as const;

/** A call to the table that was begun in a request's last moment may still end. */
const timeoutDefault = Duration.millis(requestMillisMax + tableCallMillisMax);

/** @param engine whose they are: it has a name of where it stands.
 * @throws RangeError, TypeError that names the prop, its value and what it may be. */
export function settingsOf(props: MessageEngineProps, engine: IConstruct): Settings {
  const settings = {
    ...props,
    engineName: props.engineName ?? Names.uniqueResourceName(engine, engineNameRules),
    auth: props.auth ?? Auth.iam(),
    memorySize: props.memorySize ?? 1_024,
    timeout: props.timeout ?? timeoutDefault,
    housekeepingConcurrency: props.housekeepingConcurrency ?? 1,
    requestRate: props.requestRate ?? 5_000,
    requestBurst: props.requestBurst ?? 5_000,
    alarms: props.alarms ?? Alarms.essential(),
    dashboard: props.dashboard ?? true,
    console: props.console ?? false,
    tracing: props.tracing ?? Tracing.ACTIVE,
    logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
    removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
  };
  checkEngineName(settings.engineName);
  checkRanges(settings, ranges);
  checkSuperUsers(props.superUsers, settings.auth);
  checkRemovalPolicy(settings.removalPolicy);
  if (props.authorizeConcurrency !== undefined && settings.auth.kind !== 'api-keys') {
    throw new TypeError(
      `authorizeConcurrency is set, and auth is of the kind ${settings.auth.kind}`,
    );
  }
  refuseKeyFor('encryptionKey', 'bucket', props);
  refuseKeyFor('tableEncryptionKey', 'table', props);
  return settings;
}

/** Kafka's super.users are divided by semicolons. One that only the deployment knows is let
 * through. */
function checkSuperUsers(superUsers: readonly string[] | undefined, { kind }: Auth): void {
  if (superUsers?.length === 0) {
    throw new TypeError('superUsers is empty: somebody must write the first ACL');
  }
  for (const name of superUsers ?? []) {
    if (Token.isUnresolved(name)) continue;
    const fault =
      (name.includes(';') ? 'must have no ";"' : superUserFault(name)) ??
      (kind === 'iam' ? roleFault(name) : undefined);
    if (fault !== undefined) throw new TypeError(`superUsers holds '${name}': it ${fault}`);
  }
}

/** Nobody signs as a role itself, but as one who has assumed it: without the role's path, and
 * whatever the session is called, as principalOfArn has it. */
function roleFault(name: string): string | undefined {
  const known = principalOfArn(name.slice(principalNamed('').length));
  if (known !== name) return `matches nobody: a session of that role is '${known}'`;
  const [, partition, account, role] =
    /^User:arn:([^:]*):iam::(.*?):role\/(?:.*\/)?(.*)$/.exec(name) ?? [];
  if (role === undefined) return undefined;
  const signed = `User:arn:${partition}:sts::${account}:assumed-role/${role}`;
  return `matches nobody: a role that has signed is '${signed}'`;
}

function refuseKeyFor(
  key: 'encryptionKey' | 'tableEncryptionKey',
  store: 'bucket' | 'table',
  props: MessageEngineProps,
): void {
  if (props[key] === undefined || props[store] === undefined) return;
  throw new TypeError(`${key} is set with ${store}: it must be the key of the ${store} itself`);
}
