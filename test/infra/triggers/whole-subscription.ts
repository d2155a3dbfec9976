// A subscription of which everything is said, in the words of POST /subscriptions: what a stack
// says is held to it, and the function that is asked to make it.

export const wholeSubscription = {
  name: 'whole',
  topic: 'orders',
  group: 'everything',
  target: { type: 'https', url: 'https://hooks.example.com/in' },
  starting_position: { timestamp: 1_700_000_000_000 },
  filter: { value: { state: [{ prefix: 'pa' }] } },
  batch_size: 10_000,
  batch_bytes: 5_900_000,
  batch_window_ms: 300_000,
  max_attempts: 10_000,
  max_age_ms: 365 * 86_400_000,
  retry_min_ms: 100,
  retry_max_ms: 900_000,
  bisect: false,
  dead_letter_topic: 'dead',
  max_concurrency: 1_000,
  max_records_per_second: 0.001,
  timeout_ms: 240_000,
};
