// The template that an engine becomes, with the flags of cdk.json.

import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MessageEngine } from '../../infra/message-engine.ts';
import type { MessageEngineProps } from '../../infra/settings.ts';
import { environmentNames } from '../../shared/contract.ts';

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
export type Resource = {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the library has no type for them.
  readonly Properties: Record<string, any>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
};
export type Resources = Readonly<Record<string, Resource>>;

/** The flags decide what the library makes: the tests see what a deployment gets. The functions'
 * code is named, and not copied. */
export function newApp(flags: Readonly<Record<string, boolean>> = {}): App {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  return new App({ context: { ...context, 'aws:cdk:disable-asset-staging': true, ...flags } });
}

/** Not held to the library's own rules, which take a third of a synthesis: the app's stack and one
 * that uses everything are. */
export function newStack(): Stack {
  return new Stack(newApp({ '@aws-cdk/core:validateAgainstDefaultRules': false }), 'Sluice');
}

export function resourcesOf(stack: Stack): Resources {
  return Template.fromStack(stack).toJSON()['Resources'];
}

let ofNoProps: Resources | undefined;

/** Of an engine of which nothing is said, the same for all who ask. */
export function engineResources(props?: MessageEngineProps): Resources {
  if (props === undefined && ofNoProps !== undefined) return ofNoProps;
  const stack = newStack();
  new MessageEngine(stack, 'Engine', props);
  const resources = resourcesOf(stack);
  if (props === undefined) ofNoProps = resources;
  return resources;
}

export function ofType(resources: Resources, type: string): [id: string, Resource][] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type);
}

export function theOnly(resources: Resources, type: string): Resource {
  const found = ofType(resources, type);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} of ${type}`);
  return first[1];
}

/** The handler of one of the engine's functions, which the library's own have none of. */
export function handlerOf({ Properties }: Resource): string | undefined {
  return /^Sluice: (\w+) of \S+$/.exec(Properties['Description'] ?? '')?.[1];
}

/** The engines whose functions these are, by the names that they tell themselves. */
export function engineNamesIn(resources: Resources): readonly string[] {
  const told = ofType(resources, 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
    return Properties['Environment']?.Variables[environmentNames.engineName] ?? [];
  });
  return [...new Set<string>(told)];
}

/** An ARN or a name as one line, each reference in it as `<logical id without its hash>`. */
export function flat(value: Json): string {
  if (Array.isArray(value)) return value.map(flat).join('');
  if (typeof value !== 'object' || value === null) return String(value);
  if ('Fn::Join' in value) return flat((value['Fn::Join'] as Json[])[1] ?? '');
  if ('Fn::GetStackOutput' in value) return flat({ Ref: 'OfAnotherStack' });
  const id = 'Ref' in value ? value['Ref'] : (value['Fn::GetAtt'] as Json[] | undefined)?.[0];
  if (id === undefined) throw new Error(`neither text nor reference: ${JSON.stringify(value)}`);
  return `<${String(id).replace(/[0-9A-F]{8}$/, '')}>`;
}
