/** Nobody's income, debts or credit report is in a history of what came over HTTP; a person's proof of them neither. */
import { expect, it } from '@jest/globals';
import { workflowIds } from '../../../src/contracts/names';
import { applicationState, decideReferral } from '../../../src/contracts/origination/application';
import { readDecisions } from '../../../src/db/evidence/decisions';
import { readApplication } from '../../../src/db/origination/applications';
import { withApi } from '../../support/api';
import { Credit, SOUND, until } from '../../support/credits';
import { type Deployment, TENANT, withDeployment } from '../../support/deployment';
import { historiesOf } from '../../support/replays';

const TOLD = { monthlyDebtServiceFen: 12_347, unsecuredDebtFen: 23_459, worstBureauCode: 1 };
const PROVED = { monthlyIncomeFen: 7_654_321, unsecuredDebtFen: 34_571 };
/** Values, and the names under which short ones would stand. */
const PLANTED = [...Object.values({ ...TOLD, ...PROVED, told: 23_459 }), ...Object.keys({ ...TOLD, ...PROVED })]
  .map(String)
  .filter((sign) => sign.length > 2);

/** All that a history holds, payloads decoded: what somebody with the Web UI can read. */
async function textOf({ env }: Deployment, workflowId: string): Promise<string> {
  const open = (value: unknown): unknown => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
    if (Array.isArray(value)) return value.map(open);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, open(each)]));
  };
  return JSON.stringify(open(await historiesOf(env, workflowId)));
}

const plantedIn = async (deployment: Deployment, workflowId: string) => {
  const text = await textOf(deployment, workflowId);
  return PLANTED.filter((sign) => text.includes(sign));
};

it('over HTTP no figure of a person enters a history, and a referral is granted by what was proved', () =>
  withDeployment(async (deployment) => {
    const { env, pool, started } = deployment;
    const application = workflowIds.application(TENANT, 'planted');
    const handle = env.client.workflow.getHandle(application);
    await withApi(deployment, async ({ post, get }) => {
      const borrower = { borrowerId: 'b-planted', name: '样例', idNumber: '000000199003071236', phone: '19900000001' };
      const { monthlyIncomeFen: _, ...known } = SOUND.finances;
      const asked = { applicationId: 'planted', product: 'cash-loan', requestedFen: 3_000_000, borrower };
      const facts = { ...SOUND, finances: { ...known, ...TOLD } };
      started.add(application);
      expect((await post('/v1/applications', 'apply', { ...asked, ...facts })).status).toBe(202);
      await until(async () => (await get('/v1/applications/planted')).stage === 'referred');

      const details = async () =>
        (await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata')).currentDetails;
      expect(await details()).toMatch(
        /^\*\*referred\*\* · an approval without further proof grants 1,000\.00 CNY of 30,000\.00 CNY asked · /,
      );
      const at = (what: string) => `/v1/applications/planted/referral-${what}`;
      const { body: without } = await post(at('previews'), 'unused', {});
      expect(without).toMatchObject({
        grantedFen: 100_000,
        reasonCodes: ['APPROVED_BY_PERSON', 'LIMIT_WITHOUT_FIGURES'],
      });
      const proved = { finances: PROVED };
      const { body: preview } = await post(at('previews'), 'unused', { proved });
      expect(preview).toMatchObject({ outcome: 'approved', missing: [] });
      expect(preview.grantedFen).toBeGreaterThan(1_000_000);

      const decision = { decision: 'approve', decidedBy: 'staff-01', reason: 'payslips seen' };
      const body = { ...decision, proved, shownFen: preview.grantedFen };
      const decided = await post(at('decisions'), 'decide', body);
      expect(decided).toMatchObject({
        status: 200,
        body: { stage: 'offered', requestedFen: 3_000_000, grantedFen: preview.grantedFen },
      });
      // The same word again, its answer lost: the same answer, and nothing is entered twice.
      expect((await post(at('decisions'), 'decide', body)).body).toEqual(decided.body);
      expect(await details()).toMatch(/^\*\*offered\*\* · granted [\d,.]+ CNY of 30,000\.00 CNY asked · reasons/);

      const row = await readApplication(pool, { tenantId: TENANT, applicationId: 'planted' });
      expect(row).toMatchObject({ facts: { finances: TOLD }, proved: { finances: PROVED } });
      const subject = { tenantId: TENANT, subjectKind: 'application' as const, subjectId: 'planted' };
      expect((await readDecisions(pool, subject)).at(-1)?.body).toMatchObject({
        requestedFen: 3_000_000,
        limitFen: preview.grantedFen,
        proved: { finances: PROVED },
        byPerson: { ...decision, decidedBy: 'system:test' },
      });
    });
    expect(await plantedIn(deployment, application)).toEqual([]);

    // The other way, so that this test would find them: who has Temporal alone gives them with the start.
    const other = await new Credit(deployment, 'told', 'cash-loan').apply({
      ...SOUND,
      finances: { ...SOUND.finances, ...TOLD },
    });
    await until(async () => (await other.query(applicationState)).stage !== 'assessing');
    const found = await plantedIn(deployment, workflowIds.application(TENANT, 'told'));
    expect(found).toEqual(expect.arrayContaining(['12347', '23459', 'worstBureauCode', 'monthlyIncomeFen']));
  }));

it('through Temporal alone a person gives the proved figures with the word, and they count alike', () =>
  withDeployment(async (deployment) => {
    const facts = { ...SOUND, finances: { ...SOUND.finances, monthlyIncomeFen: undefined } };
    const handle = await new Credit(deployment, 'alone', 'cash-loan').apply(facts, 3_000_000);
    await until(async () => (await handle.query(applicationState)).stage === 'referred');
    const decision = { decision: 'approve', decidedBy: 'staff-01', reason: 'payslips seen' } as const;
    await handle.executeUpdate(decideReferral, { args: [{ ...decision, proved: { finances: PROVED } }] });
    const { offer } = await handle.query(applicationState);
    expect(offer?.limitFen).toBeGreaterThan(1_000_000);
    const row = await readApplication(deployment.pool, { tenantId: TENANT, applicationId: 'alone' });
    expect(row?.proved).toEqual({ finances: PROVED });
  }));
