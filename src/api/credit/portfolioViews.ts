/** Risk: the portfolio. */
import { z } from 'zod';
import { count, fen } from '../http/viewParts';
import { product } from '../schemas';

export const portfolioView = z
  .object({
    businessDate: z.string(),
    accounts: z.array(
      z.object({
        product,
        stage: z.string(),
        bucket: z.string().nullable(),
        count,
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
