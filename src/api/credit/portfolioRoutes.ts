/** The whole portfolio in counts, and whether the books balance: what risk staff look at first. */

import { listAccountsByStage } from '../../db/credit/portfolio';
import { countDebits } from '../../db/debits/plannedDebits';
import { readLedgerTotals } from '../../db/ledger/trialBalance';
import { countsByStatus } from '../../db/messaging/outbox/notices';
import { countApplications } from '../../db/origination/applications';
import { countWarnings } from '../../db/risk/warnings';
import { businessToday } from '../context';
import { callerOf } from '../http/authentication';
import { keyed, type Routes } from '../http/route';
import { problems } from '../schemas';
import { portfolioView } from '../views';

/** Enough to see what is wrong. */
const UNBALANCED_SHOWN = 100;

export const portfolioRoutes: Routes = (app, context) => {
  app.get(
    '/v1/portfolio',
    keyed('portfolio:read', 'portfolio', {
      summary: 'Read the portfolio: accounts, applications, notices, debits, warnings, and whether the ledger balances',
      cost: 20,
      response: { 200: portfolioView, ...problems(401, 403, 503) },
    }),
    async (request) => {
      const { tenantId } = callerOf(request);
      const { pool } = context;
      const [accounts, applications, notices, debits, warnings, { lines, unbalancedAccounts }] = await Promise.all([
        listAccountsByStage(pool, { tenantId }),
        countApplications(pool, { tenantId }),
        countsByStatus(pool, { tenantId }),
        countDebits(pool, { tenantId }),
        countWarnings(pool, { tenantId }),
        readLedgerTotals(pool, { tenantId, limit: UNBALANCED_SHOWN }),
      ]);
      const totalFen = lines.reduce((sum, { amountFen }) => sum + amountFen, 0);
      const isBalanced = totalFen === 0 && unbalancedAccounts.length === 0;
      const ledger = { isBalanced, totalFen, lines, unbalancedAccounts };
      const businessDate = businessToday(context);
      return { businessDate, accounts, applications, notices, debits, warnings, ledger };
    },
  );
};
