// One of the facts at the head of a view: its name, and what it is.

import type { ComponentChildren } from 'preact';

type FactProps = { readonly name: string; readonly children: ComponentChildren };

export function Fact({ name, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
