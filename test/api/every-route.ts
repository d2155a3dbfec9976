// Every route there is, and a path of each. What a test asks of all of them it asks of these, so
// that a route that is added is asked, too.

import { ingestRoutes } from '../../local/ingest-routes.ts';
import { allRoutes } from '../../shared/api/all-routes.ts';

export const apiGroups = allRoutes('{"openapi":"3.1.0"}');
/** Also what the embedded engine alone serves. */
export const embeddedGroups = [...apiGroups, ingestRoutes];

/** As the groups write them: `METHOD /path/:parameter`. */
export const apiRoutes: readonly string[] = apiGroups.flatMap((group) => Object.keys(group));
export const embeddedRoutes: readonly string[] = embeddedGroups.flatMap((group) => {
  return Object.keys(group);
});

/** What stands in paths, by the parameter's name. */
export type PathValues = Readonly<Record<string, string>>;

export const pathValues: PathValues = {
  topic: 'orders',
  partition: '0',
  cluster: 'sluice',
  group: 'shop',
  instance: 'one',
  subscription: 'billing',
  config: 'retention.ms',
  broker: '0',
  key: 'none',
  version: '1',
};

/** A method and a path. A colon within a segment is no parameter's: `records:batch`. */
export function filledIn(route: string, values: PathValues = pathValues): string {
  return route.replaceAll(/(?<=\/):(\w+)/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nothing stands for :${name} of ${route}`);
    return value;
  });
}
