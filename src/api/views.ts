/** Rows as callers see them: what each shows is chosen here field by field, so a new column is not shown by itself. */
import { z } from 'zod';
import { TIMELINE_SOURCES } from '../db/statements/timeline';
import { REASONS } from '../domain/reasonCodes';
import { product } from './schemas';

/** Whole fen; a safe integer in JSON. */
const fen = z.int();
/** Business instant, in milliseconds since 1970. */
const instantMs = z.int();

export const reason = z.object({ code: z.string(), en: z.string(), zh: z.string() });

/** Reason codes in the words that a borrower and an operator may read. */
export function explain(codes: readonly string[]): z.infer<typeof reason>[] {
  return codes.map((code) => ({ code, ...(REASONS[code as keyof typeof REASONS] ?? { en: code, zh: code }) }));
}

export const offerView = z.object({
  product,
  limitFen: fen,
  remainingFen: fen.describe('What has not been drawn yet.'),
  dailyRate: z.string(),
  expiresAtMs: instantMs,
  policyVersion: z.string(),
});

export const links = z.record(z.string(), z.string());

export const applicationReceived = z
  .object({ applicationId: z.string(), links })
  .describe('Received; the judgement follows.');

export const applicationView = z
  .object({
    applicationId: z.string(),
    borrowerId: z.string(),
    product,
    requestedFen: fen,
    stage: z.string(),
    reasonCodes: z.array(z.string()),
    reasons: z.array(reason),
    scorePoints: z.int().nullable(),
    policyVersion: z.string().nullable(),
    decideByMs: instantMs.nullable().describe('Until when a person must decide a referral.'),
    offer: offerView.nullable(),
    links,
  })
  .describe('The application as it is now.');

export const accountOpened = z.object({ accountId: z.string(), links }).describe('An account was opened.');

/** Where something counts from another date than it was told with. */
const moved = {
  bookedOn: z
    .string()
    .optional()
    .describe('With DATED_BEFORE_OPENING: it was dated before the account, and counts from this date.'),
};

export const purchaseAnswer = z
  .object({
    status: z.enum(['approved', 'declined']),
    reasonCodes: z.array(z.string()),
    availableFen: fen,
    ...moved,
    restriction: z
      .object({ incidentId: z.string(), remedyChannel: z.string() })
      .optional()
      .describe('With INCIDENT_MEASURE: what stops it, and where to turn to.'),
  })
  .describe('The decision on the purchase.');

export const referralAnswer = z
  .object({
    applicationId: z.string(),
    stage: z.string(),
    requestedFen: fen,
    grantedFen: fen.describe('0 where nothing is.'),
    reasonCodes: z.array(z.string()),
    reasons: z.array(reason),
  })
  .describe('The stage after the decision, and what was granted against what was asked.');
export const referralPreview = z
  .object({
    applicationId: z.string(),
    requestedFen: fen,
    outcome: z.enum(['approved', 'declined']).describe('An approval ends as declined where a knock-out forbids it.'),
    grantedFen: fen.describe('What an approval would grant now; 0 where it would end as declined.'),
    dailyRate: z.string().nullable(),
    reasonCodes: z.array(z.string()),
    reasons: z.array(reason),
    missing: z.array(reason).describe('What is still not known with what was proved.'),
    policyVersion: z.string(),
    decideByMs: instantMs.nullable().describe('Until when a person must decide.'),
  })
  .describe('What an approval would come to. Nothing was decided or kept.');
export const writeOffAnswer = z
  .object({ status: z.enum(['needs-second-person', 'written-off', 'kept']) })
  .describe('How far the decision has come.');
export const changeAnswer = z
  .object({
    status: z.enum(['accepted', 'proposed']),
    accountId: z.string(),
    ...moved,
    reasonCodes: z.array(z.string()).optional(),
    approveByMs: instantMs.optional().describe('Of a proposal: the business instant until which it can be approved.'),
  })
  .describe(
    'The change is made and booked, or proposed and waits for another principal; a refusal is a problem document with reason codes.',
  );
export const received = z
  .object({
    status: z.literal('received'),
    accountId: z.string(),
    id: z.string(),
    ...moved,
    reasonCodes: z.array(z.string()).optional(),
  })
  .describe('Received; it is booked in the background.');

const terms = z.union([
  z.object({
    product: z.literal('cash-loan'),
    principalFen: fen,
    dailyRate: z.string(),
    months: z.int(),
    method: z.string(),
    startDate: z.string(),
    dueDates: z.array(z.string()).optional().describe('Where the policy moved some off rest days.'),
  }),
  z.object({ product: z.literal('revolving'), limitFen: fen, openDate: z.string(), dueDay: z.int() }),
]);

const statementView = z.object({
  number: z.int(),
  billDate: z.string(),
  dueDate: z.string(),
  totalFen: fen,
  minimumPaymentFen: fen,
  principalFen: fen,
  interestFen: fen,
  penaltyFen: fen,
  feeFen: fen.optional().describe('Parts of the fees of instalment plans.'),
});

export const comingParts = z.array(
  z.object({
    number: z.int().describe('1 comes with the next bill.'),
    dueDate: z.string(),
    principalFen: fen,
    feeFen: fen,
  }),
);

export const accountView = z
  .object({
    accountId: z.string(),
    applicationId: z.string(),
    borrowerId: z.string(),
    product,
    terms: terms.describe('In force: after a restructuring or a corrected rate others than were agreed.'),
    agreedTerms: terms,
    stage: z.string(),
    bucket: z.string().nullable().describe('Null once the account is closed.'),
    daysPastDue: z.int(),
    pastDueSince: z.string().nullable().describe('The due date from which days past due are counted.'),
    outstandingFen: fen.describe('All that is owed on the books, with what has accrued to the date.'),
    overdueFen: fen.describe('Past due: all that is owed of obligations whose late date has come.'),
    minimumOverdueFen: fen.describe('Of overdueFen, the least that brings days past due to 0.'),
    availableFen: fen.describe('What can be spent now: 0 while anything stops new credit.'),
    stoppedBy: z.array(reason).describe('Why nothing is available.'),
    nextDeadlineAtMs: instantMs.nullable(),
    asOf: z.string().describe('The business date of every figure here but balances and bills, which are as booked.'),
    bookedOn: z.string().nullable().describe('The business date of the last booking; null until the first one.'),
    summary: z.string(),
    policyVersion: z.string(),
    lenderOfRecord: z.string(),
    dueFen: fen.describe('What is overdue and what comes due next, to the business date.'),
    minimumFen: fen.describe('Of dueFen, what must be paid at least so that nothing is or comes overdue.'),
    payoffFen: fen.describe('What settles everything on the business date, paid with the intent payoff.'),
    claimedFen: fen.describe('All that is still claimed: payoffFen, and what was written off and not recovered.'),
    writeOffVoices: z
      .array(z.object({ decidedBy: z.string(), reason: z.string().nullable(), saidAtMs: instantMs.nullable() }))
      .nullable()
      .describe('In write-off review: who said yes so far. Null: its workflow cannot be asked now.'),
    mandateId: z.string().nullable().describe('Under which what is due is debited; null when nothing is.'),
    obligations: z.array(
      z.object({ key: z.string(), dueDate: z.string(), owedFen: fen, minimumFen: fen, penaltyFen: fen }),
    ),
    schedule: z
      .array(
        z.object({
          ...{ number: z.int(), dueDate: z.string(), days: z.int() },
          ...{ principalFen: fen, interestFen: fen, owedFen: fen },
        }),
      )
      .describe('Instalments of a loan as planned now; after an early payoff with the interest that was charged.'),
    balances: z.record(z.string(), fen).describe('Of each ledger account of this credit, from the postings.'),
    statements: z.array(statementView),
    instalmentPlans: z
      .array(z.object({ key: z.string(), parts: comingParts }))
      .describe('Plans of a revolving account with the parts that come.'),
    links,
  })
  .describe('The account as of now.');

export const timelineView = z
  .object({
    items: z.array(
      z.object({
        atMs: instantMs,
        source: z.enum(TIMELINE_SOURCES),
        kind: z.string(),
        key: z.string(),
        body: z.record(z.string(), z.unknown()),
      }),
    ),
    nextCursor: z.string().nullable().describe('Null on the last page.'),
  })
  .describe('One page, oldest first.');

export const receiptCounts = z
  .object({
    received: z.int(),
    applied: z.int().describe('Ended a notice.'),
    repeated: z.int().describe('Were received before.'),
    kept: z.int().describe('On record without effect: the message is not known yet, or its notice had ended.'),
    inDoubt: z.int().optional().describe('May be about several messages, and ended none: people look at them.'),
    unreadable: z.int().optional().describe('Kept raw, and counted in nothing else.'),
    faults: z
      .array(z.object({ field: z.string(), fault: z.string(), fix: z.string() }))
      .optional()
      .describe('Of what was not readable; the first number of a field is the row.'),
  })
  .describe('What became of the receipts.');

const count = z.int();
export const portfolioView = z
  .object({
    businessDate: z.string(),
    accounts: z.array(
      z.object({
        ...{ product, stage: z.string(), bucket: z.string().nullable(), count },
        outstandingFen: fen.describe('As booked; what accrues from day to day is told by each account.'),
        overdueFen: fen.describe('Past due, as booked.'),
      }),
    ),
    applications: z.array(z.object({ product, stage: z.string(), count })),
    notices: z.array(z.object({ status: z.string(), kind: z.string(), cancelReason: z.string().nullable(), count })),
    debits: z
      .array(z.object({ status: z.string(), reasonCode: z.string().nullable(), count, amountFen: fen }))
      .describe('Automatic debits; what one comes to is known once it is made.'),
    warnings: z.array(z.object({ rule: z.string(), count })),
    ledger: z.object({
      isBalanced: z.boolean().describe('The balances of every account sum to nothing, and so do all together.'),
      totalFen: fen,
      lines: z.array(z.object({ ledgerAccount: z.string(), amountFen: fen })),
      unbalancedAccounts: z
        .array(z.object({ accountId: z.string(), sumFen: fen }))
        .describe('Accounts whose balances do not sum to nothing; at most 100 are shown.'),
    }),
  })
  .describe('The portfolio now.');

export const healthView = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    database: z.enum(['ok', 'unavailable']),
    temporal: z.enum(['ok', 'unavailable']),
    businessDate: z.string(),
  })
  .describe('What can be reached.');
