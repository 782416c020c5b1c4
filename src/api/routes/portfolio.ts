/** The whole portfolio in counts, and whether the books balance: what risk staff look at first. */
import { readTrialBalance } from '../../db/statements/journal';
import { countsByStatus } from '../../db/statements/notices';
import { listAccountsByStage } from '../../db/statements/portfolio';
import { callerOf } from '../authentication';
import { businessToday } from '../context';
import { countApplications, countWarnings } from '../counts';
import { problems } from '../schemas';
import { portfolioView } from '../views';
import { keyed, type Routes } from './route';

/** Enough to see what is wrong; the audit has them all. */
const DIFFERENCES_SHOWN = 100;

export const portfolioRoutes: Routes = (app, context) => {
  const { config, about } = keyed(
    'portfolio:read',
    'portfolio',
    'Read the portfolio: accounts, applications, notices, warnings, and whether the ledger balances',
  );
  app.get(
    '/v1/portfolio',
    { config, schema: { ...about, response: { 200: portfolioView, ...problems(401, 403, 503) } } },
    async (request) => {
      const { tenantId } = callerOf(request);
      const { pool } = context;
      const [accounts, applications, notices, warnings, { lines, totalFen, differences }] = await Promise.all([
        listAccountsByStage(pool, { tenantId }),
        countApplications(pool, { tenantId }),
        countsByStatus(pool, { tenantId }),
        countWarnings(pool, { tenantId }),
        readTrialBalance(pool, { tenantId }),
      ]);
      const isBalanced = totalFen === 0 && differences.length === 0;
      const ledger = { isBalanced, totalFen, lines, differences: differences.slice(0, DIFFERENCES_SHOWN) };
      const businessDate = businessToday(context);
      return { businessDate, accounts, applications, notices, warnings, ledger };
    },
  );
};
