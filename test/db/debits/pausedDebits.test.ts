/** Debits under an incident, by the real sweep on real accounts; the rail is a fake that tells what it was asked. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { prepareAttempt } from '../../../src/activities/debits/debitJudgement';
import type { DebitDependencies } from '../../../src/activities/debits/debitSweep';
import { createDebitActivities } from '../../../src/activities/debits/debits';
import type { DebitInquiryOutcome, DebitOutcome } from '../../../src/adapters/rails/port';
import { type DebitRow, listDebits, resumePausedDebits } from '../../../src/db/debits/plannedDebits';
import { openIncident } from '../../../src/db/incidents/incidentOpenings';
import { lockIncident, saveIncident } from '../../../src/db/incidents/incidents';
import { createPolicyReader } from '../../../src/db/policy/policyReader';
import { type Client, inTransaction } from '../../../src/db/transaction';
import type { IncidentScope } from '../../../src/domain/incidents/incidents';
import { CASH_LOAN, noonOf, OPENED_ON, openOnTerms, stepsOn } from '../servicedAccounts';
import { MINUTE_MS, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);
const HOUR_MS = 60 * MINUTE_MS;
/** After 20:00 of the due date. */
const EVENING_MS = noonOf('2026-04-02') + 9 * HOUR_MS;

let asked: string[] = [];
let outcome: DebitOutcome = { status: 'unknown', detail: 'no answer' };
let found: DebitInquiryOutcome = { status: 'unknown', detail: 'no answer' };

const deps = (): DebitDependencies => ({
  pool: database.pool,
  policies: createPolicyReader(),
  rail: {
    name: 'fake',
    debit: async ({ reference }) => {
      asked.push(`debit ${reference}`);
      return outcome;
    },
    inquire: async (reference) => {
      asked.push(`inquire ${reference}`);
      return found;
    },
  },
  pause: async () => undefined,
  tellPayment: async () => undefined,
  heartbeat: () => undefined,
});

const ACCOUNTS = ['raced', 'doubtful', 'swept'];

beforeAll(async () => {
  const step = stepsOn(database.pool);
  for (const accountId of ACCOUNTS) {
    await openOnTerms(database.pool, accountId, CASH_LOAN);
    await step(accountId, OPENED_ON, { kind: 'opening' });
    const mandate = { changeId: 'm1', mandateId: `mandate-${accountId}`, agreedOn: OPENED_ON };
    await step(accountId, OPENED_ON, { kind: 'mandate', mandate });
  }
});

async function debitOf(accountId: string): Promise<DebitRow> {
  const [debit] = await listDebits(database.pool, { tenantId: TENANT, accountId });
  if (!debit) throw new Error('it was planned');
  return debit;
}

let opened = 0;
async function stopDebits(scope: IncidentScope = {}): Promise<string> {
  opened += 1;
  const { incidentId } = await run((client) =>
    openIncident(client, {
      tenantId: TENANT,
      dedupeKey: `stop-${opened}`,
      measures: ['auto-debit'],
      scope,
      reasonCode: 'WRONG_AMOUNTS',
      remedyChannel: 'hotline',
      openedBy: { kind: 'rule', id: 'rule-1' },
      atMs: EVENING_MS,
    }),
  );
  return incidentId;
}

async function goOn(incidentId: string): Promise<void> {
  const change = (changes: object) =>
    run(async (client) => {
      const row = await lockIncident(client, { tenantId: TENANT, incidentId });
      if (row) await saveIncident(client, { ...row, ...changes });
    });
  await change({ stage: 'resuming', firstApprovalBy: 'staff-1' });
  await change({ stage: 'resumed', secondApprovalBy: 'staff-2', liftedAtMs: EVENING_MS });
  await run((client) => resumePausedDebits(client, { tenantId: TENANT }));
}

const sweep = (accountId: string, lane: number, asOfMs: number) => {
  asked = [];
  return createDebitActivities(deps())
    .sweepDebits({ tenantId: TENANT, lane, asOfMs })
    .then(() => asked.filter((each) => each.includes(accountId)));
};

describe('an incident that stops debits', () => {
  it('is heeded by an attempt that was claimed before it was opened', async () => {
    const debit = await debitOf('raced');
    const incidentId = await stopDebits();
    const input = { tenantId: TENANT, lane: debit.lane, asOfMs: EVENING_MS };
    expect(await run((client) => prepareAttempt(client, deps(), input, debit))).toEqual({ disposition: 'open' });
    expect(await debitOf('raced')).toMatchObject({ status: 'planned', nextAtMs: EVENING_MS + 15 * MINUTE_MS });
    await goOn(incidentId);
    expect(await debitOf('raced')).toMatchObject({ nextAtMs: debit.dueAtMs });
    expect(await run((client) => prepareAttempt(client, deps(), input, debit))).toMatchObject({
      request: { reference: debit.reference },
    });
  });

  it('keeps one in doubt from being sent again, asks about it, and lets it go on under its reference', async () => {
    const { lane, reference } = await debitOf('doubtful');
    expect(await sweep('doubtful', lane, EVENING_MS)).toContain(`debit ${reference}`);
    expect(await debitOf('doubtful')).toMatchObject({ status: 'unknown' });
    const incidentId = await stopDebits();
    found = { status: 'not-found' };
    expect(await sweep('doubtful', lane, EVENING_MS + HOUR_MS)).toEqual([`inquire ${reference}`]);
    expect(await debitOf('doubtful')).toMatchObject({ status: 'unknown', detail: expect.stringContaining('incident') });
    await goOn(incidentId);
    outcome = { status: 'settled', railId: 'r-1', amountFen: 173_884, settledOn: '2026-04-02' };
    expect(await sweep('doubtful', lane, EVENING_MS + 4 * HOUR_MS)).toContain(`debit ${reference}`);
  });

  it('leaves those of another product alone', async () => {
    const { lane, reference } = await debitOf('swept');
    const cards = await stopDebits({ product: 'revolving' });
    const loans = await stopDebits({ product: 'cash-loan' });
    expect(await sweep('swept', lane, EVENING_MS)).toEqual([]);
    await goOn(loans);
    expect(await sweep('swept', lane, EVENING_MS)).toContain(`debit ${reference}`);
    await goOn(cards);
  });
});
