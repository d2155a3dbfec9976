// What a command works with: where it prints, and the engine that was chosen. Data goes to standard
// output, and nothing else does: as one JSON value, or a line of JSON each, where --json is said,
// and else as people read it. What is said beside goes to standard error.

import type { Admin } from '../client/admin/admin.ts';
import type { Connection } from '../client/connection.ts';
import type { Host } from '../client/host.ts';
import type { Sluice } from '../client/sluice.ts';
import { type Engine, engineOf } from './profiles/engine.ts';
import { type Cell, tableOf } from './table.ts';
import { OutputClosed, type Terminal, type Wiring } from './terminal.ts';
import { printable } from './texts.ts';

/** Options of the program itself, which any command may be given. */
export type GlobalOptions = {
  readonly profile?: string;
  readonly url?: string;
  readonly key?: string;
  readonly iam?: true;
  readonly json?: true;
};

type Row = Readonly<Record<string, Cell>>;

export class Context {
  readonly terminal: Terminal;
  readonly options: GlobalOptions;
  #engine: Engine | undefined;
  #wiring: Promise<Wiring> | undefined;
  #client: Promise<Sluice> | undefined;

  constructor(terminal: Terminal, options: GlobalOptions) {
    this.terminal = terminal;
    this.options = options;
  }

  get isJson(): boolean {
    return this.options.json === true;
  }

  /** @throws UsageError, Error: none can be chosen by what is said. */
  get engine(): Engine {
    this.#engine ??= engineOf(this.options, this.terminal);
    return this.#engine;
  }

  /** The engine's URL, if it was asked for. */
  get url(): string | undefined {
    return this.#engine?.url;
  }

  async host(): Promise<Host> {
    return (await this.#wired()).host;
  }

  /** The one of this command. */
  async client(): Promise<Sluice> {
    const { engine } = this;
    this.#client ??= this.#wired().then(({ newClient }) => newClient(engine));
    return this.#client;
  }

  async connection(): Promise<Connection> {
    const { engine } = this;
    return (await this.#wired()).newConnection(engine);
  }

  async admin(): Promise<Admin> {
    return (await this.client()).admin();
  }

  #wired(): Promise<Wiring> {
    this.#wiring ??= this.terminal.wiring();
    return this.#wiring;
  }

  /** @param value for programs. @param lines for people. */
  async show(value: unknown, lines: () => readonly string[]): Promise<void> {
    const said = this.isJson ? [JSON.stringify(value, undefined, 2)] : lines().map(harmless);
    if (said.length > 0) await this.terminal.stdout.write(`${said.join('\n')}\n`);
  }

  /** @param values for programs: by default the rows themselves.
   * @param none said where there are no rows. */
  async showTable(
    rows: readonly Row[],
    { values = rows, none }: { readonly values?: unknown; readonly none: string },
  ): Promise<void> {
    if (rows.length === 0 && !this.isJson) return this.note(none);
    await this.show(values, () => this.table(rows));
  }

  table(rows: readonly Row[]): readonly string[] {
    return rows.length === 0 ? [] : tableOf(rows, (text) => this.#bold(text));
  }

  /** What was done, where nothing is asked for: for people, and a JSON value for programs. Done it
   * is also where nobody reads that: what else is to be told comes behind. */
  async done(value: object, ...said: readonly string[]): Promise<void> {
    if (this.isJson) await heardOrNot(this.show(value, () => []));
    else for (const line of said) await this.note(line);
  }

  /** Beside the data: where nobody reads it, the work goes on. */
  async note(text: string): Promise<void> {
    await heardOrNot(this.terminal.stderr.write(`${printable(text)}\n`));
  }

  #bold(text: string): string {
    return this.terminal.stdout.hasColours ? `${bold.begin}${text}${bold.end}` : text;
  }
}

async function heardOrNot(written: Promise<void>): Promise<void> {
  try {
    await written;
  } catch (error) {
    if (!(error instanceof OutputClosed)) throw error;
  }
}

const bold = { begin: '\u001b[1m', end: '\u001b[22m' } as const;

/** Names in a line are others' words: of orders to a terminal only what makes bold is left. */
function harmless(line: string): string {
  return line
    .split(bold.begin)
    .map((part) => part.split(bold.end).map(printable).join(bold.end))
    .join(bold.begin);
}
