// Names in paths and queries, as they may stand there: every letter but those that mean nothing
// else is escaped, so that whoever signs a path and whoever checks it read the same.
// Source: RFC 3986, 2.3; "Create a signed AWS API request", UriEncode.

import { invalid } from './errors.ts';

/** The one cluster that an engine is. */
export const clusterPath = '/v3/clusters/sluice';

/** A name as one segment of a path.
 * @param field of which an error speaks.
 * @throws SluiceError of a name that leads elsewhere, or nowhere. */
export function segment(field: string, name: string): string {
  if (typeof name !== 'string' || name === '') throw invalid(field, 'must be a name');
  if (name === '.' || name === '..') throw invalid(field, 'must not be "." or ".."');
  return escaped(field, name);
}

/** With the query behind it, of what is not undefined. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined);
  const pairs = said.map(([name, value]) => `${name}=${escaped(name, String(value))}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function escaped(field: string, text: string): string {
  if (!text.isWellFormed()) throw invalid(field, 'must be well-formed Unicode');
  return encodeURIComponent(text).replace(/[!'()*]/g, (letter) => {
    return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}
