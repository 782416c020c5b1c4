/**
 * The policy under which historical card accounts are replayed: their bills and payments are known, their interest is
 * not, and their issuer had authorised every purchase already. So nothing is charged and nothing is declined; what the
 * replay shows is how delinquency and early warnings go.
 */
import type { LendingPolicy } from '../domain/products';
import { defaultPolicy } from './defaultPolicy';

/** Far beyond the years of any history: nobody sits in a replay to decide on a write-off. */
const NO_WRITE_OFF_REVIEW_DAYS = 10_000;

export const replayPolicy: LendingPolicy = {
  ...defaultPolicy,
  version: 'replay-no-interest',
  effectiveFrom: '2000-01-01',
  zone: { name: 'Asia/Taipei', utcOffsetMinutes: 480 },
  cashLoan: {
    ...defaultPolicy.cashLoan,
    penaltyMultiplier: '0',
    writeOffReviewDaysPastDue: NO_WRITE_OFF_REVIEW_DAYS,
  },
  revolving: {
    ...defaultPolicy.revolving,
    // Historical limits are in another currency and range.
    limitFen: { min: 1, max: 1_000_000_000 },
    revolvingDailyRate: '0',
    overdueDailyRate: '0',
    declineOverLimit: false,
    declineWhenOverdue: false,
    writeOffReviewDaysPastDue: NO_WRITE_OFF_REVIEW_DAYS,
  },
};
