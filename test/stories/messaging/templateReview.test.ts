/** A text from its draft to its end: checked, reviewed by another person, registered, active, superseded or retired. */
import { describe, expect, it } from '@jest/globals';
import { decideReview, retire, templateReviewState } from '../../../src/contracts/messaging/templateReview';
import { registeredTemplate } from '../../../src/db/messaging/templates/templateRegistrations';
import { readTemplate } from '../../../src/db/messaging/templates/templates';
import { TEMPLATES } from '../../../src/domain/policy/shippedTemplates';
import { until } from '../../support/credits';
import { DAY_MS, type Deployment, type DeploymentOptions, TENANT, withDeployment } from '../../support/deployment';
import { activeTemplate } from '../../support/ofOne';
import { signedBy } from '../../support/signed';
import { AUTHOR, FakeRegistrar, GOOD_BODY, REVIEWER, underReview } from '../../support/templateReviews';

const RARELY: DeploymentOptions = { lookEveryMs: 30 * DAY_MS };
const SHIPPED = TEMPLATES['due-soon'].version;
const KIND = { tenantId: TENANT, kind: 'due-soon' } as const;
const APPROVAL = { decidedBy: REVIEWER, decision: 'approve', reason: 'clear and true' } as const;

type Handle = Awaited<ReturnType<typeof underReview>>;
const state = (handle: Handle) => handle.query(templateReviewState);
const inStage = (handle: Handle, stage: string) => until(async () => (await state(handle)).stage === stage);
const activeVersion = async ({ pool }: Deployment) => (await activeTemplate(pool, KIND))?.version;

describe('a template from draft to active and retired', () => {
  it('the author is refused as reviewer, another person approves, and it takes the place of the one before', () =>
    withDeployment(async (deployment) => {
      const handle = await underReview(deployment, 10);
      await inStage(handle, 'in-review');
      expect(await activeVersion(deployment)).toBe(SHIPPED);
      const byAuthor = await handle.executeUpdate(decideReview, signedBy('staff:10', handle, decideReview, APPROVAL));
      expect(byAuthor).toEqual({ status: 'refused', refusal: 'author', stage: 'in-review' });
      // A name that nobody signed, as anybody can say it in the Web UI.
      const unsigned = await handle.executeUpdate(decideReview, { args: [APPROVAL] });
      expect(unsigned).toEqual({ status: 'refused', refusal: 'unverified', stage: 'in-review' });
      expect(await activeVersion(deployment)).toBe(SHIPPED);
      const approved = await handle.executeUpdate(decideReview, signedBy(REVIEWER, handle, decideReview, APPROVAL));
      expect(approved).toEqual({ status: 'accepted', stage: 'registering' });
      await inStage(handle, 'active');
      expect(await activeTemplate(deployment.pool, KIND)).toMatchObject({
        version: 10,
        body: GOOD_BODY,
        submittedBy: AUTHOR,
        approvedBy: REVIEWER,
      });
      expect((await readTemplate(deployment.pool, { ...KIND, version: SHIPPED }))?.status).toBe('superseded');
      const again = await handle.executeUpdate(decideReview, signedBy('staff:12', handle, decideReview, APPROVAL));
      expect(again).toMatchObject({ status: 'refused', refusal: 'not-in-review' });
      // Months go by.
      await deployment.env.sleep(70 * DAY_MS);
      const out = { decidedBy: 'staff-12', reason: 'a clearer one is written' };
      expect(await handle.executeUpdate(retire, { args: [out] })).toEqual({ status: 'accepted', stage: 'retired' });
      expect(await handle.result()).toEqual({ stage: 'retired', reason: out.reason });
      expect(await activeVersion(deployment)).toBeUndefined();
    }, RARELY));

  it('a newer version ends the workflow of the older one as superseded', () =>
    withDeployment(async (deployment) => {
      const older = await underReview(deployment, 10);
      await older.executeUpdate(decideReview, signedBy(REVIEWER, older, decideReview, APPROVAL));
      await inStage(older, 'active');
      const newer = await underReview(deployment, 11, { body: `${GOOD_BODY}谢谢` });
      await newer.executeUpdate(decideReview, signedBy(REVIEWER, newer, decideReview, APPROVAL));
      expect(await older.result()).toEqual({ stage: 'superseded' });
      expect(await activeVersion(deployment)).toBe(11);
      await newer.executeUpdate(retire, { args: [{ decidedBy: REVIEWER, reason: 'the end of the story' }] });
      await newer.result();
    }, RARELY));
});

describe('a template that does not become active', () => {
  it('the checks refuse it before anybody looks, and the words and rules are kept', () =>
    withDeployment(async (deployment) => {
      const handle = await underReview(deployment, 10, { body: '您的贷款{amount}未还，将移送法 院，后果自负。' });
      expect(await handle.result()).toMatchObject({ stage: 'rejected' });
      const { findings, summary } = await state(handle);
      expect(findings.map(({ rule, words }) => [rule, words])).toEqual([
        ['PROVIDER_WORD', '贷款'],
        ['THREAT', '后果自负'],
        ['FALSE_AUTHORITY', '法 院'],
      ]);
      expect(summary).toContain('the checks found PROVIDER_WORD, THREAT, FALSE_AUTHORITY');
      expect((await readTemplate(deployment.pool, { ...KIND, version: 10 }))?.findings).toEqual(findings);
      expect(await activeVersion(deployment)).toBe(SHIPPED);
    }, RARELY));

  it('a reviewer refuses it', () =>
    withDeployment(async (deployment) => {
      const handle = await underReview(deployment, 10);
      const refusal = { ...APPROVAL, decision: 'reject', reason: 'it is not clear what is due' } as const;
      await handle.executeUpdate(decideReview, signedBy(REVIEWER, handle, decideReview, refusal));
      expect(await handle.result()).toEqual({ stage: 'rejected', reason: refusal.reason });
      expect(await readTemplate(deployment.pool, { ...KIND, version: 10 })).toMatchObject({ rejectedBy: REVIEWER });
    }, RARELY));

  it('nobody decides before the deadline', () =>
    withDeployment(async (deployment) => {
      const handle = await underReview(deployment, 10);
      await inStage(handle, 'in-review');
      await deployment.env.sleep(5 * DAY_MS - 60_000);
      expect((await state(handle)).stage).toBe('in-review');
      await deployment.env.sleep(2 * 60_000);
      expect(await handle.result()).toEqual({ stage: 'rejected', reason: 'nobody decided in time' });
      expect(await activeVersion(deployment)).toBe(SHIPPED);
    }, RARELY));

  it('it is retired while it is in review', () =>
    withDeployment(async (deployment) => {
      const handle = await underReview(deployment, 10);
      await handle.executeUpdate(retire, { args: [{ decidedBy: AUTHOR, reason: 'a mistake of mine' }] });
      expect(await handle.result()).toEqual({ stage: 'retired', reason: 'a mistake of mine' });
    }, RARELY));

  it('its draft is not on record, or has another author', () =>
    withDeployment(async (deployment) => {
      const { env } = deployment;
      const args = { ...KIND, version: 50, submittedBy: AUTHOR, requiredProviders: [], clock: { ...NO_CLOCK } };
      const options = { workflowId: 'unknown-draft', taskQueue: 'creditloom', args: [args] };
      const handle = await env.client.workflow.start('templateReview', options);
      await expect(handle.result()).rejects.toMatchObject({
        cause: { message: expect.stringContaining('not on record') },
      });
    }, RARELY));
});

const NO_CLOCK = { realEpochMs: 0, businessEpochMs: 0, speed: 1 };

describe('registration', () => {
  it('is asked for again and again until the provider has decided; until then the text is not sent', () => {
    const registrar = new FakeRegistrar();
    registrar.silent = 2;
    return withDeployment(
      async (deployment) => {
        const handle = await underReview(deployment, 10, { requiredProviders: ['sink', 'fake-cloud'] });
        await handle.executeUpdate(decideReview, signedBy(REVIEWER, handle, decideReview, APPROVAL));
        await until(async () => (await state(handle)).registrations.length === 2);
        expect((await state(handle)).summary).toContain('waits for fake-cloud');
        await deployment.env.sleep(2 * DAY_MS);
        expect(await activeVersion(deployment)).toBe(SHIPPED);
        expect(registrar.submitted).toEqual([
          { name: `${TENANT}-due-soon-10`, body: GOOD_BODY, signature: '示例消金' },
        ]);
        // Ten minutes at first, six hours at last: not hundreds of times.
        expect(registrar.asked).toBeLessThan(25);
        registrar.answer = { status: 'approved', code: 'FAKE_1' };
        await deployment.env.sleep(7 * 3_600_000);
        await inStage(handle, 'active');
        const ref = { ...KIND, version: 10, provider: 'fake-cloud' };
        expect(await registeredTemplate(deployment.pool, ref)).toEqual({ code: 'FAKE_1' });
        expect(await registeredTemplate(deployment.pool, { ...ref, provider: 'sink' })).toBeUndefined();
        await handle.executeUpdate(retire, { args: [{ decidedBy: REVIEWER, reason: 'the end of the story' }] });
        await handle.result();
      },
      { ...RARELY, registrars: [registrar] },
    );
  });

  it('a provider that refuses ends it, and says why', () => {
    const registrar = new FakeRegistrar();
    registrar.answer = { status: 'rejected', reason: 'financial content' };
    return withDeployment(
      async (deployment) => {
        const handle = await underReview(deployment, 10, { requiredProviders: ['fake-cloud'] });
        await handle.executeUpdate(decideReview, signedBy(REVIEWER, handle, decideReview, APPROVAL));
        expect(await handle.result()).toEqual({
          stage: 'rejected',
          reason: 'fake-cloud refused it: financial content',
        });
        expect(await activeVersion(deployment)).toBe(SHIPPED);
      },
      { ...RARELY, registrars: [registrar] },
    );
  });

  it('a provider that nobody knows ends it', () =>
    withDeployment(async (deployment) => {
      const handle = await underReview(deployment, 10, { requiredProviders: ['nobody'] });
      await handle.executeUpdate(decideReview, signedBy(REVIEWER, handle, decideReview, APPROVAL));
      expect(await handle.result()).toMatchObject({ stage: 'rejected', reason: expect.stringContaining('nobody') });
    }, RARELY));
});
