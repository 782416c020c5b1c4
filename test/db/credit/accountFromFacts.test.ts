/** `account derive` and the service, step by step, come to one account: same bills, same dates of billing, same balances. */
import { expect, test } from '@jest/globals';
import type { Arrival } from '../../../src/contracts/activities';
import { readBills } from '../../../src/db/credit/bills';
import { readFacts } from '../../../src/db/credit/facts';
import { projectionOf } from '../../../src/domain/credit/accountProjection';
import {
  type ArrivedFact,
  deriveInHistoricalOrder,
  openingFactOf,
  type ToldFact,
} from '../../../src/domain/credit/historicalOrder';
import { defaultPolicy as policy } from '../../../src/domain/policy/defaultPolicy';
import { addDays, type IsoDate } from '../../../src/domain/values/calendar';
import { OPENED_ON, openOnTerms, payment, purchase, REVOLVING, stepsOn } from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const ACCOUNT = 'card-1';
const LAST = '2026-06-02';

const refund = (refundId: string, amountFen: number, refundedOn: IsoDate): Arrival => ({
  kind: 'refund',
  refund: { refundId, amountFen, refundedOn },
});

/** By the date of arrival; most come after a bill that they would have been on, one on a bill date itself. */
const ARRIVALS: Record<IsoDate, Arrival[]> = {
  '2026-03-12': [purchase('o1', 234_567, '2026-03-12')],
  '2026-04-01': [purchase('o2', 50_000, '2026-03-31')],
  '2026-04-03': [purchase('o3', 30_000, '2026-03-15')],
  '2026-04-20': [payment('p1', 100_000, '2026-04-09')],
  '2026-05-04': [refund('r1', 40_000, '2026-03-20'), payment('p2', 60_000, '2026-04-30')],
  '2026-05-05': [purchase('o4', 20_000, '2026-04-28')],
  '2026-06-01': [payment('p3', 90_000, '2026-05-10')],
};

function told(arrival: Arrival): ToldFact {
  switch (arrival.kind) {
    case 'payment': {
      const { paymentId, paidOn, amountFen, intent } = arrival.payment;
      return { kind: 'paid', key: `payment/${paymentId}`, valueDate: paidOn, amountFen, intent };
    }
    case 'purchase': {
      const { purchaseId, purchasedOn, amountFen } = arrival.purchase;
      return { kind: 'purchased', key: `purchase/${purchaseId}`, valueDate: purchasedOn, amountFen };
    }
    case 'refund': {
      const { refundId, refundedOn, amountFen } = arrival.refund;
      return { kind: 'refunded', key: `refund/${refundId}`, valueDate: refundedOn, amountFen };
    }
    default:
      throw new Error(`this test has no ${arrival.kind}`);
  }
}

test('the same arrivals give the account that the service has', async () => {
  await openOnTerms(database.pool, ACCOUNT, REVOLVING);
  const step = stepsOn(database.pool);
  await step(ACCOUNT, OPENED_ON, { kind: 'opening' });
  // A step at the start of each date, as its deadlines bring it, and one for what arrives in its course.
  for (let date: IsoDate = OPENED_ON; date <= LAST; date = addDays(date, 1)) {
    await step(ACCOUNT, date);
    const arrivals = ARRIVALS[date];
    if (arrivals) await step(ACCOUNT, date, ...arrivals);
  }

  const arrivals = Object.entries(ARRIVALS).flatMap(([arrivedOn, each]) =>
    each.map((arrival): ArrivedFact => ({ fact: told(arrival), arrivedOn })),
  );
  const opening = { fact: openingFactOf(REVOLVING), arrivedOn: OPENED_ON };
  const { account, issued } = deriveInHistoricalOrder({
    terms: REVOLVING,
    arrivals: [opening, ...arrivals],
    policy,
    asOf: LAST,
  });

  const ref = { tenantId: TENANT, accountId: ACCOUNT };
  expect(issued).toHaveLength(3);
  expect(issued).toEqual(await readBills(database.pool, ref));
  const { rows } = await database.owner.query(
    `select stage, bucket, past_due_since as "pastDueSince", outstanding_fen as "outstandingFen",
       overdue_fen as "overdueFen", available_fen as "availableFen"
     from credit_account where tenant_id = $1 and account_id = $2`,
    [TENANT, ACCOUNT],
  );
  expect(projectionOf(account, policy)).toMatchObject(rows[0]);
  const { rows: booked } = await database.owner.query(
    `select ledger_account as name, amount_fen as "amountFen" from ledger_balance
      where tenant_id = $1 and account_id = $2`,
    [TENANT, ACCOUNT],
  );
  const derived: Record<string, number> = {};
  for (const line of account.entries.flatMap(({ lines }) => lines)) {
    derived[line.account] = (derived[line.account] ?? 0) + line.amountFen;
  }
  // What was booked and taken back is 0 there and absent here.
  const balances = booked.map(({ name, amountFen }) => [name, Number(amountFen)]).filter(([, sumFen]) => sumFen !== 0);
  expect(Object.fromEntries(balances)).toEqual(
    Object.fromEntries(Object.entries(derived).filter(([, sumFen]) => sumFen !== 0)),
  );
  // The facts on record are those of the file: nothing was declined on the way.
  expect((await readFacts(database.pool, ref)).filter(({ kind }) => kind === 'purchased')).toHaveLength(4);
});
