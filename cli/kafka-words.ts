// Options of Kafka's own tools, of kcat and of the AWS CLI, and what is said here instead: whoever
// comes from them types those first. Sources: the --help of kafka-topics.sh, kafka-configs.sh,
// kafka-console-producer.sh, kafka-console-consumer.sh, kafka-consumer-groups.sh and kafka-acls.sh;
// kcat(1); the AWS CLI's global options.

const byItself = 'here the name stands by itself: sluice';

export const hints: Readonly<Record<string, string>> = {
  '--bootstrap-server': 'an engine has a URL: --url, or a profile',
  '--broker-list': 'an engine has a URL: --url, or a profile',
  '-b': 'an engine has a URL: --url, or a profile',
  '--zookeeper': 'an engine has a URL: --url, or a profile',
  '--command-config': 'who calls is said by a profile: sluice profiles set --help',
  '--region': 'of requests that are signed: AWS_REGION, or sluice profiles set --region',
  '--endpoint-url': 'here: --url',
  '--output': 'here: --json',
  '--topic': `${byItself} topics describe orders`,
  '-t': `${byItself} consume orders`,
  '--group': `${byItself} groups describe billing`,
  '--list': 'here: sluice topics list',
  '--create': 'here: sluice topics create orders',
  '--describe': 'here: sluice topics describe orders',
  '--alter': 'here: sluice topics alter orders --set retention.ms=86400000',
  '--delete': 'here: sluice topics delete orders',
  '--add': 'here: sluice acls create',
  '--remove': 'here: sluice acls delete',
  '--partitions': 'more of them: sluice topics grow orders --partitions 6',
  '--replication-factor': 'leave it out: the object store keeps the copies',
  '--add-config': 'here: --set name=value',
  '--delete-config': 'here: --unset name',
  '--time': 'here: --at beginning, --at end, or --at 2h',
  '--from-beginning': 'leave it out: it begins there, and elsewhere with --from',
  '--offset': 'here: --from',
  '--max-messages': 'here: --count',
  '-c': 'here: --count; of a setting, --set',
  '-e': 'leave it out: it ends with what is there, and goes on with --follow',
  '--timeout-ms': 'here: --idle, of a group',
  '--property': 'here: --format of consume; --key-separator and --headers of produce',
  '-C': 'here: sluice consume orders',
  '-P': 'here: sluice produce orders',
  '-L': 'here: sluice topics list',
  '-J': 'here: --json',
  '--reset-offsets': 'here: sluice groups reset billing --to beginning',
  '--to-earliest': 'here: --to earliest',
  '--to-latest': 'here: --to latest',
  '--to-offset': 'here: --to 42',
  '--to-datetime': 'here: --to 2026-01-31T10:00Z',
  '--by-duration': 'here: --to 2h',
  '--all-topics': 'leave it out: it is all of them, but with --topic',
  '--execute': 'leave it out: it is done, but with --dry-run',
  '--allow-principal': 'here: --principal User:shop',
  '--deny-principal': 'here: --principal User:shop --permission deny',
};

/** @param complaint of the parser.
 * @param typed what it complains of.
 * @returns the complaint as it is said, with a hint where there is one. */
export function complaintText(complaint: string, typed: readonly string[]): string {
  const text = complaint.replace(/^error: /, 'sluice: ');
  const hint = hintOn(complaint, typed);
  if (hint === undefined) return text;
  // What is meant is known, so what is spelt alike is not.
  return `${text.replace(/\n\(Did you mean .*\?\)/, '').trimEnd()}\n(${hint})\n`;
}

function hintOn(complaint: string, typed: readonly string[]): string | undefined {
  const [, unknown] = /^error: unknown option '([^'=]+)/.exec(complaint) ?? [];
  if (unknown !== undefined) return hintOf(unknown);
  // What is missing is complained of before what is unknown, and may have been said by it.
  const [, missing] = /^error: required option '(?:-\w, )?(--[\w-]+)/.exec(complaint) ?? [];
  if (missing === undefined) return undefined;
  return typed.map(hintOf).find((hint) => hint?.startsWith(`here: ${missing} `));
}

function hintOf(word: string): string | undefined {
  const [option = ''] = word.split('=', 1);
  return Object.hasOwn(hints, option) ? hints[option] : undefined;
}
