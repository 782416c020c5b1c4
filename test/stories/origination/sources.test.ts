/** Applications that are judged by what sources show, under consents, on a time-skipping server and a real database. */
import { describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { applicationState, decideReferral } from '../../../src/contracts/origination/application';
import { readDecisions } from '../../../src/db/evidence/decisions';
import { readApplication } from '../../../src/db/origination/applications';
import { readDecisionInputs, readSourceRecords } from '../../../src/db/origination/sourceRecords';
import { type TestApi, withApi } from '../../support/api';
import { SOUND, until } from '../../support/credits';
import { DAY_MS, type Deployment, TENANT, withDeployment } from '../../support/deployment';
import type { History } from '../../support/replays';
import { signedBy } from '../../support/signed';
import {
  ALL_KINDS,
  applyWithConsents,
  DOWN,
  SOURCES_POLICY,
  Suppliers,
  WHOLE,
  WITHOUT_INCOME,
} from '../../support/suppliers';

const HOUR_MS = DAY_MS / 24;
function withdraw({ post }: TestApi, applicationId: string, kind: string) {
  const url = `/v1/applications/${applicationId}/consents/${kind}/withdrawal`;
  return post(url, `withdraw-${applicationId}-${kind}`, { reason: 'asked by letter' });
}

/** With the payloads as they are sent. */
function textOf(history: History): string {
  return Buffer.from(temporal.api.history.v1.History.encode(history).finish()).toString('latin1');
}

const stageOf = async (handle: WorkflowHandle) => (await handle.query(applicationState)).stage;
const untilStage = (handle: WorkflowHandle, stage: string) => until(async () => (await stageOf(handle)) === stage);

async function decisionsOn({ pool }: Deployment, subjectId: string) {
  const decisions = await readDecisions(pool, { tenantId: TENANT, subjectKind: 'application', subjectId });
  return Promise.all(
    decisions.map(async ({ decisionId, kind, reasonCodes, decidedBy, body }) => ({
      kind,
      reasonCodes,
      decidedBy,
      body,
      inputs: await readDecisionInputs(pool, { tenantId: TENANT, decisionId }),
    })),
  );
}

describe('sources of an application', () => {
  it('all there: approved at once by what they showed, each record an input under its consent', () => {
    const suppliers = new Suppliers();
    return withDeployment(
      (deployment) =>
        withApi(deployment, async (api) => {
          const handle = await applyWithConsents(deployment, api, 'whole');
          await untilStage(handle, 'offered');
          const [decision, ...more] = await decisionsOn(deployment, 'whole');
          expect(more).toEqual([]);
          expect(decision).toMatchObject({ kind: 'approved', decidedBy: 'policy' });
          expect(decision?.inputs.map(({ sourceKind }) => sourceKind).sort()).toEqual(
            [...ALL_KINDS, 'application'].sort(),
          );
          // What the decision rests on is evidence: the same hashes.
          const hashes = decision?.inputs.map(({ recordId, contentHash }) => `${recordId} ${contentHash}`);
          const { inputs: told = [] } = (decision?.body ?? {}) as {
            inputs?: { recordId: string; contentHash: string }[];
          };
          expect(told.map(({ recordId, contentHash }) => `${recordId} ${contentHash}`).sort()).toEqual(hashes?.sort());

          const view = await api.get('/v1/applications/whole');
          expect(view.sources).toContainEqual(
            expect.objectContaining({ sourceKind: 'identity', supplier: 'test-identity', status: 'complete' }),
          );
          expect(view.consents.map(({ sourceKind }: { sourceKind: string }) => sourceKind).sort()).toEqual(
            [...ALL_KINDS, 'application'].sort(),
          );
          // Nobody's figures, name or number are in its history.
          const history = textOf(await handle.fetchHistory());
          expect(history).toContain('askSource');
          expect(history).toContain('LIMIT_AS_REQUESTED');
          // Points have the names of figures, and no history has a figure.
          expect(history).toContain('"monthlyIncomeFen":');
          expect(history).not.toContain(`"monthlyIncomeFen":${SOUND.finances.monthlyIncomeFen}`);
          for (const told of ['"check":', '199003071236', '19900000001']) expect(history).not.toContain(told);
        }),
      { policy: SOURCES_POLICY, sources: suppliers.sources },
    );
  });

  it('down for three days: referred with what is missing, retried, then judged by itself', () => {
    const suppliers = new Suppliers();
    suppliers.answers['financial-record'] = DOWN;
    return withDeployment(
      (deployment) =>
        withApi(deployment, async (api) => {
          const handle = await applyWithConsents(deployment, api, 'down');
          await untilStage(handle, 'referred');
          const referred = await readApplication(deployment.pool, { tenantId: TENANT, applicationId: 'down' });
          expect(referred?.assessment?.reasonCodes).toEqual([
            'FINANCIAL_SOURCE_INCOMPLETE',
            'MISSING_INCOME',
            'MISSING_DEBT_SERVICE',
            'MISSING_UNSECURED_DEBT',
            'MISSING_OPEN_OVERDUE',
            'MISSING_BUREAU_HISTORY',
            'MISSING_BUREAU_INQUIRIES',
          ]);
          await deployment.env.sleep(3 * DAY_MS);
          expect(await stageOf(handle)).toBe('referred');
          // Nothing new was decided by rounds that brought nothing, and who had answered was not asked again.
          expect(await decisionsOn(deployment, 'down')).toHaveLength(1);
          expect(suppliers.asked.identity).toHaveLength(1);
          expect(suppliers.asked['financial-record'].length).toBeGreaterThan(10);

          suppliers.answers['financial-record'] = WHOLE['financial-record'];
          await deployment.env.sleep(6 * HOUR_MS);
          await untilStage(handle, 'offered');
          const decisions = await decisionsOn(deployment, 'down');
          expect(decisions.map(({ kind, decidedBy }) => ({ kind, decidedBy }))).toEqual([
            { kind: 'referred', decidedBy: 'policy' },
            { kind: 'approved', decidedBy: 'policy' },
          ]);
        }),
      { policy: SOURCES_POLICY, sources: suppliers.sources },
    );
  });

  it('down until the deadline: told so, asked no more, and the referral keeps its own', () => {
    const suppliers = new Suppliers();
    suppliers.answers.consumption = DOWN;
    return withDeployment(
      (deployment) =>
        withApi(deployment, async (api) => {
          const handle = await applyWithConsents(deployment, api, 'gone');
          await untilStage(handle, 'referred');
          const row = () => readApplication(deployment.pool, { tenantId: TENANT, applicationId: 'gone' });
          const decideByMs = (await row())?.decideByMs;
          await deployment.env.sleep(121 * HOUR_MS);
          await until(async () => (await row())?.assessment?.reasonCodes[0] === 'SOURCE_DEADLINE_PASSED');
          expect(await row()).toMatchObject({ stage: 'referred', decideByMs });
          const asked = suppliers.asked.consumption.length;
          suppliers.answers.consumption = WHOLE.consumption;
          await deployment.env.sleep(DAY_MS);
          expect(suppliers.asked.consumption).toHaveLength(asked);
          await deployment.env.sleep(2 * DAY_MS);
          expect(await handle.result()).toMatchObject({
            stage: 'declined',
            reasonCodes: expect.arrayContaining(['REFERRAL_DEADLINE_PASSED', 'CONSUMPTION_SOURCE_INCOMPLETE']),
          });
        }),
      { policy: SOURCES_POLICY, sources: suppliers.sources },
    );
  });

  it('a partial answer: referred with the figure that is missing, and judged when it comes', () => {
    const suppliers = new Suppliers();
    suppliers.answers['financial-record'] = WITHOUT_INCOME;
    return withDeployment(
      (deployment) =>
        withApi(deployment, async (api) => {
          // What the applicant told stands in for no source.
          const handle = await applyWithConsents(deployment, api, 'partial', { finances: SOUND.finances });
          await untilStage(handle, 'referred');
          expect(await handle.query(applicationState)).toMatchObject({
            assessment: { reasonCodes: ['FINANCIAL_SOURCE_INCOMPLETE', 'MISSING_INCOME'] },
          });
          suppliers.answers['financial-record'] = WHOLE['financial-record'];
          await deployment.env.sleep(2 * HOUR_MS);
          await untilStage(handle, 'offered');
        }),
      { policy: SOURCES_POLICY, sources: suppliers.sources },
    );
  });

  it('a consent withdrawn between gathering and judging: the datum is missing, and it is referred', () => {
    const suppliers = new Suppliers();
    return withDeployment(
      (deployment) =>
        withApi(deployment, async (api) => {
          // While the slowest source is asked, what identity has shown is there already.
          suppliers.meanwhile = async (kind) => {
            if (kind !== 'consumption') return;
            const ref = { tenantId: TENANT, applicationId: 'withdrawn' };
            const isSeen = async () =>
              (await readSourceRecords(deployment.pool, ref)).some(({ sourceKind }) => sourceKind === 'identity');
            await until(isSeen);
            expect(await withdraw(api, 'withdrawn', 'identity')).toMatchObject({ status: 200 });
          };
          const handle = await applyWithConsents(deployment, api, 'withdrawn');
          await untilStage(handle, 'referred');
          const [decision, ...more] = await decisionsOn(deployment, 'withdrawn');
          expect(more).toEqual([]);
          expect(decision?.reasonCodes).toEqual([
            'IDENTITY_SOURCE_INCOMPLETE',
            'NO_VALID_CONSENT',
            'MISSING_IDENTITY_CHECK',
            'MISSING_ADULT',
          ]);
          expect(decision?.inputs.map(({ sourceKind }) => sourceKind)).not.toContain('identity');
          // Without a consent nobody is asked.
          const asked = suppliers.asked.identity.length;
          await deployment.env.sleep(DAY_MS);
          expect(suppliers.asked.identity).toHaveLength(asked);
        }),
      { policy: SOURCES_POLICY, sources: suppliers.sources },
    );
  });

  it('a consent withdrawn after a decision: the decision stands, and nothing is used again', () => {
    const suppliers = new Suppliers();
    suppliers.answers.consumption = DOWN;
    return withDeployment(
      (deployment) =>
        withApi(deployment, async (api) => {
          const handle = await applyWithConsents(deployment, api, 'after');
          await untilStage(handle, 'referred');
          const before = await decisionsOn(deployment, 'after');
          expect(before[0]?.inputs.map(({ sourceKind }) => sourceKind)).toContain('financial-record');
          expect(await withdraw(api, 'after', 'financial-record')).toMatchObject({ status: 200 });
          suppliers.answers.consumption = WHOLE.consumption;
          await deployment.env.sleep(6 * HOUR_MS);
          await until(async () => (await decisionsOn(deployment, 'after')).length === 2);
          const [first, second] = await decisionsOn(deployment, 'after');
          expect(first).toEqual(before[0]);
          expect(second?.kind).toBe('referred');
          expect(second?.reasonCodes).toEqual(
            expect.arrayContaining(['FINANCIAL_SOURCE_INCOMPLETE', 'NO_VALID_CONSENT']),
          );
          expect(second?.inputs.map(({ sourceKind }) => sourceKind)).not.toContain('financial-record');
        }),
      { policy: SOURCES_POLICY, sources: suppliers.sources },
    );
  });

  it('a person decides while sources are asked: what came meanwhile is not judged', () => {
    const suppliers = new Suppliers();
    suppliers.answers.consumption = DOWN;
    return withDeployment(
      (deployment) =>
        withApi(deployment, async (api) => {
          const handle = await applyWithConsents(deployment, api, 'person');
          await untilStage(handle, 'referred');
          const word = { decision: 'decline', decidedBy: 'staff-01', reason: 'asked to stop' } as const;
          const update = signedBy('staff:01', handle, decideReferral, word, 'u1');
          let decided: Promise<unknown> | undefined;
          const isAccepted = async () => textOf(await handle.fetchHistory()).includes('asked to stop');
          suppliers.meanwhile = async () => {
            decided ??= handle.executeUpdate(decideReferral, update);
            await until(isAccepted);
            suppliers.answers.consumption = WHOLE.consumption;
          };
          await deployment.env.sleep(HOUR_MS);
          await until(async () => (await handle.describe()).status.name === 'COMPLETED');
          expect(await decided).toBe('declined');
          // All was there when the person's word was taken: it would have been approved.
          const records = await readSourceRecords(deployment.pool, { tenantId: TENANT, applicationId: 'person' });
          expect(records.map(({ sourceKind }) => sourceKind)).toContain('consumption');
          expect((await decisionsOn(deployment, 'person')).map(({ kind }) => kind)).toEqual(['referred', 'declined']);
        }),
      { policy: SOURCES_POLICY, sources: suppliers.sources },
    );
  });
});
