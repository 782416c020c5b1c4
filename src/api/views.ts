/** Rows as callers see them: what each shows is chosen here field by field, so a new column is not shown by itself. */
import { z } from 'zod';
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

export const purchaseAnswer = z
  .object({
    status: z.enum(['approved', 'declined']),
    reasonCodes: z.array(z.string()),
    availableFen: fen,
    restriction: z
      .object({ incidentId: z.string(), remedyChannel: z.string() })
      .optional()
      .describe('With INCIDENT_MEASURE: what stops it, and where to turn to.'),
  })
  .describe('The decision on the purchase.');

export const referralAnswer = z
  .object({ applicationId: z.string(), stage: z.string() })
  .describe('The stage after the decision.');
export const writeOffAnswer = z
  .object({ status: z.enum(['needs-second-person', 'written-off', 'kept']) })
  .describe('How far the decision has come.');
export const changeAnswer = z
  .object({ status: z.literal('accepted'), accountId: z.string() })
  .describe('The change is made and booked; a refusal is a problem document with reason codes.');
export const received = z
  .object({ status: z.literal('received'), accountId: z.string(), id: z.string() })
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
    terms,
    stage: z.string(),
    bucket: z.string(),
    daysPastDue: z.int(),
    outstandingFen: fen,
    overdueFen: fen,
    availableFen: fen,
    nextDeadlineAtMs: instantMs.nullable(),
    asOf: z.string().nullable().describe('The business date of the last step.'),
    summary: z.string(),
    policyVersion: z.string(),
    lenderOfRecord: z.string(),
    dueFen: fen.describe('What is overdue and what comes due next, to the business date.'),
    minimumFen: fen.describe('Of dueFen, what must be paid at least so that nothing is overdue.'),
    payoffFen: fen.describe('What settles everything on the business date.'),
    mandateId: z.string().nullable().describe('Under which what is due is debited; null when nothing is.'),
    obligations: z.array(
      z.object({ key: z.string(), dueDate: z.string(), owedFen: fen, minimumFen: fen, penaltyFen: fen }),
    ),
    balances: z.record(z.string(), fen).describe('Of each ledger account of this credit, from the postings.'),
    statements: z.array(statementView),
    instalmentPlans: z
      .array(z.object({ key: z.string(), parts: comingParts }))
      .describe('Plans of a revolving account with the parts that come.'),
    links,
  })
  .describe('The account as of its last step.');

export const timelineView = z
  .object({
    items: z.array(
      z.object({
        atMs: instantMs,
        source: z.enum(['fact', 'refusal', 'statement', 'entry', 'warning', 'notice', 'mandate', 'debit']),
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
      z.object({ product, stage: z.string(), bucket: z.string(), count, outstandingFen: fen, overdueFen: fen }),
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
