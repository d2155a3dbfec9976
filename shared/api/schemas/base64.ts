// Bytes as text. What they are is looked at where they are read (formats.ts).

import * as z from 'zod/mini';

export const base64 = z.string().check(z.meta({ contentEncoding: 'base64' }));
