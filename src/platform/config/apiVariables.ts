/** Settings of the HTTP API: where it listens, how much it takes, and whose word on addresses counts. */
import { z } from 'zod';
import { isAddressOrNetwork } from './addresses';
import type { Setting } from './setting';

const port = z.coerce.number().int().min(1).max(65_535);

export const API_VARIABLES = {
  API_HOST: { schema: z.string().min(1).default('127.0.0.1'), fix: 'an address to listen on, such as 127.0.0.1' },
  API_PORT: { schema: port.default(8080), fix: 'a port from 1 to 65535, such as 8080' },
  RATE_PER_KEY: {
    schema: z.coerce.number().int().min(1).max(1_000_000).default(200),
    fix: 'a whole number of requests a second from 1 to 1000000, such as 200',
  },
  RATE_PER_ADDRESS: {
    schema: z.coerce.number().int().min(1).max(1_000_000).default(20),
    fix: 'a whole number of requests a second from 1 to 1000000, such as 20',
  },
  API_OPEN_DOCS: { schema: z.enum(['true', 'false']).default('false'), fix: 'true or false' },
} satisfies Record<string, Setting>;

export const PROXY_VARIABLES = {
  TRUSTED_PROXIES: {
    schema: z
      .string()
      .refine((list) => list.split(',').every(isAddressOrNetwork))
      .optional(),
    fix: 'addresses or networks with commas between, such as 10.0.0.5,10.1.0.0/16',
  },
} satisfies Record<string, Setting>;

/** After a rest ten seconds' worth at once: work comes in batches. */
export function requestRateOf(perSecond: number): { perSecond: number; burst: number } {
  return { perSecond, burst: 10 * perSecond };
}
