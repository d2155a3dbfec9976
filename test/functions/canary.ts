// A word that is nobody's but a caller's, and the ways in which it may be written: as it is, in
// base64 wherever it stands, in hexadecimal, as a list of bytes.

const word = 'canary7f3acanary91e2canary';

export const wellKnown = {
  word,
  base64: Buffer.from(word).toString('base64'),
  /** Of a webhook: as Standard Webhooks writes them. */
  secret: `whsec_${Buffer.from(word).toString('base64')}`,
} as const;

/** Of which one is in a text that has the word. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const inBase64 = [0, 1, 2].flatMap((at) => {
    const text = Buffer.concat([Buffer.alloc(at), bytes]).toString('base64');
    const core = text.slice(at === 0 ? 0 : 4, -4);
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [secret, ...inBase64, bytes.toString('hex'), [...bytes].join(',')];
}

/** The first of the secrets that stands in the text, however it is written.
 * @returns where; undefined: none does. */
export function leakIn(text: string, secrets: readonly string[]): string | undefined {
  for (const form of secrets.flatMap(formsOf)) {
    const at = text.indexOf(form);
    if (at >= 0) return text.slice(Math.max(0, at - 80), at + form.length + 20);
  }
  return undefined;
}
