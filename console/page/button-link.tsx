// A link that does not look like one among others: what one comes to a view to do.

import type { ComponentChildren } from 'preact';
import { hashOf, type Place } from '../router.ts';

type ButtonLinkProps = { readonly place: Place; readonly children: ComponentChildren };

export function ButtonLink({ place, children }: ButtonLinkProps) {
  return (
    <a class="action" href={hashOf(place)}>
      {children}
    </a>
  );
}
