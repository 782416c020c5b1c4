/** The step that is recorded for pgbench is a whole one, and payments are made on accounts of their own. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { advanceOn, noonOf, openBenchAccount, seedLedger, TENANT } from '../../../src/dev/bench/ledger/openAccounts';
import { pgbenchScriptOf } from '../../../src/dev/bench/ledger/pgbenchScript';
import { PostsBench } from '../../../src/dev/bench/ledger/posts';
import { recordingPool } from '../../../src/dev/bench/ledger/recording';
import type { CashLoanTerms } from '../../../src/domain/credit/account';
import { useDatabase } from '../../db/testDatabase';
import { expectSoundBooks } from '../../support/books';

const database = useDatabase();
const TERMS: CashLoanTerms = {
  product: 'cash-loan',
  principalFen: 300_000,
  dailyRate: '0.0004',
  months: 3,
  method: 'level',
  startDate: '2026-03-05',
};

beforeAll(() => seedLedger(database.owner));

describe('a recorded step', () => {
  it('is one transaction with all that a payment writes, on the account that is counted', async () => {
    const { pool, sent } = recordingPool(database.pool);
    const advance = advanceOn(pool);
    const recorded = async (accountId: string) => {
      await openBenchAccount(database.pool, advanceOn(database.pool), accountId, TERMS);
      await advance({ tenantId: TENANT, accountId, asOfMs: noonOf('2026-03-06'), arrivals: [] });
      sent.length = 0;
      const payment = { paymentId: 'p', amountFen: 120_000, paidOn: '2026-04-05', intent: 'instalment' as const };
      const arrivals = [{ kind: 'payment' as const, payment }];
      await advance({ tenantId: TENANT, accountId, asOfMs: noonOf('2026-04-05'), arrivals });
      return { accountId, sent: [...sent] };
    };
    const [first, second] = [await recorded('8123401'), await recorded('8123402')];
    const texts = first.sent.map(({ text }) => text);
    expect(texts[0]).toBe('begin');
    const within = texts.slice(0, texts.indexOf('commit'));
    for (const table of ['account_fact', 'journal_entry', 'posting', 'notice']) {
      expect(within.filter((text) => text.includes(`insert into ${table} `))).toHaveLength(1);
    }
    expect(within.filter((text) => text.startsWith('update credit_account'))).toHaveLength(1);
    const { text, variables } = pgbenchScriptOf(first, second);
    expect(text.match(/:account\b/g)?.length).toBeGreaterThan(8);
    expect(Object.values(variables).filter((value) => /812340[12]/.test(value))).toEqual([]);
    await expectSoundBooks(database.pool, TENANT);
  });
});

describe('payments through the activity', () => {
  it('are one on each of so many loans for each connection', async () => {
    const none = { pgbench: undefined, env: {}, report: () => undefined };
    const { pool } = database;
    const bench = new PostsBench(
      { pool, url: '', ownerUrl: '', folder: '', stop: async () => undefined },
      { ...none, connections: 2, share: 3 },
    );
    const { postsPerSecond, pgbenchPerSecond } = await bench.measure();
    expect(postsPerSecond).toBeGreaterThan(0);
    expect(pgbenchPerSecond).toBeUndefined();
    const { rows } = await pool.query(
      `select count(*) as paid, count(distinct account_id) as accounts from account_fact
        where tenant_id = $1 and account_id > '7000002' and account_id < '8' and kind = 'paid'`,
      [TENANT],
    );
    expect(rows).toEqual([{ paid: 6, accounts: 6 }]);
  });
});
