// The tokens that callers of a stack have, where they have tokens.

import type { JwtAuth } from '../../../infra/access/auth.ts';

export const jwt: JwtAuth = {
  issuer: 'https://login.example.com/',
  audience: ['sluice'],
  scopes: {
    produce: ['sluice/write'],
    fetch: ['sluice/read'],
    groups: ['sluice/consume'],
    subscriptions: ['sluice/subscribe'],
    topics: ['sluice/admin'],
  },
};
