/**
 * Who acted, and for whom: one caller with two names, messages that no API signed, another person under a known
 * borrower's id, and a second life under an id whose first run is gone.
 */
import { approveResume, TASK_QUEUE, workflowIds } from '../../contracts';
import { SIGNATURE, TEMPLATES } from '../../domain/policy/shippedTemplates';
import { REAL_TIME } from '../../domain/values/clock';
import { seeded } from '../../domain/values/random';
import { inventedResidentId } from '../../domain/values/residentId';
import { accepted } from './bodies';
import type { Route } from './routeTable';
import { AttackTally } from './tally';
import { ATTACKED_TENANT } from './target';
import { until, type WireAnswer } from './wire';
import type { World } from './world';

const ANSWER_WITHIN_MS = 16_000;
const GONE_WITHIN_MS = 20_000;
const LOOK_AFTER_MS = 3_000;

export async function attackByImpersonation(world: World, routes: readonly Route[]): Promise<AttackTally> {
  const tally = new AttackTally('impersonation');
  const scene = { world, tally, routes };
  const tries = [
    twoNamesResume,
    sameNameInCapitals,
    unsignedMessagesResume,
    twoNamesRestructure,
    authorReviews,
    anotherPersonsNumber,
    anotherPhone,
    secondLife,
  ];
  for (const attempt of tries) {
    try {
      await attempt(scene);
    } catch (error) {
      tally.fault('stopped', `${attempt.name}: the way to it is barred: ${(error as Error).message}`);
    }
  }
  return tally;
}

interface Scene {
  world: World;
  tally: AttackTally;
  routes: readonly Route[];
}

/** A write by one key, with the fields that the route has today: a name that is asked for no more is left out. */
function writeAs(
  { world, routes }: Scene,
  apiKey: string | undefined,
  url: string,
  { params, fields }: { params: Record<string, string>; fields: Record<string, unknown> },
): Promise<WireAnswer> {
  const route = routes.find((each) => each.method === 'POST' && each.url === url);
  if (!route) throw new Error(`there is no POST ${url} any more`);
  const draw = {
    random: seeded(1),
    today: world.today(),
    freshId: () => world.freshId('who'),
    hints: (field: string) => fields[field],
    fullness: 0,
  };
  const body = route.body && accepted(route.body, draw);
  const path = url.replace(/:(\w+)/g, (_, name: string) => params[name] ?? '');
  const sent = { method: 'POST', path, body, apiKey, idempotencyKey: world.freshId('who-key') };
  return world.target.wire.insist(sent, ANSWER_WITHIN_MS);
}

async function stageOf({ world }: Scene, incidentId: string): Promise<string> {
  const { body } = await world.target.wire.get(`/v1/incidents/${incidentId}`);
  return body?.stage;
}

const RESUME = '/v1/incidents/:id/resume-approvals';

async function twoNamesResume(scene: Scene): Promise<void> {
  const id = await scene.world.openIncident();
  const key = scene.world.target.wire.keys[0];
  await writeAs(scene, key, RESUME, { params: { id }, fields: { by: 'staff-a' } });
  await writeAs(scene, key, RESUME, { params: { id }, fields: { by: 'staff-b' } });
  const stage = await stageOf(scene, id);
  scene.tally.expect(stage !== 'resumed', 'minted', 'one key under two names lifts the measures of an incident');
}

async function sameNameInCapitals(scene: Scene): Promise<void> {
  const id = await scene.world.openIncident();
  const key = scene.world.target.wire.keys[1];
  await writeAs(scene, key, RESUME, { params: { id }, fields: { by: 'staff-wang' } });
  await writeAs(scene, key, RESUME, { params: { id }, fields: { by: 'Staff-WANG' } });
  const stage = await stageOf(scene, id);
  scene.tally.expect(stage !== 'resumed', 'minted', 'one name, once in capitals, counts as two people');
}

/** As from the Web UI: whoever reaches Temporal says what he likes. */
async function unsignedMessagesResume(scene: Scene): Promise<void> {
  const id = await scene.world.openIncident();
  await writeAs(scene, scene.world.target.wire.keys[2], '/v1/incidents/:id/acknowledgement', {
    params: { id },
    fields: { by: 'staff-c' },
  });
  const handle = scene.world.target.system.temporal.workflow.getHandle(workflowIds.incident(ATTACKED_TENANT, id));
  for (const by of ['staff-d', 'staff-e']) {
    const args: [{ by: string }] = [{ by }];
    const outcome = await handle.executeUpdate(approveResume, { args }).then(
      () => true,
      () => false,
    );
    if (!outcome) scene.tally.refused();
  }
  const stage = await stageOf(scene, id);
  scene.tally.expect(
    stage !== 'resumed',
    'minted',
    'two unsigned messages from Temporal lift the measures of an incident',
  );
}

async function twoNamesRestructure(scene: Scene): Promise<void> {
  const { accountId } = await scene.world.open('cash-loan');
  const key = scene.world.target.wire.keys[3];
  const fields = { agreedOn: undefined, months: 12, dailyRate: '0.0003', decidedBy: ['staff-a', 'staff-b'] };
  const url = '/v1/accounts/:id/restructurings';
  await writeAs(scene, key, url, { params: { id: accountId }, fields });
  // A way of approving by the same caller, where there is one.
  for (const route of scene.routes.filter((each) => each.url.startsWith(`${url}/:`) && each.method === 'POST')) {
    const [proposal] = await scene.world.target.rows<{ key: string }>(
      `select business_key as key from account_fact where tenant_id = $1 and account_id = $2 and kind like 'restructur%'`,
      [ATTACKED_TENANT, accountId],
    );
    const restructuringId = proposal?.key.split('/').at(-1) ?? 'none';
    await writeAs(scene, key, route.url, {
      params: { id: accountId, restructuringId },
      fields: { decidedBy: 'staff-b' },
    });
  }
  const done = await scene.world.target.rows(
    `select 1 from account_fact where tenant_id = $1 and account_id = $2 and kind = 'restructured'`,
    [ATTACKED_TENANT, accountId],
  );
  scene.tally.expect(done.length === 0, 'minted', 'one call with two names in it restructures a loan');
}

async function authorReviews(scene: Scene): Promise<void> {
  const kind = 'due-soon';
  const { body: list } = await scene.world.target.wire.get(`/v1/templates?kind=${kind}`);
  const versions = ((list?.items ?? []) as { version: number }[]).map((item) => item.version);
  const version = 1 + Math.max(1, ...versions);
  const key = scene.world.target.wire.keys[4];
  const draft = { kind, version, body: TEMPLATES[kind].body, signature: SIGNATURE, submittedBy: 'staff-a' };
  await writeAs(scene, key, '/v1/templates', { params: {}, fields: draft });
  const decision = { decidedBy: 'staff-b', decision: 'approve', reason: 'fine' };
  const params = { kind, version: String(version) };
  await writeAs(scene, key, '/v1/templates/:kind/:version/decision', { params, fields: decision });
  const { body: text } = await scene.world.target.wire.get(`/v1/templates/${kind}/${version}`);
  const isApproved = text?.approvedBy != null;
  scene.tally.expect(!isApproved, 'minted', 'one key under two names writes a notice text and approves it');
}

async function anotherPersonsNumber({ world, tally }: Scene): Promise<void> {
  const known = await world.open('revolving');
  const body = world.application('cash-loan');
  const borrower = { ...body.borrower, borrowerId: known.borrowerId, idNumber: inventedResidentId(900_001) };
  const answer = await world.write('/v1/applications', { ...body, borrower });
  if (answer.status === 409) tally.refused();
  else tally.fault('minted', `another ID number for a known borrower is answered ${answer.status}`);
}

async function anotherPhone({ world, tally }: Scene): Promise<void> {
  const known = await world.open('revolving');
  const rows = () =>
    world.target.rows<{ row: string }>(
      'select row_to_json(vault_identity)::text as row from vault_identity where tenant_id = $1 and borrower_id = $2',
      [ATTACKED_TENANT, known.borrowerId],
    );
  const before = await rows();
  const [{ borrower } = { borrower: undefined }] = [world.application('cash-loan')];
  const body = world.application('cash-loan');
  await world.write('/v1/applications', {
    ...body,
    borrower: { ...borrower, borrowerId: known.borrowerId, phone: '19900009999' },
  });
  const after = new Set((await rows()).map(({ row }) => row));
  const areKept = before.every(({ row }) => after.has(row));
  tally.expect(areKept, 'minted', 'an application overwrites name and phone of a known borrower');
}

/** Closed runs go when their retention is over: then the books alone know the id. */
async function secondLife({ world, tally }: Scene): Promise<void> {
  const body = world.application('revolving');
  const { applicationId } = body;
  await world.write('/v1/applications', body);
  await world.stageOf(applicationId);
  await world.accept(applicationId, {});
  const workflowId = workflowIds.application(ATTACKED_TENANT, applicationId);
  const { workflow, connection } = world.target.system.temporal;
  await workflow.getHandle(workflowId).result();
  const first = await world.stageOf(applicationId);
  await connection.workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution: { workflowId } });
  const isRunning = () =>
    workflow
      .getHandle(workflowId)
      .describe()
      .then(({ status }) => status.name === 'RUNNING')
      .catch(() => undefined);
  await until(async () => (await isRunning()) === undefined, GONE_WITHIN_MS);
  await world.write('/v1/applications', body);
  await new Promise((resolve) => setTimeout(resolve, LOOK_AFTER_MS));
  tally.expect(
    (await isRunning()) !== true,
    'doubled',
    'an application of a deleted run, sent again, lives a second time',
  );
  const stage = await world.stageOf(applicationId);
  tally.expect(stage === first, 'doubled', `an application of a deleted run turned from ${first} to ${stage}`);
  await takeOver(world, tally, { applicationId, workflowId });
}

async function takeOver(
  world: World,
  tally: AttackTally,
  of: { applicationId: string; workflowId: string },
): Promise<void> {
  const { applicationId, workflowId } = of;
  const { workflow, connection } = world.target.system.temporal;
  await workflow
    .getHandle(workflowId)
    .terminate()
    .catch(() => undefined);
  await connection.workflowService
    .deleteWorkflowExecution({ namespace: 'default', workflowExecution: { workflowId } })
    .catch(() => undefined);
  const other = await world.open('revolving');
  const input = { ...world.application('revolving', applicationId), borrower: undefined };
  const { requestedFen, product, identity, finances, behaviour } = input;
  const args = [
    {
      tenantId: ATTACKED_TENANT,
      applicationId,
      borrowerId: other.borrowerId,
      product,
      requestedFen,
      facts: { identity, finances, behaviour },
      clock: REAL_TIME,
    },
  ];
  const started = await workflow
    .start('application', { workflowId, taskQueue: TASK_QUEUE, args, workflowIdReusePolicy: 'ALLOW_DUPLICATE' })
    .catch(() => undefined);
  if (!started) return tally.refused();
  await new Promise((resolve) => setTimeout(resolve, LOOK_AFTER_MS));
  const state = await started.describe();
  const isOffered =
    state.status.name === 'RUNNING' &&
    JSON.stringify(await started.query('applicationState').catch(() => '')).includes('offered');
  tally.expect(!isOffered, 'minted', 'through Temporal another borrower takes over the offer of a deleted run');
}
