// What starts functions, as a template says it: mappings from sources to functions, clocks, and the
// queues that keep what fails.

import { flat, ofType, type Resource, type Resources } from './template.ts';

/** The one resource of that logical id, without its hash. */
export function named(resources: Resources, name: string): Resource {
  return resources[idOf(resources, name)] as Resource;
}

/** With its hash. */
export function idOf(resources: Resources, name: string): string {
  const found = Object.keys(resources).filter((id) => withoutHash(id) === name);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} of ${name}`);
  return first;
}

export function withoutHash(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}

/** The one mapping of that source, and to that function if one is named.
 * @param source as `flat` has it, and so the function. */
export function mappingOf(
  resources: Resources,
  source: string,
  to?: string,
): Resource['Properties'] {
  const found = ofType(resources, 'AWS::Lambda::EventSourceMapping')
    .map(([, { Properties }]) => Properties)
    .filter((mapping) => flat(mapping['EventSourceArn']) === source)
    .filter((mapping) => to === undefined || flat(mapping['FunctionName']) === to);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} of ${source}`);
  return first;
}

/** The one clock of that function. @param to as `flat` has it. */
export function scheduleOf(resources: Resources, to: string): Resource['Properties'] {
  const found = ofType(resources, 'AWS::Scheduler::Schedule')
    .map(([, { Properties }]) => Properties)
    .filter(({ Target }) => flat(Target.Arn) === to);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} of ${to}`);
  return first;
}

/** By what `flat` makes of a reference: `<name>`. */
export function referred(resources: Resources, reference: string): Resource {
  return named(resources, reference.slice(1, -1));
}

/** What a function is told. */
export function environmentOf(
  resources: Resources,
  name: string,
): Readonly<Record<string, string>> {
  const { Variables } = named(resources, name).Properties['Environment'];
  return Object.fromEntries(
    Object.entries(Variables).map(([key, value]) => [key, flat(value as never)]),
  );
}
