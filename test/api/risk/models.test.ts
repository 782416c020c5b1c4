/** Models over HTTP: what the gate refuses, what is kept, and what people tell the workflow of one. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { placeShippedModels } from '../../../src/activities/operations/shippedModels';
import { recordDecision } from '../../../src/db/evidence/decisions';
import { inTransaction } from '../../../src/db/transaction';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { SHIPPED_CARDS } from '../../../src/domain/risk/cards/shippedCards';
import { HOLDOUT } from '../../support/models';
import { type Harness, NOW_MS, startHarness, TENANT } from '../harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(() => {
  harness.gateway.asked = [];
  harness.gateway.outcome = { status: 'answered', answer: { status: 'accepted', stage: 'tested' } };
});
afterAll(() => harness.close());

const { scorecard } = defaultPolicy.assessment;
const MODEL = { card: 'challenger', version: '2026-02', content: { ...scorecard, version: 'challenger-2026-02' } };

describe('registering', () => {
  it('keeps the card and starts the life of the model, in both forms', async () => {
    const { status, body } = await harness.post('/v1/models', MODEL);
    expect(status).toBe(201);
    expect(body).toMatchObject({ model: 'challenger-2026-02', stage: 'developed' });
    expect(harness.gateway.asked).toMatchObject([
      { kind: 'start', input: { tenantId: TENANT, card: 'challenger', version: '2026-02' } },
    ]);
    const trained = { card: 'behaviour', version: '1', content: SHIPPED_CARDS.behaviour as object };
    expect((await harness.post('/v1/models', trained)).status).toBe(201);
    const view = await harness.get('/v1/models/behaviour/1');
    expect(view.body).toMatchObject({ form: 'trained', developedBy: 'system:test', content: { id: 'behaviour' } });
    expect(view.body.events).toMatchObject([{ kind: 'registered', by: 'system:test' }]);
  });

  it.each([
    ['another name', { ...MODEL, content: scorecard }, 'calls itself expert-2026-01'],
    ['no bins', { ...MODEL, content: { ...MODEL.content, characteristics: [] } }, 'characteristics'],
    [
      'a column that may only measure',
      {
        card: 'behaviour',
        version: '2',
        content: {
          ...(SHIPPED_CARDS.behaviour as { columns: object[] }),
          version: 2,
          columns: [
            ...(SHIPPED_CARDS.behaviour as { columns: object[] }).columns,
            { name: 'SEX', kind: 'code', min: 1, max: 2 },
          ],
        },
      },
      'may only measure fairness',
    ],
    ['a baseline that does not add up', { ...MODEL, psiBaseline: { below: [500], shares: [0.5, 0.6] } }, 'add up'],
  ])('refuses a card with %s, and keeps nothing', async (_, model, fault) => {
    const before = (await harness.get('/v1/models')).body.items.length;
    const { status, body } = await harness.post('/v1/models', model);
    expect(status).toBe(400);
    expect(JSON.stringify(body.errors)).toContain(fault);
    expect((await harness.get('/v1/models')).body.items).toHaveLength(before);
  });

  it('refuses another card under a version that is there', async () => {
    const other = { ...MODEL, content: { ...MODEL.content, basePoints: 1 } };
    expect(await harness.post('/v1/models', other)).toMatchObject({
      status: 409,
      body: { type: 'urn:creditloom:problem:version-taken' },
    });
  });
});

describe('telling', () => {
  it.each([
    ['tests', 'recordModelTest', { test: HOLDOUT }],
    ['review', 'reviewModel', { decision: 'approve', reason: 'sound' }],
    ['promotions', 'promoteModel', { reason: 'it is to decide' }],
    ['revalidations', 'revalidateModel', { test: HOLDOUT, reason: 'sound' }],
    ['retirement', 'retireModel', { reason: 'over' }],
  ])('%s is one update of the workflow, by the principal of the key', async (path, name, body) => {
    const url = `/v1/models/challenger/2026-02/${path}`;
    expect((await harness.post(url, body)).status).toBe(200);
    expect(JSON.stringify(harness.gateway.asked)).toContain(name);
    expect(JSON.stringify(harness.gateway.asked)).toContain('"by":"system:test"');
    harness.gateway.outcome = {
      status: 'answered',
      answer: { status: 'refused', refusal: 'developer', stage: 'tested' },
    };
    expect(await harness.post(url, body)).toMatchObject({
      status: 409,
      body: { type: 'urn:creditloom:problem:developer' },
    });
  });
});

describe('a card that comes with a release', () => {
  it('is active for a year from the first preparation on, and a second one makes it no longer', async () => {
    const placing = (asOfMs: number) =>
      placeShippedModels(harness.pool, { tenantId: TENANT, policies: [defaultPolicy], asOfMs });
    expect(await placing(NOW_MS)).toEqual(['expert-2026-01']);
    expect(await placing(NOW_MS + 1)).toEqual([]);
    const { body } = await harness.get('/v1/models/expert/2026-01');
    expect(body).toMatchObject({ stage: 'active', validUntilMs: NOW_MS + 365 * 86_400_000 });
  });
});

describe('comparing', () => {
  it('counts whom each card approves, and where they differ, by bands of the score', async () => {
    const shadowed = (kind: string, scorePoints: number, points: number, outcome: string) =>
      inTransaction(harness.pool, (client) =>
        recordDecision(client, {
          tenantId: TENANT,
          subjectKind: 'application',
          subjectId: `a-${scorePoints}`,
          kind,
          reasonCodes: [],
          policyVersion: defaultPolicy.version,
          body: {
            scorePoints,
            basis: { cardVersion: 'expert-2026-01' },
            shadow: { model: 'challenger-2026-02', points, outcome },
          },
          decidedAtMs: NOW_MS,
          decidedBy: 'policy',
        }),
      );
    await shadowed('approved', 610, 555, 'declined');
    await shadowed('approved', 650, 619, 'approved');
    await shadowed('declined', 500, 450, 'declined');
    const { body } = await harness.get('/v1/model-comparison');
    expect(body.items).toEqual([
      {
        champion: 'expert-2026-01',
        challenger: 'challenger-2026-02',
        decisions: 3,
        championApproved: 2,
        challengerApproved: 1,
        disagreements: 1,
        outcomes: expect.arrayContaining([
          { card: 'champion', fromPoints: 600, decisions: 1, opened: 0, bad: 0 },
          { card: 'challenger', fromPoints: 540, decisions: 1, opened: 0, bad: 0 },
        ]),
      },
    ]);
  });
});
