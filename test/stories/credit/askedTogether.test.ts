/**
 * The same thing asked at once by several: one business id, an update id of each, the same content and other content,
 * with the books at hand and with books that make every step wait. Everybody hears an answer, the answer to what they
 * said, and the life goes on. Every history is replayed afterwards.
 */
import { describe, expect, it } from '@jest/globals';
import type { UpdateDefinition } from '@temporalio/common';
import {
  authorisePurchase,
  decideWriteOff,
  restructureLoan,
  returnCredit,
} from '../../../src/contracts/credit/account';
import { settleInstalments, startInstalments } from '../../../src/contracts/credit/instalments';
import { correctRate } from '../../../src/contracts/credit/rateCorrection';
import { setDebitMandate } from '../../../src/contracts/debits/debitMandate';
import {
  acknowledge,
  answerAppeal,
  appeal,
  approveResume,
  incidentState,
  note,
  type PersonalOpening,
} from '../../../src/contracts/incidents/incident';
import { decideReview, retire, templateReviewState } from '../../../src/contracts/messaging/templateReview';
import { TASK_QUEUE, workflowIds } from '../../../src/contracts/names';
import { acceptOffer, applicationState, decideReferral } from '../../../src/contracts/origination/application';
import { readIncidentEvents } from '../../../src/db/incidents/incidentEvents';
import { inTransaction } from '../../../src/db/transaction';
import { REAL_TIME } from '../../../src/domain/values/clock';
import { Credit, SOUND, until } from '../../support/credits';
import { DAY_MS, type Deployment, TENANT, withDeployment } from '../../support/deployment';
import { signedBy } from '../../support/signed';
import { FakeRegistrar, REVIEWER, underReview } from '../../support/templateReviews';

const LONG = { lookEveryMs: 30 * DAY_MS };
const AT_ONCE = [2, 3, 10];

type Handle = ReturnType<Deployment['env']['client']['workflow']['getHandle']>;
/** What came of one: the answer, or the words with which it was refused before it was heard. */
type Heard = { status?: string; reasonCodes?: string[]; refusal?: string } | string;

/** Of whoever is named in it, as an id of staff. */
function principalIn(message: unknown): string {
  const { by, decidedBy = by } = message as { by?: string; decidedBy?: string };
  const named = decidedBy ?? 'somebody';
  return named.startsWith('staff:') ? named : `staff:${named}`;
}

/** All of them at once, each signed and under an update id of its own. */
async function askAtOnce<Arg>(handle: Handle, update: UpdateDefinition<unknown, [Arg]>, args: Arg[]): Promise<Heard[]> {
  const asked = args.map((arg, index) =>
    handle
      .executeUpdate(
        update,
        signedBy(principalIn(arg), handle, update, arg as never, `${update.name}-${index}-${args.length}`) as never,
      )
      .then(
        (answer) => answer as Heard,
        (error: { cause?: { message?: string } }) => String(error.cause?.message),
      ),
  );
  return Promise.all(asked);
}

/** The row of the account is held by somebody else until all have asked: the step that takes them waits. */
async function whileHeld<Result>({ pool }: Deployment, sql: string, work: () => Promise<Result>): Promise<Result> {
  return inTransaction(pool, async (client) => {
    await client.query(sql);
    const working = work();
    working.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    return { working };
  }).then(({ working }) => working);
}

const statusOf = (heard: Heard) => (typeof heard === 'string' ? heard : (heard.status ?? JSON.stringify(heard)));
const counts = (heard: Heard[], status: string) => heard.filter((each) => statusOf(each) === status).length;

interface Kind {
  what: string;
  product: 'revolving' | 'cash-loan';
  update: UpdateDefinition<unknown, [never]>;
  taken: string;
  refused: string;
  prepare?(credit: Credit): Promise<void>;
  /** `other`: other content under the same id. */
  message(id: string, other: number, credit: Credit): Promise<unknown>;
}

const KINDS: Kind[] = [
  {
    what: 'a purchase',
    product: 'revolving',
    update: authorisePurchase as never,
    taken: 'approved',
    refused: 'declined',
    message: async (purchaseId, other, credit) => ({
      purchaseId,
      amountFen: 100 + other,
      purchasedOn: await credit.today(),
    }),
  },
  {
    what: 'credit that is paid back',
    product: 'revolving',
    update: returnCredit as never,
    taken: 'accepted',
    refused: 'refused',
    prepare: (credit) => credit.pay('ahead', 500_000),
    message: async (returnId, other, credit) => ({
      returnId,
      amountFen: 100 + other,
      returnedOn: await credit.today(),
    }),
  },
  {
    what: 'a mandate',
    product: 'revolving',
    update: setDebitMandate as never,
    taken: 'accepted',
    refused: 'refused',
    message: async (changeId, other, credit) => ({ changeId, mandateId: `m-${other}`, agreedOn: await credit.today() }),
  },
  {
    what: 'a rate',
    product: 'cash-loan',
    update: correctRate as never,
    taken: 'accepted',
    refused: 'refused',
    message: async (correctionId, other, credit) => ({
      correctionId,
      from: await credit.today(),
      dailyRate: other === 0 ? '0.0003' : `0.000${200 + other}`,
      decidedBy: 'staff-01',
    }),
  },
  {
    what: 'a restructuring',
    product: 'cash-loan',
    update: restructureLoan as never,
    taken: 'proposed',
    refused: 'refused',
    message: async (restructuringId, other, credit) => ({
      restructuringId,
      agreedOn: await credit.today(),
      months: 12 + other,
      dailyRate: '0.0003',
    }),
  },
  {
    what: 'an instalment plan that nobody confirmed',
    product: 'revolving',
    update: startInstalments as never,
    taken: 'refused',
    refused: 'refused',
    message: async (planId, other, credit) => ({
      planId,
      unbilled: true,
      principalFen: 100_000 + other,
      months: 12,
      feePayer: 'borrower',
      startedOn: await credit.today(),
    }),
  },
  {
    what: 'the settlement of a plan that is not there',
    product: 'revolving',
    update: settleInstalments as never,
    taken: 'refused',
    refused: 'refused',
    message: async (settlementId, other, credit) => ({
      settlementId,
      planId: `p-${other}`,
      settledOn: await credit.today(),
    }),
  },
];

describe.each(KINDS)(
  '$what, asked at once under one id',
  ({ what, product, update, taken, refused, prepare, message }) => {
    it.each([
      ['with the books at hand', false],
      ['with books that are slow', true],
    ])('%s: everybody hears the answer to what they said, and the account takes the next payment', (_, isSlow) =>
      withDeployment(async (deployment) => {
        const credit = await new Credit(deployment, what.replaceAll(' ', '-'), product).open();
        await prepare?.(credit);
        const lock = `select 1 from credit_account where account_id = '${credit.accountId}' for update`;
        for (const many of AT_ONCE) {
          const args = await Promise.all(
            Array.from({ length: many }, (_each, index) => message(`x-${many}`, index % 2, credit)),
          );
          const ask = () => askAtOnce(credit.handle, update, args as never[]);
          const heard = await (isSlow ? whileHeld(deployment, lock, ask) : ask());
          const [first] = args as { [field: string]: unknown }[];
          // One content stands, whichever came first; everybody with it was told so, and everybody else that it is not.
          expect(heard).toHaveLength(many);
          if (taken === refused) {
            expect(counts(heard, refused)).toBe(many);
            continue;
          }
          const same = args.flatMap((arg, index) => (JSON.stringify(arg) === JSON.stringify(first) ? [index] : []));
          const standing = same.every((index) => statusOf(heard[index] as Heard) === taken);
          const stood = heard.filter((_each, index) => same.includes(index) === standing);
          const fell = heard.filter((_each, index) => same.includes(index) !== standing);
          expect(counts(stood, taken)).toBe(stood.length);
          expect(counts(fell, refused)).toBe(fell.length);
          for (const each of fell) expect(each).toMatchObject({ reasonCodes: ['SAME_KEY_OTHER_CONTENT'] });
        }
        await credit.pay('after', 100);
        expect((await credit.handle.describe()).status.name).toBe('RUNNING');
      }, LONG),
    );
  },
);

describe('asked at once of an application', () => {
  it('acceptances of one key open one account; decisions of a referral are one', () =>
    withDeployment(async (deployment) => {
      const { env } = deployment;
      const credit = new Credit(deployment, 'offer', 'cash-loan');
      const handle = await credit.apply();
      await until(async () => (await handle.query(applicationState)).stage === 'offered');
      const acceptedOn = await credit.today();
      const lock = `select 1 from application where application_id = 'offer' for update`;
      for (const many of AT_ONCE) {
        const request = { product: 'cash-loan', principalFen: 100_000, months: 3, method: 'level' } as const;
        const costSheet = await credit.confirmedSheet(request);
        const same = { ...request, key: `k-${many}`, acceptedOn, costSheet };
        const other = { ...same, months: 6, costSheet: await credit.confirmedSheet({ ...request, months: 6 }) };
        const args = Array.from({ length: many }, (_, index) => (index % 2 === 0 ? same : other));
        const heard = await whileHeld(deployment, lock, () => askAtOnce(handle, acceptOffer, args));
        const opened = heard.flatMap((each) =>
          typeof each !== 'string' && 'accountId' in each ? [each.accountId] : [],
        );
        expect(new Set(opened).size).toBe(1);
        expect(counts(heard, 'opened') + counts(heard, 'refused')).toBe(many);
      }
      for (const id of (await handle.query(applicationState)).accountIds) {
        deployment.started.add(workflowIds.cashLoan(TENANT, id));
      }

      const unknown = { ...SOUND, finances: { ...SOUND.finances, monthlyIncomeFen: undefined } };
      const referred = await new Credit(deployment, 'referral', 'cash-loan').apply(unknown);
      await until(async () => (await referred.query(applicationState)).stage === 'referred');
      const words = Array.from({ length: 10 }, (_, index) => ({
        decision: index % 2 === 0 ? 'approve' : 'decline',
        decidedBy: `staff-${index}`,
        reason: 'looked at',
      })) as never[];
      const said = await whileHeld(deployment, lock.replace('offer', 'referral'), () =>
        askAtOnce(referred as never, decideReferral as never, words),
      );
      const { stage } = await referred.query(applicationState);
      expect(['offered', 'declined']).toContain(stage);
      // Who came after it was decided is refused by what the application is by then.
      const refused = said.filter((each) => /taken already|not referred/.test(JSON.stringify(each)));
      expect([said, refused.length]).toEqual([said, 9]);
      expect(said.filter((each) => each === stage)).toHaveLength(1);
      expect((await env.client.workflow.getHandle(referred.workflowId).describe()).status.name).not.toBe('FAILED');
    }, LONG));
});

const OPENING: PersonalOpening = {
  by: 'staff-01',
  measures: ['draws'],
  reasonCode: 'WRONG_AMOUNTS',
  remedyChannel: 'hotline',
};

describe('told at once to an incident', () => {
  it.each([false, true])('every word has its answer (slow books: %s), and it is resumed afterwards', (isSlow) =>
    withDeployment(async (deployment) => {
      const { env, started, pool } = deployment;
      const incidentId = 'at-once';
      const workflowId = workflowIds.incident(TENANT, incidentId);
      started.add(workflowId);
      const input = { tenantId: TENANT, incidentId, clock: REAL_TIME, opening: OPENING };
      const handle = await env.client.workflow.start('incident', { workflowId, taskQueue: TASK_QUEUE, args: [input] });
      await until(async () => (await handle.query(incidentState)).nextDeadline !== undefined);
      const lock = `select 1 from incident where incident_id = '${incidentId}' for update`;
      const tell = <Arg>(update: UpdateDefinition<unknown, [Arg]>, args: Arg[]) => {
        const ask = () => askAtOnce(handle as never, update, args);
        return isSlow ? whileHeld(deployment, lock, ask) : ask();
      };
      for (const many of AT_ONCE) {
        const filed = Array.from({ length: many }, (_, index) => ({
          appealId: `appeal-${many}`,
          borrowerId: `b-${index % 2}`,
          by: 'staff-02',
        }));
        const heard = await tell(appeal, filed);
        // Whichever came first stands; what is of the other borrower is refused.
        expect([Math.floor(many / 2), Math.ceil(many / 2)]).toContain(counts(heard, 'accepted'));
        expect(counts(heard, 'accepted') + counts(heard, 'refused')).toBe(many);
        const refused = heard.filter((each) => statusOf(each) === 'refused');
        for (const each of refused) expect(each).toMatchObject({ refusal: 'same-id-other-content' });
        const answers = Array.from({ length: many }, () => ({
          appealId: `appeal-${many}`,
          by: 'staff-03',
          isUpheld: false,
          reason: 'It was looked at again.',
        }));
        expect(counts(await tell(answerAppeal, answers), 'accepted')).toBe(many);
        const notes = Array.from({ length: many }, () => ({ by: 'staff-01', text: 'seen' }));
        expect(counts(await tell(note, notes), 'accepted')).toBe(many);
      }
      expect(counts(await tell(acknowledge, [{ by: 'staff-01' }, { by: 'staff-02' }]), 'accepted')).toBe(2);
      const words = [{ by: 'staff-01' }, { by: 'staff-01' }, { by: 'staff-02' }];
      const resumed = await tell(approveResume, words);
      expect([counts(resumed, 'needs-second-person'), counts(resumed, 'resumed')]).toEqual([1, 1]);
      const events = await readIncidentEvents(pool, { tenantId: TENANT, incidentId });
      expect(events.filter(({ kind }) => kind === 'noted')).toHaveLength(2 + 3 + 10);
    }, LONG),
  );
});

describe('told at once to a text under review', () => {
  it('the first decision stands, and a text is retired once', () =>
    withDeployment(
      async (deployment) => {
        const handle = await underReview(deployment, 2, { requiredProviders: [] });
        await until(async () => (await handle.query(templateReviewState)).stage === 'in-review');
        const decided = Array.from({ length: 10 }, (_, index) => ({
          decidedBy: `${REVIEWER}-${index}`,
          decision: 'approve',
          reason: 'fine',
        }));
        const heard = await askAtOnce(handle as never, decideReview as never, decided as never[]);
        expect([counts(heard, 'accepted'), counts(heard, 'refused')]).toEqual([1, 9]);
        const retired = Array.from({ length: 3 }, () => ({ decidedBy: REVIEWER, reason: 'old' }));
        expect(counts(await askAtOnce(handle as never, retire as never, retired as never[]), 'accepted')).toBe(3);
      },
      { ...LONG, registrars: [new FakeRegistrar()] },
    ));
});

it('words for a write-off said at once by ten people write it off once', () =>
  withDeployment(async (deployment) => {
    const loan = await new Credit(deployment, 'lost', 'cash-loan').open({ months: 3 });
    await loan.sleepDays(250);
    await until(async () => (await loan.state()).stage === 'write-off-review');
    const words = Array.from({ length: 10 }, (_, index) => ({
      decision: 'write-off' as const,
      decidedBy: `staff-${index % 5}`,
      reason: 'lost',
    }));
    const lock = `select 1 from credit_account where account_id = '${loan.accountId}' for update`;
    const heard = await whileHeld(deployment, lock, () => askAtOnce(loan.handle, decideWriteOff, words));
    expect(heard).toHaveLength(10);
    expect(counts(heard, 'written-off')).toBeGreaterThan(0);
    expect(await loan.handle.result()).toMatchObject({ stage: 'written-off' });
  }, LONG));
