/** The anomaly guard as a worker uses it: its seals, its policy, and the reviews of the texts that are shipped. */
import type { Pool } from 'pg';
import { listTemplates } from './db/statements/templates';
import { recordWordingReview } from './db/statements/wordingReviews';
import { inTransaction } from './db/transaction';
import type { WordingSeals } from './db/wordingSeals';
import { GUARD_POLICY, type GuardPolicy } from './domain/anomalyGuard';
import type { BusinessClock } from './domain/clock';
import { SIGNATURE, TEMPLATES } from './policies/templates';

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

/**
 * The texts that are shipped were written by one person and reviewed by another, and come with the program itself: that
 * is kept under seal at each start, for the wordings that still are what was shipped.
 */
export async function recordShippedReviews(
  pool: Pool,
  seals: WordingSeals,
  { tenantId, atMs }: { tenantId: string; atMs: number },
): Promise<void> {
  await inTransaction(pool, async (client) => {
    for (const { kind, version, body, signature } of await listTemplates(client, { tenantId })) {
      const shipped = TEMPLATES[kind];
      if (shipped?.version !== version || shipped.body !== body || signature !== SIGNATURE) continue;
      const { submittedBy, approvedBy } = shipped;
      await recordWordingReview(client, seals, { tenantId, kind, version, submittedBy, approvedBy, atMs });
    }
  });
}
