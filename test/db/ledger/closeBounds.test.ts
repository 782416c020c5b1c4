/** The close sees what was debited and is not booked, and what was refunded and never bought; two people explain it. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createIncidentActivities } from '../../../src/activities/incidents/incidents';
import { createDailyCloseActivities } from '../../../src/activities/ledger/dailyClose';
import { closeLines } from '../../../src/cli/ledger/ledgerTables';
import { workflowIds } from '../../../src/contracts/names';
import { recordFact } from '../../../src/db/credit/facts';
import { markDebitAttempted, markDebitSettled } from '../../../src/db/debits/debitAttempts';
import { planDebits } from '../../../src/db/debits/plannedDebits';
import { listIncidents } from '../../../src/db/incidents/incidents';
import { inTransaction } from '../../../src/db/transaction';
import type { Fact } from '../../../src/domain/credit/facts';
import {
  ACTORS,
  CASH_LOAN,
  noonOf,
  OPENED_ON,
  openOnTerms,
  payment,
  purchase,
  REVOLVING,
  stepsOn,
} from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

const TODAY = '2026-04-02';
const NEXT_DAY = '2026-04-03';
const AMOUNT_FEN = 173_884;
const REFERENCE = 'loan.instalment-1.1';

const database = useDatabase();

beforeAll(async () => {
  const step = stepsOn(database.pool);
  await openOnTerms(database.pool, 'loan', CASH_LOAN);
  await openOnTerms(database.pool, 'card', REVOLVING);
  await step('loan', OPENED_ON, { kind: 'opening' });
  await step('card', OPENED_ON, { kind: 'opening' }, purchase('o1', 50_000, OPENED_ON));
});

const close = (businessDate: string) =>
  createDailyCloseActivities({ pool: database.pool }).closeDate({
    tenantId: TENANT,
    businessDate,
    asOfMs: noonOf(businessDate),
  });

/** A fact from before the bounds and the reserved ids, with the step that books it. */
async function fromBefore(accountId: string, on: string, fact: Fact): Promise<void> {
  const ref = { tenantId: TENANT, accountId };
  await inTransaction(database.pool, (client) => recordFact(client, { ...ref, fact, arrivedAtMs: noonOf(on) }));
  await stepsOn(database.pool)(accountId, on);
}

function refund(key: string, amountFen: number, purchaseKey?: string): Fact {
  return { kind: 'refunded', key, valueDate: TODAY, billableFrom: TODAY, amountFen, purchaseKey };
}

async function inForce(): Promise<[string, string, string[]][]> {
  const rows = await listIncidents(database.pool, { tenantId: TENANT, limit: 99, onlyInForce: true });
  return rows.map(({ incidentId, reasonCode, measures }) => [incidentId, reasonCode, measures]);
}

async function resumeAll(): Promise<void> {
  const none = async () => undefined;
  const { advanceIncident } = createIncidentActivities({
    pool: database.pool,
    actors: ACTORS,
    lanes: 1,
    wakeLane: none,
    wakeDebitLane: none,
  });
  for (const [incidentId] of await inForce()) {
    for (const by of ['staff:1', 'staff:2']) {
      const key = `${incidentId}-${by}`;
      const sent = { workflowId: workflowIds.incident(TENANT, incidentId), name: 'approveResume', message: { by } };
      const approval = ACTORS.signed(sent, { principal: by, issuedAtMs: 1, messageId: key });
      const message = { kind: 'resume-approval' as const, key, approval };
      await advanceIncident({ tenantId: TENANT, incidentId, asOfMs: noonOf(TODAY), message });
    }
  }
}

describe('a close is red, and stops what goes on,', () => {
  it('where a debit settled and is booked with another sum, until two people have looked', async () => {
    const ref = { tenantId: TENANT, accountId: 'loan' };
    const debits = [{ obligationKey: 'instalment-1', dueDate: TODAY, atMs: noonOf(TODAY) }];
    await inTransaction(database.pool, async (client) => {
      await planDebits(client, { ...ref, lane: 0, debits });
      await markDebitAttempted(client, {
        tenantId: TENANT,
        reference: REFERENCE,
        mandateId: 'm',
        amountFen: AMOUNT_FEN,
        businessDate: TODAY,
        rail: 'sandbox',
        atMs: noonOf(TODAY),
        nextAtMs: noonOf(TODAY),
      });
      const outcome = { railId: 'r', settledOn: TODAY, atMs: noonOf(TODAY) };
      await markDebitSettled(client, { tenantId: TENANT, reference: REFERENCE, ...outcome });
    });
    const step = stepsOn(database.pool);
    // Nothing is booked of it; the account itself is where it should be.
    await step('loan', TODAY, payment('by-hand', AMOUNT_FEN, TODAY));
    const missing = { check: 'debit', accountId: 'loan', reference: REFERENCE, derivedFen: AMOUNT_FEN } as const;
    await step('card', '2026-04-01');
    const before = await close('2026-04-01');
    expect(before.differences).toEqual([]);
    const red = await close(TODAY);
    expect(red.differences).toEqual([{ ...missing, bookedFen: 0 }]);
    expect(closeLines(red).join('\n')).toMatch(/loan +debit +loan\.instalment-1\.1 +0\.00 +1,738\.84/);
    await fromBefore('loan', TODAY, {
      kind: 'paid',
      key: `payment/debit:${REFERENCE}`,
      valueDate: TODAY,
      amountFen: 1,
      intent: 'instalment',
    });
    expect((await close(TODAY)).differences).toEqual([{ ...missing, bookedFen: 1 }]);
    expect(await inForce()).toEqual([[expect.any(String), 'DEBIT_NOT_BOOKED', ['auto-debit']]]);
    // Another sum than the one that they have looked at would be red again.
    await resumeAll();
    expect(await close(TODAY)).toMatchObject({ outcome: 'succeeded', differences: [] });
    expect(await inForce()).toEqual([]);
  });

  it('where more was refunded than bought, of a purchase or in all; explained, until it grows', async () => {
    await fromBefore('card', NEXT_DAY, refund('refund/1', 60_000, 'purchase/o1'));
    await stepsOn(database.pool)('loan', NEXT_DAY);
    const found = { check: 'refunds', accountId: 'card', derivedFen: 50_000 } as const;
    const red = await close(NEXT_DAY);
    expect(red.differences).toEqual([{ ...found, bookedFen: 60_000, excessFen: 10_000 }]);
    expect(closeLines(red).join('\n')).toMatch(/card +refunds +100\.00 above +600\.00 +500\.00/);
    expect(await inForce()).toEqual([[expect.any(String), 'REFUNDS_ABOVE_PURCHASES', ['draws']]]);
    await resumeAll();
    expect((await close(NEXT_DAY)).outcome).toBe('succeeded');
    await fromBefore('card', '2026-04-04', refund('refund/2', 1));
    await stepsOn(database.pool)('loan', '2026-04-04');
    expect((await close('2026-04-04')).differences).toEqual([{ ...found, bookedFen: 60_001, excessFen: 10_001 }]);
  });
});
