// Who calls, in Kafka's words: `User:` and a name. The name comes from whoever has checked it: API
// Gateway, for a signature or a token; the store, for a key. Never from a body.

/** In characters, the type included. ARNs of users and roles, and the subjects that issuers give,
 * are shorter. */
export const principalLengthMax = 512;

/** Whoever called where nobody is asked. Source: Kafka's KafkaPrincipal.ANONYMOUS. */
export const anonymous = 'User:ANONYMOUS';
/** Stands for everyone in an ACL. */
export const everyone = 'User:*';

/** What is wrong with a text as a principal, in a few words; undefined: nothing. */
export function principalFault(text: string): string | undefined {
  if (text.length > principalLengthMax) {
    return `must be at most ${principalLengthMax} characters long`;
  }
  return /^User:[^\p{Cc}]+$/u.test(text) ? undefined : 'must be "User:" and a name';
}

/** What is wrong with a text as a principal that no ACL binds; undefined: nothing. Everyone is
 * none: nobody calls as that. */
export function superUserFault(text: string): string | undefined {
  return text === everyone ? 'must not be everyone' : principalFault(text);
}

/** @param text each behind a semicolon but the first, as in Kafka's super.users. */
export function superUsersIn(text: string): readonly string[] {
  const names = text.split(';').map((name) => name.trim());
  return names.filter((name) => name !== '');
}

export function principalNamed(name: string): string {
  return `User:${name}`;
}

/** Whoever has signed. A role is one principal, whatever the sessions are called in which it is
 * assumed: their names are their callers' to choose.
 * @param arn as API Gateway tells it.
 * Source: IAM's "IAM identifiers": `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
export function principalOfArn(arn: string): string {
  return principalNamed(arn.replace(/^(arn:[^:]*:sts::\d*:assumed-role\/[^/]+)\/.*$/, '$1'));
}
