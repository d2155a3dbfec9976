// What the description says of one route.

import * as z from 'zod';
import type { ErrorCode } from '../../errors.ts';
import type { Method } from '../exchange.ts';

/** By media type: the schema of a body, or that it is bytes. */
export type Content = { readonly [type: string]: z.core.$ZodType | 'bytes' };

export type Header = { readonly description: string; readonly type: 'string' };

export type Operation = {
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.core.$ZodObject;
  /** Whether Idempotency-Key makes it safe to send again. */
  readonly takesKey?: true;
  readonly request?: Content;
  readonly mayHaveNoBody?: true;
  readonly reply: {
    readonly status: 200 | 201 | 204 | 207;
    readonly description: string;
    readonly content?: Content;
    /** Name and meaning; what says no type is an integer. */
    readonly headers?: Readonly<Record<string, string | Header>>;
  };
  /** Beyond those that any route may answer that can fail at all; absent: this one cannot. */
  readonly errors?: readonly ErrorCode[];
};

/** By route, as the route groups write it. */
export type Operations = { readonly [route: `${Method} /${string}`]: Operation };

export const count = z.int().min(0);
export const offset = z.int().min(0).describe('A record’s place in its partition.');
export const base64 = z.string().meta({ contentEncoding: 'base64' });
