/** The books as callers see them. Debits are positive, credits negative. */
import { z } from 'zod';
import { CLOSE_OUTCOMES } from '../../db/ledger/dailyCloses';
import { CHECKS } from '../../domain/ledger/reconciliation';

/** Whole fen; a safe integer in JSON. */
const fen = z.int();
const count = z.int();
const balanceLines = z.array(z.object({ ledgerAccount: z.string(), amountFen: fen }));
const receivables = z.record(z.string(), fen);

export const trialBalanceView = z
  .object({
    asOf: z.string().nullable().describe('Null: all postings, whatever their value date.'),
    lines: balanceLines,
    debitFen: fen.describe('Sum of the debit balances.'),
    creditFen: fen.describe('Sum of the credit balances, as a positive amount.'),
    isBalanced: z.boolean().describe('Debit and credit are the same, or the books are wrong.'),
  })
  .describe('The balance of every ledger account.');

const difference = z
  .object({
    check: z.enum(CHECKS).describe('Which comparison failed: docs/operations.md says what each means.'),
    accountId: z.string().optional(),
    ledgerAccount: z.string().nullable().optional(),
    of: z.string().optional(),
    businessKey: z.string().optional(),
    lineCount: count.optional(),
    sumFen: fen.optional(),
    bookedFen: fen.optional().describe('What the database holds.'),
    derivedFen: fen.optional().describe('What it must hold.'),
    field: z.string().optional(),
    booked: z.union([z.string(), z.number(), z.null()]).optional(),
    derived: z.union([z.string(), z.number(), z.null()]).optional(),
    deadlineAtMs: z.int().nullable().optional().describe('Null: not even the first step was taken.'),
    reason: z.string().optional(),
    what: z.string().optional(),
    reference: z.string().optional().describe('Of a debit.'),
    excessFen: fen.optional().describe('By how much refunds are above purchases.'),
  })
  .describe('The fields depend on the check.');

export const dailyClosesView = z
  .object({
    items: z.array(
      z.object({
        closeId: z.int(),
        businessDate: z.string(),
        outcome: z.enum(CLOSE_OUTCOMES),
        accountCount: count,
        entryCount: count,
        postingCount: count,
        lines: balanceLines.describe('Trial balance as of the date, as it was at the close.'),
        differences: z.array(difference).describe('At most 100 are kept.'),
        waiting: z
          .array(
            z.object({
              asideId: z.int(),
              accountId: z.string(),
              kind: z.string(),
              atMs: z.int().describe('When it was set aside, in milliseconds since 1970.'),
              ageDays: count,
            }),
          )
          .describe('What was set aside and waited for two people: the oldest 100.'),
        waitingCount: count,
        recordedAtMs: z.int().describe('Real time, in milliseconds since 1970.'),
      }),
    ),
    nextCursor: z.string().nullable().describe('Null on the last page.'),
  })
  .describe('One page, the latest try first.');

export const accountEntriesView = z
  .object({
    opening: receivables.describe('What the receivables stood at before the first entry of the page.'),
    items: z.array(
      z.object({
        entryId: z.int(),
        businessKey: z.string(),
        revision: z.int().describe('1, or the number of the correction.'),
        kind: z.string(),
        valueDate: z.string(),
        bookedAtMs: z.int().describe('Business instant, in milliseconds since 1970.'),
        lines: z.array(z.object({ account: z.string(), amountFen: fen })),
        receivables: receivables.describe('What the receivables stand at after the entry.'),
      }),
    ),
    nextCursor: z.string().nullable().describe('Null on the last page.'),
  })
  .describe('One page, by value date, and of one date in the order of booking.');

export const payoffView = z
  .object({
    accountId: z.string(),
    on: z.string(),
    stage: z.string().describe('On the date.'),
    principalFen: fen,
    interestFen: fen.describe('To the date, what is not posted yet included.'),
    penaltyFen: fen,
    feeFen: fen,
    creditFen: fen.describe('What the borrower has with us; it counts against the rest.'),
    recoverableFen: fen.describe('Written off and not recovered yet; it is in no component any more.'),
    totalFen: fen.describe('What settles everything: components less credit, not below 0, and what may be recovered.'),
  })
  .describe('The quote.');
