/** Credit: accounts, what is answered to what is asked of them, and their timeline. */
import { z } from 'zod';
import { TIMELINE_SOURCES } from '../../db/credit/timeline';
import { fen, instantMs, links, moved, reasonView } from '../http/viewParts';
import { product } from '../schemas';

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

export const comingPartsView = z.array(
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
    stoppedBy: z.array(reasonView).describe('Why nothing is available.'),
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
          number: z.int(),
          dueDate: z.string(),
          days: z.int(),
          principalFen: fen,
          interestFen: fen,
          owedFen: fen,
        }),
      )
      .describe('Instalments of a loan as planned now; after an early payoff with the interest that was charged.'),
    balances: z.record(z.string(), fen).describe('Of each ledger account of this credit, from the postings.'),
    statements: z.array(statementView),
    instalmentPlans: z
      .array(z.object({ key: z.string(), parts: comingPartsView }))
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
