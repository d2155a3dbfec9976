// The state of a group, as people write it.

/** @param state like `PREPARING_REBALANCE`. */
export function stateText(state: string): string {
  return state.toLowerCase().replaceAll('_', ' ');
}
