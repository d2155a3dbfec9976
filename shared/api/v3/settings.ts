// What the engine says of a topic's setting, said of the field in which a v3 request has it.

import { isConfigName } from '../../config-specs.ts';
import { EngineError } from '../../errors.ts';

/** The settings of a request. */
export type SettingsAsked = {
  readonly names: readonly string[];
  /** Where it has one of them, with a dot behind it: `configs[1].`; '' for the body itself. */
  readonly at: (index: number) => string;
};

/** @param verb of the engine, under way with those settings.
 * @throws what it throws; UNKNOWN_CONFIG and INVALID_CONFIG with the request's field. */
export function sayingWhere<Done>(asked: SettingsAsked, verb: Promise<Done>): Promise<Done> {
  return verb.catch((error: unknown) => {
    throw error instanceof EngineError ? placed(asked, error) : error;
  });
}

/** The engine names a setting that it knows; of those it does not, it tells the first. Of one that
 * is given twice, the last counts. */
function placed({ names, at }: SettingsAsked, error: EngineError): EngineError {
  switch (error.code) {
    case 'UNKNOWN_CONFIG':
      return said(error, `${at(names.findIndex((name) => !isConfigName(name)))}name`);
    case 'INVALID_CONFIG':
      return said(error, `${at(names.lastIndexOf(error.detail.field ?? ''))}value`);
    default:
      return error;
  }
}

function said({ code, message, detail }: EngineError, field: string): EngineError {
  return new EngineError(code, `${field}: ${message}`, { ...detail, field });
}
