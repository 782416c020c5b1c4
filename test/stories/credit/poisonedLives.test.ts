/**
 * Whoever speaks Temporal alone can send anything. Whatever it is, nobody's life ends or stands still for it: accounts take
 * the next payment, incidents are resumed, referrals are decided, lanes sweep. Every history is replayed afterwards.
 */
import { describe, expect, it } from '@jest/globals';
import type { UpdateDefinition } from '@temporalio/common';
import { sayOfAside } from '../../../src/activities/credit/settleArrivals';
import { paymentReceived, takeAgain } from '../../../src/contracts/credit/account';
import { setDebitMandate } from '../../../src/contracts/debits/debitMandate';
import { approveResume, incidentState, note, recordReview } from '../../../src/contracts/incidents/incident';
import { TASK_QUEUE, workflowIds } from '../../../src/contracts/names';
import { applicationState, decideReferral } from '../../../src/contracts/origination/application';
import { readFacts } from '../../../src/db/credit/facts';
import { listAsides } from '../../../src/db/credit/setAsideArrivals';
import { REAL_TIME } from '../../../src/domain/values/clock';
import { Credit, SOUND, until } from '../../support/credits';
import { DAY_MS, type Deployment, TENANT, withDeployment } from '../../support/deployment';
import { signedBy } from '../../support/signed';

const LONG = { lookEveryMs: 30 * DAY_MS };
type Handle = ReturnType<Deployment['env']['client']['workflow']['getHandle']>;

const ANYTHING = [undefined, null, 7, 'text', [], {}, { paymentId: 'x'.repeat(10_000) }, { paymentId: '\u0000' }];

/** Refused before it is heard, by words; never a fault of the workflow. */
async function refusalOf<Arg>(handle: Handle, update: UpdateDefinition<unknown, [Arg]>, arg: unknown): Promise<string> {
  return handle.executeUpdate(update, { args: [arg as Arg] }).then(
    (answer) => `taken: ${JSON.stringify(answer)}`,
    (error: { cause?: { message?: string } }) => String(error.cause?.message),
  );
}

describe('an account', () => {
  it.each(['cash-loan', 'revolving'] as const)('of %s goes on whatever it is told', (product) =>
    withDeployment(async (deployment) => {
      const { pool } = deployment;
      const credit = await new Credit(deployment, `anything-${product}`, product).open();
      for (const name of [
        'paymentReceived',
        'paymentReversed',
        'refundReceived',
        'purchaseConfirmed',
        'takeAgain',
        'clockMoved',
      ]) {
        for (const told of ANYTHING) await credit.handle.signal(name, told);
      }
      for (const told of [undefined, null, 7, { agreedOn: '0000-01-01', changeId: 'c', mandateId: 'm' }]) {
        expect(await refusalOf(credit.handle, setDebitMandate, told)).not.toMatch(/^taken/);
      }
      await credit.pay('after', 100);
      const asides = await listAsides(pool, { tenantId: TENANT, withSettled: true, limit: 100 });
      // Payments alone: everything else that has no meaning is refused, and kept with the account.
      expect(asides.map(({ kind }) => kind)).toEqual(asides.map(() => 'payment'));
      expect(asides).toHaveLength(ANYTHING.length);
      expect((await credit.handle.describe()).status.name).toBe('RUNNING');
    }, LONG),
  );

  it('takes what was set aside when two people say so, and the signal alone does nothing', () =>
    withDeployment(async (deployment) => {
      const { pool, owner, env } = deployment;
      const loan = await new Credit(deployment, 'mended', 'cash-loan').open();
      await owner.query(`create function break_fact() returns trigger language plpgsql as $$ begin
          if new.business_key = 'payment/hurt' then raise exception 'broken on purpose' using errcode = '42P01'; end if;
          return new; end $$;
          create trigger break_fact before insert on account_fact for each row execute function break_fact()`);
      const paidOn = await loan.today();
      await loan.handle.signal(paymentReceived, { paymentId: 'hurt', amountFen: 700, paidOn, intent: 'instalment' });
      await loan.pay('beside', 100);
      const list = () => listAsides(pool, { tenantId: TENANT, withSettled: true, limit: 10 });
      await until(async () => (await list()).length === 1);
      await owner.query('drop trigger break_fact on account_fact');
      const asideId = (await list())[0]?.asideId ?? 0;
      await loan.handle.signal(takeAgain, { asideId });
      await loan.pay('and-another', 100);
      expect(await list()).toMatchObject([{ state: 'waiting' }]);
      const said = { tenantId: TENANT, asideId, word: 'retry' as const, reason: 'mended' };
      await sayOfAside(pool, { ...said, by: 'staff-1', atMs: await env.currentTimeMs() });
      await sayOfAside(pool, { ...said, by: 'staff-2', atMs: await env.currentTimeMs() });
      await loan.handle.signal(takeAgain, { asideId });
      await until(async () => (await list())[0]?.state === 'taken');
      const facts = await readFacts(pool, { tenantId: TENANT, accountId: loan.accountId });
      expect(facts.map(({ key }) => key)).toContain('payment/hurt');
    }, LONG));
});

describe('an incident', () => {
  it('is resumed and reviewed whatever it was told', () =>
    withDeployment(async ({ env, started }) => {
      const incidentId = 'poisoned';
      const workflowId = workflowIds.incident(TENANT, incidentId);
      started.add(workflowId);
      const opening = { by: 's-1', measures: ['draws'], reasonCode: 'WRONG_AMOUNTS', remedyChannel: 'hotline' };
      const input = { tenantId: TENANT, incidentId, clock: REAL_TIME, opening };
      const handle: Handle = await env.client.workflow.start('incident', {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [input],
      });
      await until(
        async () =>
          (await handle.query(incidentState)).stage === 'open' &&
          (await handle.query(incidentState)).measures.length > 0,
      );
      for (const text of ['a\u0000b', '\ud83d', '\u0007', '']) {
        expect(await refusalOf(handle, note, { by: 's-1', text })).not.toMatch(/^taken/);
      }
      // What no check of the message sees: an id of the update that no database holds.
      const odd = await handle.executeUpdate(note, { args: [{ by: 's-1', text: 'seen' }], updateId: 'odd\u0000id' });
      expect(odd).toMatchObject({ status: 'refused', refusal: 'not-taken' });
      const extra = { by: 's-1', summary: 'it was wrong', actions: [], more: '\u0000' };
      for (const by of ['staff:1', 'staff:2']) {
        await handle.executeUpdate(approveResume, signedBy(by, handle, approveResume, { by }));
      }
      // A field that nobody knows comes no further than the door, whatever it holds.
      expect(await refusalOf(handle, recordReview, extra)).toBe(
        'more is not known here: remove the field, or correct its name',
      );
      const review = { by: 's-1', summary: 'it was wrong', actions: [] };
      expect(await handle.executeUpdate(recordReview, { args: [review] })).toMatchObject({ status: 'accepted' });
      expect(await handle.result()).toMatchObject({ stage: 'reviewed' });
    }, LONG));
});

describe('a referral', () => {
  it('is decided after words that cannot be stored', () =>
    withDeployment(async (deployment) => {
      const unknown = { ...SOUND, finances: { ...SOUND.finances, monthlyIncomeFen: undefined } };
      const handle = await new Credit(deployment, 'words', 'cash-loan').apply(unknown);
      await until(async () => (await handle.query(applicationState)).stage === 'referred');
      const word = { decision: 'decline', decidedBy: 'staff-1', reason: 'r' } as const;
      for (const broken of [null, { ...word, reason: 'a\u0000' }, { ...word, decidedBy: '13800000000' }]) {
        expect(await refusalOf(handle as never, decideReferral as never, broken)).not.toMatch(/^taken/);
      }
      for (const figures of [
        { finances: { monthlyIncomeFen: '\u0000' } },
        { finances: { more: 1 } },
        { constructor: {} },
      ]) {
        const proved = { ...word, proved: figures as never };
        expect(await refusalOf(handle as never, decideReferral as never, proved)).not.toMatch(/^taken/);
      }
      // A kind of fault that no check foresees: the word is refused, and another one is heard.
      const { pool, owner } = deployment;
      await owner.query(`create function break_word() returns trigger language plpgsql as $$ begin
        if new.decided_by = 'staff:7' then raise exception 'broken on purpose' using errcode = '22021'; end if;
        return new; end $$;
        create trigger break_word before insert on decision_record for each row execute function break_word()`);
      expect(await handle.executeUpdate(decideReferral, signedBy('staff:7', handle, decideReferral, word))).toBe(
        'referred',
      );
      expect((await pool.query('select kind, fault from refused_message')).rows).toEqual([
        { kind: 'decision', fault: 'SQLSTATE 22021' },
      ]);
      expect(await handle.executeUpdate(decideReferral, { args: [word] })).toBe('declined');
    }, LONG));

  it('an application of figures that no check knows, or of a phone number, ends at once', () =>
    withDeployment(async ({ env }) => {
      const base = { tenantId: TENANT, product: 'cash-loan', requestedFen: 1_000, clock: REAL_TIME };
      const wrong = [
        { borrowerId: '13800000000', facts: SOUND },
        { borrowerId: 'b', facts: { ...SOUND, identity: { check: 'a\u0000' } } },
        { borrowerId: 'b', facts: SOUND, clock: { realEpochMs: 0, businessEpochMs: 9e15, speed: 1 } },
      ];
      for (const [index, input] of wrong.entries()) {
        const applicationId = `wrong-${index}`;
        const workflowId = workflowIds.application(TENANT, applicationId);
        const args = [{ ...base, applicationId, ...input }];
        const handle = await env.client.workflow.start('application', { workflowId, taskQueue: TASK_QUEUE, args });
        await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'InvalidInput' } });
      }
    }, LONG));
});

it('an application whose id has 100 characters has a loan that lives', () =>
  withDeployment(async (deployment) => {
    const loan = await new Credit(deployment, `a${'b'.repeat(99)}`, 'cash-loan', 'b-long').open();
    expect(loan.accountId.length).toBeLessThanOrEqual(100);
    await loan.handle.executeUpdate(setDebitMandate, {
      args: [{ changeId: 'c', mandateId: 'm', agreedOn: await loan.today() }],
    });
    await loan.pay('p', 100);
    expect((await loan.state()).stage).toBe('current');
  }, LONG));
