/** The anomaly guard as a worker uses it: its seals, its policy, and the reviews of the texts that are shipped. */
import type { Pool } from 'pg';
import { createShippedTextActivities } from '../../activities/messaging/shippedTexts';
import type { WordingSeals } from '../../db/messaging/templates/wordingSeals';
import { GUARD_POLICY, type GuardPolicy } from '../../domain/messaging/guard/anomalyGuard';
import { SIGNATURE, TEMPLATES } from '../../domain/policy/shippedTemplates';
import type { BusinessClock } from '../../domain/values/clock';

/** From here on a business minute is less than a second: lanes and receipts are hours late by the clock, and honest. */
const TOO_FAST_TO_KEEP_TIME = 60;

/**
 * With what is the lender's own. On a clock that runs ahead of the work, what compares instants with each other says
 * nothing, and is left out.
 */
export function guardPolicyFor(
  clock: BusinessClock,
  lender: Partial<Pick<GuardPolicy, 'officialNumbers' | 'remedyChannel'>> = {},
): GuardPolicy {
  const policy = { ...GUARD_POLICY, ...lender };
  if (clock.speed <= TOO_FAST_TO_KEEP_TIME) return policy;
  return {
    ...policy,
    switchedOff: ['schedule', 'volume', 'receipt-window', 'receipt-silence', 'receipt-failures', 'foreign-receipts'],
  };
}

/** As {@link createShippedTextActivities} does, of the texts that come with the program: at each start. */
export async function recordShippedReviews(
  pool: Pool,
  seals: WordingSeals,
  at: { tenantId: string; atMs: number },
): Promise<void> {
  const shipped = { signature: SIGNATURE, texts: TEMPLATES };
  await createShippedTextActivities({ pool, seals, shipped }).recordShippedReviews(at);
}
