/** A bill split in twelve on a time-skipping server: read, confirmed, paid month by month, and settled early. */
import { expect, it } from '@jest/globals';
import {
  type InstalmentResult,
  type InstalmentStart,
  settleInstalments,
  startInstalments,
} from '../../../src/contracts/credit/instalments';
import { readCostDisclosures } from '../../../src/db/origination/costDisclosures';
import { dayOfMonth } from '../../../src/domain/values/calendar';
import { Credit, until } from '../../support/credits';
import { DAY_MS, TENANT, withDeployment } from '../../support/deployment';

const PRINCIPAL_FEN = 300_000;
const FEE_FEN = 26_400;

/** Sleeps to the next bill and waits until it is issued. */
async function nextBill(account: Credit) {
  const billDate = dayOfMonth(await account.today(), 1, 1);
  const before = await issued(account);
  await account.sleepUntil(billDate, '09:00');
  await until(async () => (await issued(account)) > before);
  const statement = (await account.now()).statements.at(-1);
  if (!statement) throw new Error('no bill was issued');
  return statement;
}

async function issued({ deployment, accountId }: Credit): Promise<number> {
  const { rows } = await deployment.pool.query<{ count: number }>(
    'select count(*) as count from statement where account_id = $1',
    [accountId],
  );
  return rows[0]?.count ?? 0;
}

it('a bill split in 12 is billed part by part, whole in the minimum, and its rest comes at once when it is settled early', () =>
  withDeployment(
    async (deployment) => {
      const account = await new Credit(deployment, 'split', 'revolving').open();
      await account.buy('o1', PRINCIPAL_FEN);
      const first = await nextBill(account);
      expect(first).toMatchObject({ totalFen: PRINCIPAL_FEN, minimumPaymentFen: 30_000 });
      await account.sleepUntil(dayOfMonth(first.billDate, 5));

      const asked = { planId: 'p1', statementNumber: first.number, principalFen: PRINCIPAL_FEN, months: 12 };
      const terms: InstalmentStart = { ...asked, feePayer: 'borrower', startedOn: await account.today() };
      const start = (costSheet?: InstalmentStart['costSheet']): Promise<InstalmentResult> =>
        account.handle.executeUpdate(startInstalments, { args: [{ ...terms, costSheet }] });
      const told = await start();
      if (told.status !== 'refused' || !told.costSheet) throw new Error(`no sheet: ${JSON.stringify(told)}`);
      expect(told.reasonCodes).toEqual(['COST_SHEET_NOT_CONFIRMED']);
      expect(told.costSheet.text).toContain('名义年化利率（12×月内部收益率）：15.864');

      const confirmedAt = new Date(await deployment.env.currentTimeMs()).toISOString();
      const costSheet = { hash: told.costSheet.hash, confirmedBy: 'member-1', confirmedAt };
      const taken = await start(costSheet);
      expect(taken).toMatchObject({ status: 'accepted' });
      expect(taken.status === 'accepted' && taken.parts).toHaveLength(12);
      // Sent again, it is the same plan.
      expect(await start(costSheet)).toEqual(taken);
      const kept = await readCostDisclosures(deployment.pool, { tenantId: TENANT, accountId: account.accountId });
      expect(kept.map(({ subject, confirmedBy }) => [subject, confirmedBy])).toEqual([
        ['account', 'borrower'],
        ['instalment/p1', 'member-1'],
      ]);
      // What was split is not due any more: nothing is overdue after the due date of the bill.
      await account.sleepUntil(dayOfMonth(first.billDate, 12));
      expect(await account.state()).toMatchObject({ stage: 'current', daysPastDue: 0 });

      for (const number of [1, 2]) {
        const bill = await nextBill(account);
        const part = { principalFen: PRINCIPAL_FEN / 12, feeFen: FEE_FEN / 12 };
        expect(bill).toMatchObject({ ...part, totalFen: 27_200, minimumPaymentFen: 27_200, interestFen: 0 });
        await account.pay(`part-${number}`, bill.totalFen);
      }

      const settlement = { settlementId: 's1', planId: 'p1', settledOn: await account.today() };
      const settled = await account.handle.executeUpdate(settleInstalments, { args: [settlement] });
      const rest = { principalFen: (PRINCIPAL_FEN / 12) * 10, feeFen: (FEE_FEN / 12) * 10 };
      expect(settled).toEqual({ status: 'accepted', parts: [{ number: 1, dueDate: expect.any(String), ...rest }] });
      const last = await nextBill(account);
      expect(last).toMatchObject({ ...rest, totalFen: 272_000, minimumPaymentFen: 272_000 });
      if (settled.status === 'accepted') expect(settled.parts[0]?.dueDate).toBe(last.dueDate);
      await account.pay('rest', last.totalFen);

      const { balances, payoffFen, instalments } = await account.now();
      expect({ ...balances, payoffFen, plans: instalments?.plans }).toMatchObject({
        principalFen: 0,
        payoffFen: 0,
        plans: [],
      });
      const { rows } = await deployment.pool.query<{ account: string; sum: number }>(
        `select ledger_account as account, amount_fen as sum from ledger_balance
          where account_id = $1 and ledger_account in ('fee-income', 'collections', 'fee-receivable') order by 1`,
        [account.accountId],
      );
      expect(rows).toEqual([
        { account: 'collections', sum: PRINCIPAL_FEN + FEE_FEN },
        { account: 'fee-income', sum: -FEE_FEN },
        { account: 'fee-receivable', sum: 0 },
      ]);
    },
    { lookEveryMs: 30 * DAY_MS },
  ));
