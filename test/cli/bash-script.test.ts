// Completion in bash, by bash itself: what is typed and what is there by name are words, never
// orders.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { bashScript } from '../../cli/bash-script.ts';

/** @param found lines that the program finds.
 * @returns what the program was asked, and what bash is given, a line each. */
function completed(typed: string, found: readonly string[]) {
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', around], {
    env: { SCRIPT: bashScript, COMP_LINE: typed, FOUND: [...found, ':4', ''].join('\n') },
    encoding: 'utf8',
  });
  const [asked = '', given = ''] = stdout.split('==\n');
  return { asked: asked.split('\n').slice(0, -1), given: given.split('\n').slice(0, -1), stderr };
}

const around = `
  sluice() { printf '%s\\n' "$@" >&3; printf '%s' "$FOUND"; }
  exec 3>&1
  eval "$SCRIPT"; eval "$SCRIPT"
  COMP_POINT=\${#COMP_LINE} COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
  _sluice
  echo ==
  (( \${#COMPREPLY[@]} )) && printf '%s\\n' "\${COMPREPLY[@]}"`;

test('bash asks for what may come behind the words of the line, and is given it', () => {
  expect(completed('sluice topics de', ['delete\tdelete topics', 'describe\ttheir …'])).toEqual({
    ...{ asked: ['complete', '--', 'topics', 'de'], given: ['delete', 'describe'], stderr: '' },
  });
  expect(completed('sluice  topics ', [])).toEqual({
    ...{ asked: ['complete', '--', 'topics', ''], given: [], stderr: '' },
  });
  expect(completed('sluice produce t --format=li', ['lines']).given).toEqual(['lines']);
  expect(completed('sluice groups lag a:', ['a:b\t', 'a:c\t']).given).toEqual(['b', 'c']);
});

test('what is typed is not evaluated, nor is a name that is found', () => {
  const words = ['$(expr 6 \\* 7)', '`expr 6 \\* 7`', '$((6*7))', '$HOME'];
  const typed = completed(`sluice groups lag ${words.join(' ')}`, []);
  expect(typed).toEqual({
    ...{ asked: ['complete', '--', ...['groups', 'lag', ...words].join(' ').split(' ')] },
    ...{ given: [], stderr: '' },
  });
  const { given, stderr } = completed('sluice groups lag ', ['$(expr 6)', 'a b;c', '$HOME']);
  expect([given, stderr]).toEqual([['\\$\\(expr\\ 6\\)', 'a\\ b\\;c', '\\$HOME'], '']);
});
