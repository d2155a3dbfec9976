// A function that ships orders, while its warehouse is open.

/** Empty: it is open. */
export const strikes = new Set<string>();
export const shipped: unknown[] = [];

export async function handler(event: unknown): Promise<void> {
  if (strikes.size > 0) throw new Error('the warehouse is closed');
  shipped.push(event);
}
