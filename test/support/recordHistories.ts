/**
 * Records the committed histories of test/histories anew, from stories that live on a time-skipping server:
 *
 *     npm test -- --testMatch '<rootDir>/test/support/recordHistories.ts'
 *
 * Only for a shape that is new, or when old histories are given up on purpose: a change that cannot replay the
 * committed ones would stop every account that lives. Not one of the tests, since it writes what they read.
 */
import { describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { sayOfAside } from '../../src/activities/credit/settleArrivals';
import {
  approveRestructuring,
  authorisePurchase,
  decideWriteOff,
  paymentReceived,
  restructureLoan,
  returnCredit,
  takeAgain,
} from '../../src/contracts/credit/account';
import { correctRate } from '../../src/contracts/credit/rateCorrection';
import { setDebitMandate } from '../../src/contracts/debits/debitMandate';
import {
  acknowledge,
  answerAppeal,
  appeal,
  approveResume,
  changeMeasures,
  incidentState,
  note,
  type PersonalOpening,
  recordReview,
} from '../../src/contracts/incidents/incident';
import { startIncident } from '../../src/contracts/incidents/incidentClient';
import { startEndOfDay } from '../../src/contracts/ledger/endOfDayClient';
import { wakeDebitLane, wakeLane } from '../../src/contracts/messaging/laneClients';
import { decideReview, retire, templateReviewState } from '../../src/contracts/messaging/templateReview';
import { workflowIds } from '../../src/contracts/names';
import { clockMoved } from '../../src/contracts/operations/clock';
import { startHousekeeping } from '../../src/contracts/operations/housekeepingClient';
import {
  acceptOffer,
  applicationState,
  decideReferral,
  type Objection,
  objectToDecision,
} from '../../src/contracts/origination/application';
import { listAsides } from '../../src/db/credit/setAsideArrivals';
import { type DebitRow, listDebits } from '../../src/db/debits/plannedDebits';
import { listSeals } from '../../src/db/evidence/evidenceRecords';
import type { AssessmentInput } from '../../src/domain/risk/assessment';
import { addDays, dayOfMonth, type IsoDate } from '../../src/domain/values/calendar';
import { atWallTimeMs, REAL_TIME, SHANGHAI } from '../../src/domain/values/clock';
import { createTemporalGateway } from '../../src/platform/temporalGateway';
import { withApi } from './api';
import { Credit, SOUND, until } from './credits';
import { DAY_MS, type Deployment, type DeploymentOptions, TENANT, withDeployment } from './deployment';
import { missingOf, OF_BEFORE, SHAPES, writeRecording } from './recordings';
import { refuseFirstDecision } from './refusedRows';
import { eventNames, type History, historiesOf } from './replays';
import { signedBy } from './signed';
import { applyWithConsents, DOWN, SOURCES_POLICY, Suppliers, WHOLE } from './suppliers';
import { AUTHOR, FakeRegistrar, GOOD_BODY, REVIEWER, underReview } from './templateReviews';

/** Every story begins here, so that the same months pass whenever it is recorded. */
const BEGINS: IsoDate = '2030-01-07';
const OVERDUE: AssessmentInput = { ...SOUND, finances: { ...SOUND.finances, openOverdue: true } };
const INCOME_UNKNOWN: AssessmentInput = { ...SOUND, finances: { ...SOUND.finances, monthlyIncomeFen: undefined } };

const OBJECTED: Objection = { key: 'o', objectedBy: 'borrower', reason: 'the debt was paid' };

const HOUR_MS = DAY_MS / 24;
/** Of no borrower, so that nobody else rings it. */
const LONE_LANE = 7;
/** The lane of the deployment, which begins long before the story, waits for its ring. */
const LOOKS_NEVER = { lookEveryMs: 5 * 365 * DAY_MS };
/** Two retries in place, two by a timer of the workflow. */
const GIVES_UP_AT = 5;

interface Story {
  /** Shapes that it records. */
  shapes: string[];
  options?: DeploymentOptions;
  /** Lives it; returns the histories in the order of the shapes. */
  live(deployment: Deployment): Promise<History[]>;
}

/** Of an application whose financial record and consumption are not to be had at first. */
function ofSources(
  shape: string,
  live: (deployment: Deployment, of: { suppliers: Suppliers; handle: WorkflowHandle }) => Promise<void>,
): Story {
  const suppliers = new Suppliers();
  suppliers.answers['financial-record'] = DOWN;
  if (!shape.endsWith('came') || shape.includes('never')) suppliers.answers.consumption = DOWN;
  return {
    shapes: [shape],
    options: { policy: SOURCES_POLICY, sources: suppliers.sources },
    live: async (deployment) => {
      let workflowId = '';
      await withApi(deployment, async (api) => {
        const handle = await applyWithConsents(deployment, api, 'a');
        workflowId = handle.workflowId;
        await until(async () => (await handle.query(applicationState)).stage === 'referred');
        await live(deployment, { suppliers, handle });
      });
      const [history] = await historiesOf(deployment.env, workflowId);
      if (!history) throw new Error(`${workflowId} has no history`);
      return [history];
    },
  };
}

const STORIES: Story[] = [
  {
    shapes: ['application/used-up'],
    live: async (deployment) => {
      const credit = await new Credit(deployment, 'a', 'revolving').open();
      return [await ended(deployment, workflowIds.application(TENANT, credit.name))];
    },
  },
  {
    shapes: ['application/drawn-in-part'],
    live: async (deployment) => {
      const credit = await new Credit(deployment, 'a', 'cash-loan').open({ principalFen: 400_000 });
      await credit.sleepDays(deployment.policy.assessment.offerValidDays + 1);
      return [await ended(deployment, workflowIds.application(TENANT, credit.name))];
    },
  },
  {
    shapes: ['application/offer-expired'],
    live: async (deployment) => {
      const { handle, credit } = await applied(deployment, SOUND, 'offered');
      await credit.sleepDays(deployment.policy.assessment.offerValidDays + 1);
      return [await ended(deployment, handle.workflowId)];
    },
  },
  {
    shapes: ['application/draw-refused'],
    live: async (deployment) => {
      const { handle, credit } = await applied(deployment, SOUND, 'offered', 'cash-loan');
      const acceptedOn = await credit.today();
      const tooMuch = { principalFen: 90_000_000, months: 3, method: 'level' } as const;
      await handle.executeUpdate(acceptOffer, { args: [{ product: 'cash-loan', key: 'k', acceptedOn, ...tooMuch }] });
      await credit.sleepDays(deployment.policy.assessment.offerValidDays + 1);
      return [await ended(deployment, handle.workflowId)];
    },
  },
  {
    shapes: ['application/declined'],
    live: async (deployment) => {
      const { handle } = await applied(deployment, OVERDUE, 'declined');
      return [await ended(deployment, handle.workflowId)];
    },
  },
  {
    shapes: ['application/referred-then-accepted'],
    live: async (deployment) => {
      const { handle, credit } = await applied(deployment, INCOME_UNKNOWN, 'referred');
      await handle.executeUpdate(decideReferral, { args: [decided('approve')] });
      const acceptance = { product: 'revolving', key: 'k', acceptedOn: await credit.today() } as const;
      const costSheet = await credit.confirmedSheet(acceptance);
      await handle.executeUpdate(acceptOffer, { args: [{ ...acceptance, costSheet }] });
      return [await ended(deployment, handle.workflowId)];
    },
  },
  {
    shapes: ['application/referred-then-declined'],
    live: async (deployment) => {
      const { handle } = await applied(deployment, INCOME_UNKNOWN, 'referred');
      await handle.executeUpdate(decideReferral, { args: [decided('decline')] });
      return [await ended(deployment, handle.workflowId)];
    },
  },
  {
    shapes: ['application/referral-deadline'],
    live: async (deployment) => {
      const { handle, credit } = await applied(deployment, INCOME_UNKNOWN, 'referred');
      await credit.sleepDays(deployment.policy.assessment.referralDays + 1);
      return [await ended(deployment, handle.workflowId)];
    },
  },
  {
    shapes: ['application/objection-not-made'],
    live: async (deployment) => {
      const { handle, credit } = await applied(deployment, OVERDUE, 'declined');
      await credit.sleepDays((deployment.policy.assessment.objection?.openDays ?? 0) + 1);
      return [await ended(deployment, handle.workflowId)];
    },
  },
  {
    shapes: ['application/objection-upheld'],
    live: async (deployment) => {
      const { handle, credit } = await applied(deployment, OVERDUE, 'declined');
      await handle.executeUpdate(objectToDecision, { args: [OBJECTED] });
      const proved = { finances: { ...OVERDUE.finances, openOverdue: false } };
      await handle.executeUpdate(decideReferral, { args: [{ ...decided('approve'), proved }] });
      const acceptance = { product: 'revolving', key: 'k', acceptedOn: await credit.today() } as const;
      const costSheet = await credit.confirmedSheet(acceptance);
      await handle.executeUpdate(acceptOffer, { args: [{ ...acceptance, costSheet }] });
      return [await ended(deployment, handle.workflowId)];
    },
  },
  {
    shapes: ['application/objection-late-and-declined'],
    live: async (deployment) => {
      const { handle, credit } = await applied(deployment, OVERDUE, 'declined');
      await handle.executeUpdate(objectToDecision, { args: [OBJECTED] });
      await credit.sleepDays((deployment.policy.assessment.objection?.reviewDays ?? 0) + 2);
      await handle.executeUpdate(decideReferral, { args: [decided('decline')] });
      return [await ended(deployment, handle.workflowId)];
    },
  },
  ofSources('application/sources-came', async (deployment, { suppliers, handle }) => {
    await deployment.env.sleep(30 * 60_000);
    suppliers.answers['financial-record'] = WHOLE['financial-record'];
    await deployment.env.sleep(HOUR_MS);
    await until(async () => (await handle.query(applicationState)).stage === 'offered');
  }),
  ofSources('application/sources-never-came', async (deployment, { handle }) => {
    await deployment.env.sleep((SOURCES_POLICY.assessment.referralDays + 1) * DAY_MS);
    await handle.result();
  }),
  ofSources('application/sources-down-and-decided', async (deployment, { handle }) => {
    await deployment.env.sleep(HOUR_MS / 2);
    await handle.executeUpdate(decideReferral, { args: [decided('decline')] });
    await handle.result();
  }),
  {
    shapes: ['cashLoan/on-time'],
    live: async (deployment) => {
      const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
      for (const month of [1, 2, 3]) {
        const { dueDate, owedFen } = await nextDue(loan);
        await loan.sleepUntil(dueDate, '18:00');
        await loan.pay(`p${month}`, owedFen);
      }
      return [await ended(deployment, loan.id)];
    },
  },
  {
    shapes: ['cashLoan/late-and-cured'],
    live: async (deployment) => {
      const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
      await loan.sleepUntil(addDays((await nextDue(loan)).dueDate, 8));
      await until(async () => (await loan.state()).daysPastDue >= 7);
      await loan.pay('late', (await loan.now()).overdueFen);
      await until(async () => (await loan.state()).stage === 'current');
      await payOff(loan);
      return [await ended(deployment, loan.id)];
    },
  },
  {
    shapes: ['cashLoan/written-off-in-the-books'],
    live: async (deployment) => {
      const loan = await lost(deployment);
      await decide(loan, 'write-off', ['staff:01', 'staff:01', 'staff:02']);
      return [await ended(deployment, loan.id)];
    },
  },
  {
    shapes: ['cashLoan/kept-in-the-books-and-paid'],
    live: async (deployment) => {
      const loan = await lost(deployment);
      await decide(loan, 'write-off', ['staff:01']);
      await decide(loan, 'keep', ['staff:02']);
      await payOff(loan);
      return [await ended(deployment, loan.id)];
    },
  },
  {
    shapes: ['cashLoan/prepaid'],
    live: async (deployment) => {
      const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 12 });
      await loan.sleepDays(14);
      await payOff(loan);
      return [await ended(deployment, loan.id)];
    },
  },
  booksOutOfReach(),
  providerOutOfReach(),
  railOutOfReach(),
  {
    shapes: ['cashLoan/clock-moved'],
    live: async (deployment) => {
      const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
      const nowMs = await deployment.env.currentTimeMs();
      await loan.handle.signal(clockMoved, { realEpochMs: nowMs, businessEpochMs: nowMs, speed: 1 });
      await loan.sleepDays(3);
      await payOff(loan);
      return [await ended(deployment, loan.id)];
    },
  },
  {
    shapes: ['cashLoan/restructured-by-approval'],
    live: async (deployment) => {
      const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
      await loan.sleepUntil(addDays((await nextDue(loan)).dueDate, 8));
      await until(async () => (await loan.state()).stage === 'overdue');
      const on = await loan.today();
      const correction = { correctionId: 'c', from: on, dailyRate: '0.0003', decidedBy: 'staff-01' };
      await loan.handle.executeUpdate(correctRate, { args: [correction] });
      const proposal = { restructuringId: 's', agreedOn: on, months: 12, dailyRate: '0.0003' };
      await loan.handle.executeUpdate(restructureLoan, signedBy('staff:01', loan.handle, restructureLoan, proposal));
      const approval = signedBy('staff:02', loan.handle, approveRestructuring, { restructuringId: 's' });
      await loan.handle.executeUpdate(approveRestructuring, approval);
      await payOff(loan);
      return [await ended(deployment, loan.id)];
    },
  },
  {
    shapes: ['cashLoan/alive-again'],
    live: async (deployment) => {
      const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
      const { dueDate } = await nextDue(loan);
      await loan.sleepDays(10);
      await loan.pay('bounces', (await loan.now()).payoffFen, 'payoff');
      await loan.handle.result();
      await loan.reverse('v', 'bounces');
      await loan.sleepUntil(addDays(dueDate, 2));
      await until(async () => (await loan.state()).stage === 'overdue');
      await payOff(loan);
      return [await ended(deployment, loan.id)];
    },
  },
  {
    shapes: ['cashLoan/continued-first-run', 'cashLoan/continued-second-run'],
    live: async (deployment) => {
      const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 6 });
      await untilContinued(loan, (number) => loan.pay(`p${number}`, 100));
      await payOff(loan);
      return runsOf(deployment, loan.id);
    },
  },
  {
    shapes: ['revolvingAccount/paid-in-full'],
    live: async (deployment) => {
      const account = await new Credit(deployment, 'a', 'revolving').open();
      for (const month of [1, 2]) {
        await account.buy(`o${month}`, 20_000);
        await toNextBill(account);
        await account.pay(`p${month}`, 20_000);
      }
      return [await waiting(deployment, account.id)];
    },
  },
  {
    shapes: ['revolvingAccount/minimum-then-overdue-and-cured'],
    live: async (deployment) => {
      const account = await new Credit(deployment, 'a', 'revolving').open();
      await account.buy('o1', 200_000);
      await toNextBill(account);
      await account.pay('minimum', 20_000);
      const billDate = await toNextBill(account);
      await account.sleepUntil(addDays(billDate, 13));
      await until(async () => (await account.state()).stage === 'overdue');
      await account.buy('o2', 1_000);
      await account.pay('cure', (await account.now()).overdueFen);
      await until(async () => (await account.state()).stage === 'current');
      return [await waiting(deployment, account.id)];
    },
  },
  {
    shapes: ['revolvingAccount/refunded'],
    live: async (deployment) => {
      const account = await new Credit(deployment, 'a', 'revolving').open();
      await account.buy('o1', 50_000);
      await account.sleepDays(1);
      await account.refund('r1', 50_000);
      return [await waiting(deployment, account.id)];
    },
  },
  {
    shapes: ['revolvingAccount/held-and-confirmed'],
    live: async (deployment) => {
      const account = await new Credit(deployment, 'a', 'revolving').open();
      await account.buy('o1', 50_000, 'at-confirmation');
      await account.refund('r1', 20_000, 'o1');
      await account.confirm('c1', 'o1');
      const creditReturn = { returnId: 't1', amountFen: 1, returnedOn: await account.today() };
      await account.handle.executeUpdate(returnCredit, { args: [creditReturn] });
      return [await waiting(deployment, account.id)];
    },
  },
  {
    shapes: ['revolvingAccount/written-off-in-the-books'],
    live: async (deployment) => {
      const account = await new Credit(deployment, 'a', 'revolving').open();
      await account.buy('o1', 100_000);
      await toReview(account);
      await decide(account, 'write-off', ['staff:01', 'staff:02']);
      return [await ended(deployment, account.id)];
    },
  },
  {
    shapes: ['revolvingAccount/continued-first-run', 'revolvingAccount/continued-second-run'],
    live: async (deployment) => {
      const account = await new Credit(deployment, 'a', 'revolving').open();
      await untilContinued(account, (number) => account.buy(`o${number}`, 100));
      await account.buy('last', 100);
      return runsOf(deployment, account.id);
    },
  },
  {
    shapes: ['cashLoan/debit-settled', 'debitLane/rung-and-debited'],
    live: async (deployment) => {
      const loan = await debitedLoan(deployment);
      await untilFirstIsPaid(loan);
      await payOff(loan);
      return [await ended(deployment, loan.id), await waiting(deployment, workflowIds.debitLane(TENANT, 0))];
    },
  },
  {
    // As a worker of before debits had a signal of their own told it.
    shapes: ['cashLoan/debited'],
    options: { tellPayment: () => async () => undefined },
    live: async (deployment) => {
      const loan = await debitedLoan(deployment);
      const settled = async () =>
        (await listDebits(deployment.pool, { tenantId: TENANT, accountId: loan.accountId }))[0];
      await until(async () => (await settled())?.status === 'settled');
      const { reference, amountFen, settledOn } = (await settled()) as DebitRow;
      const money = { paymentId: `debit:${reference}`, amountFen: amountFen ?? 0, paidOn: settledOn ?? '' };
      await loan.handle.signal(paymentReceived, { ...money, intent: 'instalment' });
      await untilFirstIsPaid(loan);
      await payOff(loan);
      return [await ended(deployment, loan.id)];
    },
  },
  {
    shapes: ['application/taken-up-again'],
    live: async (deployment) => {
      const loan = await new Credit(deployment, 'a', 'cash-loan').open({ principalFen: 400_000 });
      await deployment.env.client.workflow.getHandle(workflowIds.application(TENANT, 'a')).terminate('its run is lost');
      await loan.apply();
      await loan.sleepDays(deployment.policy.assessment.offerValidDays + 1);
      return [await ended(deployment, workflowIds.application(TENANT, 'a'))];
    },
  },
  {
    shapes: ['debitLane/looked-by-itself'],
    live: async (deployment) => {
      const workflowId = await loneDebitLane(deployment);
      await deployment.env.sleep(3 * DAY_MS);
      return [await waiting(deployment, workflowId)];
    },
  },
  {
    shapes: ['debitLane/continued-first-run', 'debitLane/continued-second-run'],
    live: async (deployment) => {
      const workflowId = await loneDebitLane(deployment);
      const runs = async () => (await historiesOf(deployment.env, workflowId)).length;
      for (let weeks = 0; (await runs()) < 2 && weeks < 20; weeks++) await deployment.env.sleep(7 * DAY_MS);
      return runsOf(deployment, workflowId);
    },
  },
  {
    shapes: ['endOfDay/closed-and-sealed'],
    live: async (deployment) => {
      await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
      const workflowId = await endOfDayOf(deployment);
      await deployment.env.sleep(2 * DAY_MS);
      return [await sealed(deployment, workflowId, 2)];
    },
  },
  waitedFor('endOfDay/waited-for-an-account', '00:40'),
  waitedFor('endOfDay/waited-too-long', '13:00'),
  {
    shapes: ['endOfDay/with-differences'],
    live: async (deployment) => {
      const { env, owner } = deployment;
      await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
      const add = (fen: number) =>
        owner.query('update credit_account set outstanding_fen = outstanding_fen + $1', [fen]);
      const workflowId = await endOfDayOf(deployment);
      await add(1);
      await env.sleep(DAY_MS);
      const history = await sealed(deployment, workflowId, 1);
      await add(-1);
      return [history];
    },
  },
  endOfDayStory(),
  {
    shapes: ['endOfDay/clock-moved'],
    live: async (deployment) => {
      const workflowId = await endOfDayOf(deployment);
      const handle = deployment.env.client.workflow.getHandle(workflowId);
      await handle.signal(clockMoved, { realEpochMs: 0, businessEpochMs: -HOUR_MS, speed: 1 });
      await deployment.env.sleep(DAY_MS);
      return [await sealed(deployment, workflowId, 1)];
    },
  },
  {
    shapes: ['endOfDay/continued-first-run', 'endOfDay/continued-second-run'],
    live: async (deployment) => {
      const workflowId = await endOfDayOf(deployment);
      const runs = async () => (await historiesOf(deployment.env, workflowId)).length;
      for (let weeks = 0; (await runs()) < 2 && weeks < 12; weeks++) await deployment.env.sleep(7 * DAY_MS);
      return runsOf(deployment, workflowId);
    },
  },
  {
    shapes: ['housekeeping/once-a-day'],
    options: { kept: { requestsDays: 90, checksDays: 400, reportsDays: 1_095, troublesDays: 180 } },
    live: async (deployment) => {
      await deployment.pool.query(
        `insert into idempotency_record (tenant_id, idempotency_key, route, input_hash, state, created_at)
         values ($1, 'old', 'POST /v1/payments', 'h', 'started', now() - interval '100 days')`,
        [TENANT],
      );
      const workflowId = await housekeepingOf(deployment);
      await deployment.env.sleep(1.5 * DAY_MS);
      return [await waiting(deployment, workflowId)];
    },
  },
  {
    shapes: ['housekeeping/continued-first-run', 'housekeeping/continued-second-run'],
    live: async (deployment) => {
      const workflowId = await housekeepingOf(deployment);
      const runs = async () => (await historiesOf(deployment.env, workflowId)).length;
      for (let weeks = 0; (await runs()) < 2 && weeks < 8; weeks++) await deployment.env.sleep(7 * DAY_MS);
      return runsOf(deployment, workflowId);
    },
  },
  housekeepingStory(),
  {
    shapes: ['incident/resumed-by-two-and-reviewed'],
    live: async (deployment) => {
      const handle = await opened(deployment);
      await handle.executeUpdate(acknowledge, { args: [{ by: 'staff-01' }] });
      await handle.executeUpdate(approveResume, signedBy('staff:01', handle, approveResume, { by: 'staff-01' }));
      await handle.executeUpdate(changeMeasures, { args: [{ by: 'staff-02', measures: ['draws', 'auto-debit'] }] });
      for (const by of ['staff:01', 'staff:01', 'staff:02']) {
        await handle.executeUpdate(approveResume, signedBy(by.replace('-', ':'), handle, approveResume, { by }));
      }
      await handle.executeUpdate(recordReview, { args: [REVIEW] });
      return [await ended(deployment, handle.workflowId)];
    },
  },
  {
    shapes: ['incident/deadlines-missed'],
    live: async (deployment) => {
      const handle = await opened(deployment);
      const missed = (name: string) => until(async () => (await handle.query(incidentState)).escalated.includes(name));
      await deployment.env.sleep(16 * 60_000);
      await missed('acknowledge/1');
      await handle.executeUpdate(acknowledge, { args: [{ by: 'staff-01' }] });
      await handle.executeUpdate(appeal, { args: [{ appealId: 'ap-1', borrowerId: 'b-1', by: 'hotline' }] });
      await deployment.env.sleep(2 * DAY_MS);
      await missed('appeal/1/ap-1');
      for (const by of ['staff-01', 'staff-02'])
        await handle.executeUpdate(approveResume, signedBy(by.replace('-', ':'), handle, approveResume, { by }));
      await handle.executeUpdate(recordReview, { args: [REVIEW] });
      const answer = { appealId: 'ap-1', by: 'staff-03', isUpheld: true, reason: 'the amount was right' };
      await handle.executeUpdate(answerAppeal, { args: [answer] });
      await deployment.env.sleep(4 * DAY_MS);
      await missed('review/1');
      await handle.executeUpdate(recordReview, { args: [REVIEW] });
      return [await ended(deployment, handle.workflowId)];
    },
  },
  {
    shapes: ['incident/continued-first-run', 'incident/continued-second-run'],
    live: async (deployment) => {
      const handle = await opened(deployment);
      const runs = async () => (await historiesOf(deployment.env, handle.workflowId)).length;
      for (let number = 1; (await runs()) < 2 && number < 100; number++) {
        await handle.executeUpdate(note, { args: [{ by: 'staff-01', text: `noted ${number}` }] });
      }
      await handle.executeUpdate(acknowledge, { args: [{ by: 'staff-01' }] });
      return runsOf(deployment, handle.workflowId);
    },
  },
  registeredAndRetired(),
  {
    shapes: ['templateReview/superseded', 'templateReview/took-its-place'],
    live: async (deployment) => {
      const older = await approvedText(deployment, 10, ['sink']);
      await until(async () => (await older.query(templateReviewState)).stage === 'active');
      const newer = await approvedText(deployment, 11, ['sink']);
      return [await ended(deployment, older.workflowId), await waiting(deployment, newer.workflowId)];
    },
  },
  {
    shapes: ['templateReview/checks-refused'],
    live: async (deployment) => {
      const handle = await underReview(deployment, 10, { body: `${GOOD_BODY}否则起诉。` });
      return [await ended(deployment, handle.workflowId)];
    },
  },
  {
    shapes: ['templateReview/deadline-passed'],
    live: async (deployment) => {
      const handle = await underReview(deployment, 10);
      await until(async () => (await handle.query(templateReviewState)).stage === 'in-review');
      await deployment.env.sleep(6 * DAY_MS);
      return [await ended(deployment, handle.workflowId)];
    },
  },
  providerRefused(),
  stillPending(),
  {
    shapes: ['noticeLane/rung'],
    live: async (deployment) => {
      const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
      const { dueDate, owedFen } = await nextDue(loan);
      await loan.sleepUntil(dueDate, '18:00');
      await loan.pay('p1', owedFen);
      await loan.sleepDays(1);
      return [await waiting(deployment, workflowIds.noticeLane(TENANT, 0))];
    },
  },
  {
    shapes: ['noticeLane/looked-by-itself'],
    live: async (deployment) => {
      const workflowId = await loneLane(deployment);
      await deployment.env.sleep(3 * DAY_MS);
      return [await waiting(deployment, workflowId)];
    },
  },
  {
    shapes: ['noticeLane/continued-first-run', 'noticeLane/continued-second-run'],
    live: async (deployment) => {
      const workflowId = await loneLane(deployment);
      const runs = async () => (await historiesOf(deployment.env, workflowId)).length;
      for (let weeks = 0; (await runs()) < 2 && weeks < 20; weeks++) await deployment.env.sleep(7 * DAY_MS);
      return runsOf(deployment, workflowId);
    },
  },
];

/**
 * The step fails until its local activity gives up, the account rests, and goes on when the books are back. Giving up
 * is told by the failure: its total bound is measured by the machine's clock, which does not skip.
 */
function booksOutOfReach(): Story {
  let failures = Number.POSITIVE_INFINITY;
  return {
    shapes: ['cashLoan/books-out-of-reach'],
    options: {
      activities: (real) => ({
        async advanceAccount(input) {
          failures += 1;
          if (failures < GIVES_UP_AT) throw new Error('the books are out of reach');
          if (failures === GIVES_UP_AT) throw ApplicationFailure.nonRetryable('the books are out of reach');
          return real.advanceAccount(input);
        },
      }),
    },
    live: async (deployment) => {
      const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
      const { payoffFen } = await loan.now();
      failures = 0;
      const paidOn = await loan.today();
      await loan.handle.signal(paymentReceived, { paymentId: 'p', amountFen: payoffFen, paidOn, intent: 'payoff' });
      await deployment.env.sleep(5 * 60_000);
      return [await ended(deployment, loan.id)];
    },
  };
}

/** A sweep gives up, and the lane begins anew after a rest. */
function providerOutOfReach(): Story {
  let sweeps = 0;
  return {
    shapes: ['noticeLane/rested-after-a-failure'],
    options: {
      activities: (real) => ({
        async sweepLane(input) {
          if (input.lane === LONE_LANE) sweeps += 1;
          if (sweeps === 1) throw ApplicationFailure.nonRetryable('the provider is out of reach');
          return real.sweepLane(input);
        },
      }),
    },
    live: async (deployment) => {
      const workflowId = await loneLane(deployment);
      await deployment.env.sleep(DAY_MS);
      return [await waiting(deployment, workflowId)];
    },
  };
}

/** A sweep that debits gives up, and the lane begins anew after a rest. */
function railOutOfReach(): Story {
  let sweeps = 0;
  return {
    shapes: ['debitLane/rested-after-a-failure'],
    options: {
      activities: (real) => ({
        async sweepDebits(input) {
          if (input.lane === LONE_LANE) sweeps += 1;
          if (sweeps === 1) throw ApplicationFailure.nonRetryable('the rail is out of reach');
          return real.sweepDebits(input);
        },
      }),
    },
    live: async (deployment) => {
      const workflowId = await loneDebitLane(deployment);
      await deployment.env.sleep(DAY_MS);
      return [await waiting(deployment, workflowId)];
    },
  };
}

const FOR_CLOUD = ['sink', 'fake-cloud'];

async function approvedText(deployment: Deployment, version: number, requiredProviders: string[]) {
  const handle = await underReview(deployment, version, { requiredProviders });
  const approval = { decidedBy: REVIEWER, decision: 'approve', reason: 'clear and true' } as const;
  await handle.executeUpdate(decideReview, signedBy(REVIEWER, handle, decideReview, approval));
  return handle;
}

function registeredAndRetired(): Story {
  const registrar = new FakeRegistrar();
  return {
    shapes: ['templateReview/registered-and-retired'],
    options: { registrars: [registrar] },
    live: async (deployment) => {
      const handle = await underReview(deployment, 10, { requiredProviders: FOR_CLOUD });
      const approval = { decidedBy: AUTHOR, decision: 'approve', reason: 'clear and true' } as const;
      for (const principal of [AUTHOR, REVIEWER]) {
        await handle.executeUpdate(decideReview, signedBy(principal, handle, decideReview, approval));
      }
      await until(async () => (await handle.query(templateReviewState)).registrations.length === 2);
      registrar.answer = { status: 'approved', code: 'FAKE_1' };
      await deployment.env.sleep(60 * 60_000);
      await until(async () => (await handle.query(templateReviewState)).stage === 'active');
      await deployment.env.sleep(40 * DAY_MS);
      await handle.executeUpdate(retire, { args: [{ decidedBy: REVIEWER, reason: 'no longer needed' }] });
      return [await ended(deployment, handle.workflowId)];
    },
  };
}

function providerRefused(): Story {
  const registrar = new FakeRegistrar();
  registrar.answer = { status: 'rejected', reason: 'financial content' };
  return {
    shapes: ['templateReview/provider-refused'],
    options: { registrars: [registrar] },
    live: async (deployment) => {
      const handle = await approvedText(deployment, 10, FOR_CLOUD);
      return [await ended(deployment, handle.workflowId)];
    },
  };
}

/** Asks at once under one id, while the account's row is held: the first step waits for it. */
async function askAtOnce(card: Credit, amounts: number[]): Promise<void> {
  const { pool } = card.deployment;
  const purchasedOn = await card.today();
  const holder = await pool.connect();
  await holder.query('begin');
  await holder.query('select 1 from credit_account where account_id = $1 for update', [card.accountId]);
  const ask = (amountFen: number, index: number) => {
    const purchase = { purchaseId: 'same', amountFen, purchasedOn };
    return card.handle.executeUpdate(authorisePurchase, { args: [purchase], updateId: `ask-${index}` });
  };
  const accepted = (count: number) =>
    until(async () => {
      // It is held by work, which a server that ends idle transactions lets be.
      await holder.query('select 1');
      const names = eventNames(await card.handle.fetchHistory());
      return names.filter((name) => name === 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED').length >= count;
    });
  const asked: Promise<unknown>[] = amounts.slice(0, 1).map(ask);
  await accepted(1);
  asked.push(...amounts.slice(1).map((amountFen, index) => ask(amountFen, index + 1)));
  await accepted(amounts.length);
  await holder.query('rollback');
  holder.release();
  await Promise.allSettled(asked.map((each) => Promise.race([each, new Promise((done) => setTimeout(done, 20_000))])));
}

const ASKED: Story[] = [
  {
    shapes: ['revolvingAccount/asked-together'],
    live: async (deployment) => {
      const card = await new Credit(deployment, 'a', 'revolving').open();
      await askAtOnce(card, [100, 100, 200]);
      return [await waiting(deployment, card.id)];
    },
  },
  {
    shapes: ['cashLoan/set-aside-and-taken'],
    live: async (deployment) => {
      const { pool, env } = deployment;
      const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
      await loan.handle.signal('paymentReceived', { paymentId: 'unreadable' });
      await until(
        async () => (await listAsides(pool, { tenantId: TENANT, withSettled: false, limit: 1 })).length === 1,
      );
      const [aside] = await listAsides(pool, { tenantId: TENANT, withSettled: false, limit: 1 });
      const said = { tenantId: TENANT, asideId: aside?.asideId ?? 0, word: 'retry', reason: 'looked at' } as const;
      for (const by of ['staff-01', 'staff-02'])
        await sayOfAside(pool, { ...said, by, atMs: await env.currentTimeMs() });
      await loan.handle.signal('clockMoved', null);
      await loan.handle.signal(takeAgain, { asideId: said.asideId });
      await loan.pay('after', 100);
      return [await waiting(deployment, loan.id)];
    },
  },
  {
    shapes: ['application/word-not-taken'],
    live: async (deployment) => {
      const { owner } = deployment;
      const { handle } = await applied(deployment, INCOME_UNKNOWN, 'referred');
      await refuseFirstDecision(owner);
      const word = { ...decided('decline'), decidedBy: 'staff-07' };
      await handle.executeUpdate(decideReferral, { args: [word] });
      await handle.executeUpdate(decideReferral, { args: [decided('decline')] });
      return [await ended(deployment, handle.workflowId)];
    },
  },
  {
    shapes: ['application/decided-together'],
    live: async (deployment) => [await decidedAtOnce(deployment, ['staff-01', 'staff-02', 'staff-03'])],
  },
];

/** They decide while the application is still assessed: all of their decisions come with the task that refers it. */
async function decidedAtOnce(deployment: Deployment, people: string[]): Promise<History> {
  const { owner } = deployment;
  await refuseFirstDecision(owner);
  const holder = await owner.connect();
  await holder.query('begin');
  await holder.query('lock table application');
  const handle = await new Credit(deployment, 'a', 'revolving').apply(INCOME_UNKNOWN);
  const decisions = people.map((decidedBy) =>
    handle.executeUpdate(decideReferral, { args: [{ ...decided('decline'), decidedBy }] }),
  );
  await new Promise((done) => setTimeout(done, 1_000));
  await holder.query('rollback');
  holder.release();
  await Promise.allSettled(decisions);
  return ended(deployment, handle.workflowId);
}

/** The provider takes weeks. */
function stillPending(): Story {
  return {
    shapes: ['templateReview/continued-first-run', 'templateReview/continued-second-run'],
    options: { registrars: [new FakeRegistrar()] },
    live: async (deployment) => {
      const { workflowId } = await approvedText(deployment, 10, FOR_CLOUD);
      const runs = async () => (await historiesOf(deployment.env, workflowId)).length;
      for (let days = 0; (await runs()) < 2 && days < 60; days++) await deployment.env.sleep(DAY_MS);
      return runsOf(deployment, workflowId);
    },
  };
}

const REVIEW = { by: 'staff-09', summary: 'a figure was wrong', actions: ['compare figures before a release'] };

/** An incident that a person opened. */
async function opened({ env, started }: Deployment) {
  const opening: PersonalOpening = {
    by: 'staff-00',
    measures: ['draws'],
    reasonCode: 'WRONG_AMOUNTS',
    remedyChannel: 'hotline',
  };
  const workflowId = workflowIds.incident(TENANT, 'incident-1');
  started.add(workflowId);
  await startIncident(createTemporalGateway(env.client), {
    tenantId: TENANT,
    incidentId: 'incident-1',
    clock: REAL_TIME,
    opening,
  });
  return env.client.workflow.getHandle(workflowId);
}

type Stage = 'offered' | 'declined' | 'referred';

async function applied(
  deployment: Deployment,
  facts: AssessmentInput,
  stage: Stage,
  product: 'cash-loan' | 'revolving' = 'revolving',
) {
  const credit = new Credit(deployment, 'a', product);
  const handle = await credit.apply(facts);
  await until(async () => (await handle.query(applicationState)).stage === stage);
  return { credit, handle };
}

function decided(decision: 'approve' | 'decline') {
  return { decision, decidedBy: 'staff-01', reason: 'income seen on paper' };
}

async function nextDue(loan: Credit) {
  const obligation = (await loan.now()).obligations.at(-1);
  if (!obligation) throw new Error('nothing is due');
  return obligation;
}

async function debitedLoan(deployment: Deployment): Promise<Credit> {
  const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
  const mandate = { changeId: 'm1', mandateId: 'mandate-1', agreedOn: await loan.today() };
  await loan.handle.executeUpdate(setDebitMandate, { args: [mandate] });
  const { dueDate } = await nextDue(loan);
  await loan.sleepUntil(addDays(dueDate, 1));
  return loan;
}

function untilFirstIsPaid(loan: Credit): Promise<void> {
  return until(async () => (await loan.now()).obligations.every(({ key }) => key !== 'instalment-1'));
}

async function payOff(loan: Credit): Promise<void> {
  await loan.pay('payoff', (await loan.now()).payoffFen, 'payoff');
}

async function lost(deployment: Deployment): Promise<Credit> {
  const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
  await toReview(loan);
  return loan;
}

/** Nothing is paid until the account is in review. */
async function toReview(account: Credit): Promise<void> {
  for (let weeks = 0; (await account.state()).stage !== 'write-off-review' && weeks < 52; weeks++)
    await account.sleepDays(7);
  await until(async () => (await account.state()).stage === 'write-off-review');
}

async function decide(account: Credit, decision: 'write-off' | 'keep', people: string[]): Promise<void> {
  for (const principal of people) {
    const word = { decision, decidedBy: 'whoever', reason: 'nobody answers' };
    await account.handle.executeUpdate(decideWriteOff, signedBy(principal, account.handle, decideWriteOff, word));
  }
}

/** To the morning after the next bill; returns its date. */
async function toNextBill(account: Credit): Promise<IsoDate> {
  const billDate = dayOfMonth(await account.today(), 1, 1);
  await account.sleepUntil(billDate, '09:00');
  await until(async () => (await account.now()).statements.at(-1)?.billDate === billDate);
  return billDate;
}

async function untilContinued(account: Credit, tell: (number: number) => Promise<unknown>): Promise<void> {
  const runs = async () => (await historiesOf(account.deployment.env, account.id)).length;
  for (let number = 1; (await runs()) < 2; number++) {
    if (number > 60) throw new Error('it does not continue');
    await tell(number);
  }
}

/** A lane that has nothing to send and looks once a day. */
async function loneLane({ env }: Deployment): Promise<string> {
  await wakeLane(createTemporalGateway(env.client), {
    tenantId: TENANT,
    lane: LONE_LANE,
    clock: REAL_TIME,
    lookEveryMs: DAY_MS,
  });
  return workflowIds.noticeLane(TENANT, LONE_LANE);
}

/** The same of the lanes that debit. */
async function loneDebitLane({ env }: Deployment): Promise<string> {
  await wakeDebitLane(createTemporalGateway(env.client), {
    tenantId: TENANT,
    lane: LONE_LANE,
    clock: REAL_TIME,
    lookEveryMs: DAY_MS,
  });
  return workflowIds.debitLane(TENANT, LONE_LANE);
}

async function housekeepingOf({ env }: Deployment): Promise<string> {
  await startHousekeeping(createTemporalGateway(env.client), { tenantId: TENANT });
  return workflowIds.housekeeping(TENANT);
}

/** Its first look is over: what follows is told by its timers. */
async function endOfDayOf(deployment: Deployment): Promise<string> {
  const workflowId = workflowIds.endOfDay(TENANT);
  await startEndOfDay(createTemporalGateway(deployment.env.client), { tenantId: TENANT, clock: REAL_TIME });
  await until(async () => eventNames(await waiting(deployment, workflowId)).includes('TIMER_STARTED'));
  return workflowId;
}

/** As {@link waiting}, when it has sealed so often. */
async function sealed(deployment: Deployment, workflowId: string, times: number): Promise<History> {
  const seals = async () => (await listSeals(deployment.pool, { tenantId: TENANT, limit: 99 })).length;
  await until(async () => (await seals()) === times);
  return waiting(deployment, workflowId);
}

/** The close fails once, and then the seal, each for good: the workflow rests, and does it anew. */
function waitedFor(shape: string, until: string): Story {
  return {
    shapes: [shape],
    live: async (deployment) => {
      const { owner } = deployment;
      const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
      const { rows } = await owner.query('select next_deadline_at_ms as at from credit_account');
      const deadline = (atMs: number) => owner.query('update credit_account set next_deadline_at_ms = $1', [atMs]);
      const workflowId = await endOfDayOf(deployment);
      await deadline(await deployment.env.currentTimeMs());
      await loan.sleepUntil(addDays(BEGINS, 1), until);
      await deadline(Number(rows[0]?.at));
      await deployment.env.sleep(DAY_MS / 24);
      return [await sealed(deployment, workflowId, 1)];
    },
  };
}

function endOfDayStory(): Story {
  const faults = ['the books are out of reach', 'the chain is out of reach'];
  const failOnce = (fault: string) => {
    if (faults[0] !== fault) return;
    faults.shift();
    throw ApplicationFailure.nonRetryable(fault);
  };
  return {
    shapes: ['endOfDay/rested-after-a-failure'],
    options: {
      activities: (real) => ({
        async closeEndedDates(input) {
          // Not before there is a date to be closed.
          if (input.asOfMs > atWallTimeMs(addDays(BEGINS, 1), '00:00', SHANGHAI))
            failOnce('the books are out of reach');
          return real.closeEndedDates(input);
        },
        async sealDates(input) {
          failOnce('the chain is out of reach');
          return real.sealDates(input);
        },
      }),
    },
    live: async (deployment) => {
      const workflowId = await endOfDayOf(deployment);
      await deployment.env.sleep(DAY_MS);
      return [await sealed(deployment, workflowId, 1)];
    },
  };
}

/** The first try fails for good, so that the workflow rests. */
function housekeepingStory(): Story {
  let tries = 0;
  return {
    shapes: ['housekeeping/rested-after-a-failure'],
    options: {
      activities: (real) => ({
        async purgeOldRows(input) {
          tries += 1;
          if (tries === 1) throw ApplicationFailure.nonRetryable('the books are out of reach');
          return real.purgeOldRows(input);
        },
      }),
    },
    live: async (deployment) => {
      const workflowId = await housekeepingOf(deployment);
      await deployment.env.sleep(DAY_MS / 2);
      return [await waiting(deployment, workflowId)];
    },
  };
}

async function ended({ env }: Deployment, workflowId: string): Promise<History> {
  const handle = env.client.workflow.getHandle(workflowId);
  await handle.result();
  return handle.fetchHistory();
}

/** The history of a workflow that rests: its last task is complete, and no activity runs. */
async function waiting({ env }: Deployment, workflowId: string): Promise<History> {
  let history: History = {};
  await until(async () => {
    history = await env.client.workflow.getHandle(workflowId).fetchHistory();
    const names = eventNames(history);
    const activities = names.filter((name) => name === 'ACTIVITY_TASK_SCHEDULED').length;
    const done = names.filter((name) => /^ACTIVITY_TASK_(COMPLETED|FAILED)$/.test(name)).length;
    return (
      activities === done && names.lastIndexOf('WORKFLOW_TASK_SCHEDULED') < names.lastIndexOf('WORKFLOW_TASK_COMPLETED')
    );
  });
  return history;
}

/** The first run, and the one that it went on in. */
async function runsOf(deployment: Deployment, workflowId: string): Promise<History[]> {
  await until(async () => {
    const { status } = await deployment.env.client.workflow.getHandle(workflowId).describe();
    return status.name === 'COMPLETED' || eventNames(await waiting(deployment, workflowId)).length > 4;
  });
  const [second, first] = await historiesOf(deployment.env, workflowId);
  if (!first || !second) throw new Error(`${workflowId} has not continued`);
  return [first, second];
}

describe('recording', () => {
  it.each([...STORIES, ...ASKED].map((story) => [story.shapes.join(', '), story] as const))(
    '%s',
    (_, { shapes, options, live }) =>
      withDeployment(
        async (deployment) => {
          await new Credit(deployment, 'a', 'revolving').sleepUntil(BEGINS, '10:00');
          const histories = await live(deployment);
          expect(histories).toHaveLength(shapes.length);
          for (const [index, name] of shapes.entries()) {
            const [shape, history] = [SHAPES[name], histories[index]];
            if (!shape || !history) throw new Error(`${name} is no shape of test/support/recordings.ts`);
            expect(missingOf(shape, history)).toEqual([]);
            writeRecording(name, history);
          }
        },
        { ...LOOKS_NEVER, ...options },
      ),
  );

  it('has a story for every shape', () => {
    const told = [...STORIES, ...ASKED].flatMap(({ shapes }) => shapes);
    expect([...told, ...OF_BEFORE].sort()).toEqual(Object.keys(SHAPES).sort());
  });
});
