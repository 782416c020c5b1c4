/**
 * What an operator reads in the Temporal Web UI, on a real server: what a workflow, a timer and a step is, in the words
 * of the credit; whom a workflow waits for, and until when; what each message is for. And a clock that stands takes
 * nobody's time away.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  type ApplicationInput,
  acceptOffer,
  applicationState,
  decideReferral,
  paymentReceived,
  workflowIds,
} from '../../src/contracts';
import { ensureBorrower } from '../../src/db/origination/borrowers';
import { saveIdentity } from '../../src/db/origination/identities';
import { inTransaction } from '../../src/db/transaction';
import { createVault } from '../../src/db/vault';
import type { AssessmentInput } from '../../src/domain/risk/assessment';
import { addDays } from '../../src/domain/values/calendar';
import { atWallTimeMs, SHANGHAI } from '../../src/domain/values/clock';
import { letClockGo } from '../../src/platform/businessClock';
import { createTemporalGateway, type TemporalGateway } from '../../src/platform/temporalGateway';
import { acceptAsTold } from '../support/costSheets';
import { SOUND, until } from '../support/credits';
import { IDENTITY, ORIGIN } from '../support/identities';
import { RealSystem, TENANT, VAULT_KEY } from '../support/realSystem';
import { eventNames, historiesOf } from '../support/replays';

/** A business day in 0.86 s. */
const SPEED = 100_000;
const STARTS_AT_MS = atWallTimeMs('2026-01-12', '09:00', SHANGHAI);
const INCOME_UNKNOWN: AssessmentInput = { ...SOUND, finances: { ...SOUND.finances, monthlyIncomeFen: undefined } };

let system: RealSystem;
let gateway: TemporalGateway;

beforeAll(async () => {
  system = await RealSystem.begin({ speed: SPEED, startAtMs: STARTS_AT_MS, isBounded: true });
  await system.openClock();
  // However long the worker takes to come up.
  await letGo('2026-01-12');
  await system.startWorker();
  gateway = createTemporalGateway(system.client);
}, 90_000);

afterAll(async () => {
  await system?.end();
});

/** What the page of a workflow shows above its history. */
async function shownOf(workflowId: string) {
  const handle = system.client.workflow.getHandle(workflowId);
  const { currentDetails, definition } = await handle.query<{
    currentDetails: string;
    definition: Record<'updateDefinitions' | 'signalDefinitions', { name: string; description?: string }[]>;
  }>('__temporal_workflow_metadata');
  const messages = [...definition.updateDefinitions, ...definition.signalDefinitions];
  // What a run was started with stands at the first one: a lane that swept for long has gone on in another.
  const { firstRunId } = (await handle.describe()).raw.workflowExecutionInfo ?? {};
  const first = await system.client.workflow.getHandle(workflowId, firstRunId ?? undefined).describe();
  return { currentDetails, messages, summary: await first.staticSummary() };
}

/** What is said of timers and steps, in the order in which it is said first: a step that asks too early asks again. */
async function summariesOf(workflowId: string): Promise<string[]> {
  const [history] = await historiesOf(system, workflowId);
  const names = history ? eventNames(history) : [];
  const said = (history?.events ?? []).flatMap(({ userMetadata }, index) => {
    const data = userMetadata?.summary?.data;
    const isBegun = ['TIMER_STARTED', 'MARKER_RECORDED', 'ACTIVITY_TASK_SCHEDULED'].includes(names[index] ?? '');
    return data && isBegun ? [`${names[index]}: ${JSON.parse(Buffer.from(data).toString())}`] : [];
  });
  return [...new Set(said)];
}

function letGo(until: string, time = '20:00'): Promise<void> {
  return letClockGo(system.pool, atWallTimeMs(until, time, SHANGHAI), Date.now());
}

async function apply(applicationId: string, facts: AssessmentInput): Promise<string> {
  const { pool } = system;
  const borrower = { tenantId: TENANT, borrowerId: `borrower-${applicationId}` };
  await inTransaction(pool, async (client) => {
    const vault = createVault({ keyId: 'k1', key: Buffer.from(VAULT_KEY, 'hex') });
    await ensureBorrower(client, borrower);
    await saveIdentity(client, vault, { ...borrower, identity: IDENTITY, origin: ORIGIN });
  });
  const input: ApplicationInput = {
    ...borrower,
    applicationId,
    product: 'cash-loan',
    requestedFen: 1_000_000,
    facts,
    // As it went when the system came up: that it has stood since, the workflow must learn by itself.
    clock: { ...system.clock },
  };
  await gateway.start('application', input);
  return workflowIds.application(TENANT, applicationId);
}

// First of all: a run that continues another one has no summary of its own.
it('a lane: what it has done, when it swept and when it sweeps again', async () => {
  const lane = workflowIds.noticeLane(TENANT, 0);
  await until(async () => ((await shownOf(lane)).currentDetails ?? '') !== '', 60_000);
  const { currentDetails, summary } = await shownOf(lane);
  expect(summary).toBe('Notices to the borrowers of lane 0');
  expect(currentDetails).toMatch(
    /^\*\*notices of lane 0\*\* · sent \d+, cancelled \d+, failed \d+\n\nswept .* · sweeps again \d+ \w+ 2026/,
  );
  const [first] = await summariesOf(lane);
  expect(first).toMatch(/^ACTIVITY_TASK_SCHEDULED: notices due by \d+ Jan 2026 \d\d:\d\d$/);
}, 130_000);

it('a referral: for whom it waits and until when, and the time for which the clock stood is not taken from them', async () => {
  const workflowId = await apply('referred', INCOME_UNKNOWN);
  const handle = system.client.workflow.getHandle(workflowId);
  await until(async () => (await handle.query(applicationState)).stage === 'referred');
  const shown = await shownOf(workflowId);
  expect(shown.summary).toBe('Application referred: cash loan, 10,000.00 CNY asked for');
  const by = /waits for a person, who decides by the update `decideReferral` until (\d+ Jan 2026 \d\d:\d\d);/;
  expect(shown.currentDetails).toMatch(by);
  expect(shown.currentDetails).toMatch(
    /^\*\*referred\*\* · an approval without further proof grants 1,000\.00 CNY of 10,000\.00 CNY asked · reasons: \S/,
  );
  expect(shown.currentDetails).toMatch(/\n\nas of 12 Jan 2026 \d\d:\d\d$/);
  expect(shown.messages.filter(({ description }) => !description)).toEqual([]);
  expect(shown.messages.find(({ name }) => name === 'decideReferral')?.description).toContain('approves or declines');
  // By the clock that it began with, the deadline has passed by now, and it looked.
  const deadline = by.exec(shown.currentDetails)?.[1];
  await until(async () => (await summariesOf(workflowId)).includes('MARKER_RECORDED: nobody decided in time'), 60_000);
  expect((await handle.query(applicationState)).stage).toBe('referred');
  const decision = { decision: 'approve', decidedBy: 'staff-07', reason: 'income proved' } as const;
  expect(await handle.executeUpdate(decideReferral, { args: [decision] })).toBe('offered');
  expect((await summariesOf(workflowId)).slice(0, 2)).toEqual([
    'MARKER_RECORDED: assessment',
    `TIMER_STARTED: a person decides until ${deadline}`,
  ]);
  expect((await shownOf(workflowId)).currentDetails).toMatch(/CNY of the offer can be taken until \d+ Feb 2026/);
}, 120_000);

it('a loan: its instalments, the rungs of the ladder and what arrived', async () => {
  const applied = await apply('loan', SOUND);
  const handle = system.client.workflow.getHandle(applied);
  await until(async () => (await handle.query(applicationState)).stage === 'offered');
  const opened = await acceptAsTold((key, costSheet) =>
    handle.executeUpdate(acceptOffer, {
      args: [
        {
          key,
          acceptedOn: '2026-01-12',
          costSheet,
          product: 'cash-loan' as const,
          principalFen: 1_000_000,
          months: 3,
          method: 'level' as const,
        },
      ],
      updateId: key,
    }),
  );
  expect(opened).toEqual({ status: 'opened', accountId: 'loan-1' });
  const loan = workflowIds.cashLoan(TENANT, 'loan-1');
  await until(async () => (await summariesOf(loan)).length >= 2, 60_000);
  expect((await summariesOf(loan)).slice(0, 2)).toEqual([
    'MARKER_RECORDED: opening',
    'TIMER_STARTED: instalment 1 due 12 Feb',
  ]);
  expect((await shownOf(loan)).summary).toBe('Cash loan loan-1');
  expect((await shownOf(loan)).messages.filter(({ description }) => !description)).toEqual([]);
  expect((await shownOf(applied)).currentDetails).toContain('accounts: loan-1');
  expect((await summariesOf(applied)).filter((line) => line.startsWith('MARKER'))).toEqual(
    expect.arrayContaining([
      'MARKER_RECORDED: a cash loan of 10,000.00 CNY over 3 months is taken up',
      'MARKER_RECORDED: loan-1 begins',
    ]),
  );
  // A rung at a time: what comes next is told by what came.
  await letGo(addDays('2026-02-12', 2));
  await until(async () => (await summariesOf(loan)).includes('TIMER_STARTED: M1: factual reminder'), 60_000);
  await system.client.workflow
    .getHandle(loan)
    .signal(paymentReceived, { paymentId: 'p-1', amountFen: 1, paidOn: '2026-02-14', intent: 'instalment' });
  await until(async () => (await summariesOf(loan)).includes('MARKER_RECORDED: payment p-1'), 60_000);
}, 180_000);
