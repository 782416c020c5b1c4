/** Settings of the rail that debits. */
import { z } from 'zod';
import type { Setting } from './setting';

const RAIL_KINDS = ['sandbox', 'http'] as const;

export const RAIL_VARIABLES = {
  PAYMENT_RAIL: { schema: z.enum(RAIL_KINDS).default('sandbox'), fix: 'sandbox or http' },
  PAYMENT_RAIL_URL: {
    // Debits name mandates: without TLS on the way to this machine itself only. Signed, so no user and no query.
    schema: z
      .string()
      .regex(/^(https:\/\/[^\s/?#@:]+|http:\/\/(127\.0\.0\.1|localhost))(:\d{1,5})?(\/[^\s?#@]*)?$/)
      .optional(),
    fix: 'an https URL without user and query, such as https://rail.example/v1',
  },
  PAYMENT_RAIL_KEY_ID: {
    schema: z
      .string()
      .regex(/^[\w-]{1,40}$/)
      .optional(),
    fix: 'the name that the rail gave our key, such as lender-1',
  },
  PAYMENT_RAIL_SECRET: {
    schema: z.string().min(32).optional(),
    fix: 'at least 32 characters, such as the output of: openssl rand -hex 32',
  },
} satisfies Record<string, Setting>;

/** Where debits go; `sandbox` is a fake that moves nothing. */
export type PaymentRailSettings = { kind: 'sandbox' } | { kind: 'http'; url: string; keyId: string; secret: string };

type RailVariable = keyof typeof RAIL_VARIABLES;

/** What an HTTP rail needs is required with it only, and checked whenever it is set: a fault is told before the switch. */
export function readPaymentRail(
  read: <Value>(name: RailVariable) => Value,
  need: (name: RailVariable) => void,
): PaymentRailSettings {
  const kind = read<(typeof RAIL_KINDS)[number] | undefined>('PAYMENT_RAIL');
  const [url = '', keyId = '', secret = ''] = RAIL_SETTINGS.map((name) => read<string | undefined>(name));
  if (kind !== 'http') return { kind: 'sandbox' };
  for (const name of RAIL_SETTINGS) need(name);
  return { kind, url, keyId, secret };
}

const RAIL_SETTINGS = ['PAYMENT_RAIL_URL', 'PAYMENT_RAIL_KEY_ID', 'PAYMENT_RAIL_SECRET'] as const;
