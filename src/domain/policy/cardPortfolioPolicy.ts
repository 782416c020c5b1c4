/**
 * The policy under which historical card accounts are replayed: their bills and payments are known, their interest is
 * not, and their issuer had granted every limit and authorised every purchase already. So nothing is charged and
 * nothing is declined; what the replay shows is how delinquency and early warnings go.
 */

import { MAX_AMOUNT_FEN } from '../values/acceptedValues';
import { defaultPolicy } from './defaultPolicy';
import type { AssessmentPolicy, LendingPolicy } from './lendingPolicy';

/** Far beyond the years of any history: nobody sits in a replay to decide on a write-off. */
const NO_WRITE_OFF_REVIEW_DAYS = 10_000;
/** Historical limits are in another currency and range: this is above any of them. */
const ANY_LIMIT_FEN = MAX_AMOUNT_FEN;
/** The lowest number of points there is: every score reaches it. */
const ANY_POINTS = -1000;
/** Without instalments: nothing is charged, and a bill is never split. So this version says what it has always said. */
const { instalments: _, ...REVOLVING } = defaultPolicy.revolving;

/** What came into the default assessment since: this version says what it has always said. */
const { residualIncomeFen: _r, explanation: _e, objection: _o, ...ASSESSMENT } = defaultPolicy.assessment;

/** Any application is granted as it asks, to the fen, because the limit it asks for was granted long ago. */
const GRANTED_ALREADY: AssessmentPolicy = {
  ...ASSESSMENT,
  maxDebtServiceRatio: '1',
  maxUnsecuredFen: ANY_LIMIT_FEN,
  limitStepFen: 1,
  declineBelowPoints: ANY_POINTS,
  referBelowPoints: ANY_POINTS,
  bands: [{ fromPoints: ANY_POINTS, incomeMultiple: '60', dailyRate: defaultPolicy.cashLoan.dailyRate.max }],
};

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
    ...REVOLVING,
    limitFen: { min: 1, max: ANY_LIMIT_FEN },
    // Measured: of the months that the issuer reports as paid in part and on time, 95 % were paid with this or more.
    minimumPaymentRatio: '0.02',
    revolvingDailyRate: '0',
    overdueDailyRate: '0',
    declineOverLimit: false,
    declineWhenOverdue: false,
    writeOffReviewDaysPastDue: NO_WRITE_OFF_REVIEW_DAYS,
  },
  // A day of the accelerated clock is a second or two: a notice that its lane reaches a few of them later still counts.
  notices: { ...defaultPolicy.notices, expiresAfterDays: 9 },
  // A freeze declines purchases, and these were made: only the worst bucket, which six months do not reach, freezes.
  monitoring: { ...defaultPolicy.monitoring, freezeFromBucket: 'M7' },
  assessment: GRANTED_ALREADY,
};
