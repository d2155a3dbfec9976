// The commands of a text that shows a session, and the answers that it prints for them.

export type Command = {
  readonly url: string;
  /** As curl would send it: not every machine has one. */
  readonly request: RequestInit;
  /** Matches an answer as it is printed, white space aside, with anything for `...`. Where none is
   * printed, any answer matches. */
  readonly printed: RegExp;
};

/** The lines that begin with curl, indented or fenced, and the others of that kind below each, up
 * to the next sentence. */
export function commandsIn(text: string): readonly Command[] {
  const session: { command: string; printed: string }[] = [];
  let isSpokenOf = false;
  for (const line of linesOf(text)) {
    const last = session.at(-1);
    if (/^\S/.test(line)) isSpokenOf = false;
    if (/^ +curl /.test(line)) {
      session.push({ command: line, printed: '' });
      isSpokenOf = true;
    } else if (isSpokenOf && last !== undefined) last.printed += line;
  }
  return session.map(({ command, printed }) => ({
    ...requestOf(command),
    printed: answersLike(printed),
  }));
}

/** A command is one line, however it is written, and what is fenced is indented. */
function linesOf(text: string): readonly string[] {
  const body = /-d '[^']*'/g;
  const fence = /^```\w+\n(.*?)^```$/gms;
  const indented = text.replaceAll(fence, (_, fenced: string) =>
    fenced.replaceAll(/^(?=.)/gm, '    '),
  );
  const joined = indented
    .replaceAll('\\\n', '')
    .replaceAll(body, (said) => said.replaceAll('\n', ' '));
  return joined.split('\n');
}

function requestOf(command: string): Omit<Command, 'printed'> {
  const words = [...command.trim().matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare,
  );
  const [, url = '', ...flags] = words;
  const headers: [string, string][] = [];
  let body: string | undefined;
  let named: string | undefined;
  for (let at = 0; at < flags.length; at += 2) {
    const [flag, value = ''] = flags.slice(at);
    if (flag === '-H') headers.push(value.split(': ', 2) as [string, string]);
    else if (flag === '-d') body = value;
    else if (flag === '-X') named = value;
    else throw new Error(`not known here: ${flag}`);
  }
  const method = named ?? (body === undefined ? 'GET' : 'POST');
  return { url, request: { method, headers, ...(body === undefined ? {} : { body }) } };
}

function answersLike(printed: string): RegExp {
  const pieces = printed.replaceAll(/\s+/g, '').split('...');
  const escaped = pieces.map((piece) => piece.replaceAll(/[^\w]/g, '\\$&'));
  return new RegExp(printed === '' ? '' : `^${escaped.join('.*')}$`);
}
