// What is answered to who asks for a price: a table for people, a document for programs.

import { count } from './month.ts';
import type { PriceOptions } from './options.ts';
import { quoteOf } from './quote.ts';
import { linesOf } from './text.ts';

export async function answerTo({ workload, billing, isJson }: PriceOptions): Promise<string> {
  const quote = quoteOf(workload, await count(workload), billing);
  return isJson ? JSON.stringify(quote, undefined, 2) : linesOf(quote).join('\n');
}
