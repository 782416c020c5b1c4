/** The steps of a model's life: what is decided is written and returned in one transaction. */
import type { AdvanceModel, AdvanceModelResult, ModelMessage, ModelReviewActivities } from '../../contracts/activities';
import { workflowIds } from '../../contracts/names';
import {
  type ModelAnswer,
  type ModelReviewState,
  promoteModel,
  recordModelTest,
  retireModel,
  revalidateModel,
  reviewModel,
} from '../../contracts/risk/modelReview';
import { keepRefusedMessage } from '../../db/credit/refusedMessages';
import { withoutActor } from '../../db/evidence/actorSeals';
import { faultName } from '../../db/faults';
import { lockModel, type ModelOnRecord, readModelEvents, recordModelEvent, saveModel } from '../../db/risk/models';
import type { Client } from '../../db/transaction';
import { afterDeadline, afterWord, type ModelWord, unevenGroups } from '../../domain/risk/modelLife';
import { UNVERIFIED } from '../../domain/values/principals';
import type { BookDependencies } from '../bookDependencies';
import { takeOrRefuse } from '../messageAtFault';

type ModelDependencies = Pick<BookDependencies, 'pool' | 'actors'>;

/** Who decides where nobody does. */
const DEADLINE = 'deadline';

const UPDATES: Record<ModelMessage['kind'], string> = {
  test: recordModelTest.name,
  review: reviewModel.name,
  promotion: promoteModel.name,
  revalidation: revalidateModel.name,
  retirement: retireModel.name,
};

export function createModelReviewActivities(deps: ModelDependencies): ModelReviewActivities {
  return {
    /** Safe to retry: each event has a key, and a message that is recorded already is answered by where things stand. */
    advanceModel: (input) =>
      takeOrRefuse(deps.pool, {
        take: (client) => advance(deps, client, input),
        refuse: (client, fault) => advanceWithout(deps, client, input, fault),
      }),
  };
}

async function advance(deps: ModelDependencies, client: Client, input: AdvanceModel): Promise<AdvanceModelResult> {
  const { tenantId, card, version, asOfMs, message, workflowId } = input;
  const found = await lockModel(client, { tenantId, card, version });
  if (!found) return { fault: `model ${card} version ${version} is not on record: register it first` };
  const expected = workflowIds.modelReview(tenantId, card, version);
  if (workflowId !== undefined && workflowId !== expected) return { fault: `the model lives as ${expected}` };
  const row = await lapse(client, found, asOfMs);
  if (!message) return { state: stateOf(row), answer: { status: 'accepted', stage: row.stage } };
  return take(client, row, { message, word: wordOf(deps, input, message), asOfMs });
}

async function lapse(client: Client, row: ModelOnRecord, asOfMs: number): Promise<ModelOnRecord> {
  const change = afterDeadline(row, asOfMs);
  if (!change) return row;
  const after = await saveModel(client, row, change);
  const eventKey = `lapse/${row.validUntilMs}`;
  const body = { stage: after.stage, reason: 'nobody validated it again in time' };
  await recordModelEvent(client, { ...row, eventKey, kind: 'lapse', by: DEADLINE, atMs: asOfMs, body });
  return after;
}

async function take(
  client: Client,
  row: ModelOnRecord,
  { message, word, asOfMs }: { message: ModelMessage; word: ModelWord; asOfMs: number },
): Promise<AdvanceModelResult> {
  const eventKey = `${message.kind}/${message.key}`;
  const events = await readModelEvents(client, row);
  // Said before, and its answer was lost.
  const isKnown = events.some((event) => event.eventKey === eventKey);
  const outcome = isKnown ? { change: {} } : afterWord(row, word, asOfMs);
  if ('refusal' in outcome) {
    const { refusal } = outcome;
    return { state: stateOf(row), answer: { status: 'refused', refusal, stage: row.stage } };
  }
  const after = isKnown ? row : await saveModel(client, row, outcome.change);
  if (!isKnown) {
    const { kind, by, ...said } = word;
    const body = { ...said, stage: after.stage, unevenGroups: unevenGroups(after) };
    await recordModelEvent(client, { ...row, eventKey, kind, by, atMs: asOfMs, body });
  }
  const needsSecond = word.kind === 'promotion' && after.stage === 'reviewed';
  const answer: ModelAnswer = { status: needsSecond ? 'needs-second-person' : 'accepted', stage: after.stage };
  return { state: stateOf(after), answer };
}

/** What was told, by its principal; the name that was said counts for nothing. */
function wordOf(
  { actors }: ModelDependencies,
  { tenantId, card, version }: AdvanceModel,
  { kind, key, message }: ModelMessage,
): ModelWord {
  const workflowId = workflowIds.modelReview(tenantId, card, version);
  const by = actors?.principalOf({ workflowId, name: UPDATES[kind], message }, key) ?? UNVERIFIED;
  return { ...withoutActor(message), kind, by } as ModelWord;
}

/** Somebody's word is kept and refused; what the workflow does by itself has no sender, and is tried again. */
async function advanceWithout(
  deps: ModelDependencies,
  client: Client,
  input: AdvanceModel,
  fault: unknown,
): Promise<AdvanceModelResult> {
  const { tenantId, card, version, message, asOfMs } = input;
  if (!message) throw fault;
  const result = await advance(deps, client, { ...input, message: undefined });
  if ('fault' in result) return result;
  const kept = { kind: message.kind, fault: faultName(fault), message: withoutActor(message.message), atMs: asOfMs };
  await keepRefusedMessage(client, { tenantId, subjectKind: 'model', subjectId: `${card}/${version}`, ...kept });
  return { ...result, answer: { status: 'refused', refusal: 'not-taken', stage: result.state.stage } };
}

function stateOf(row: ModelOnRecord): ModelReviewState {
  const { stage, model, validUntilMs, firstPromotionBy } = row;
  return {
    stage,
    validUntilMs: validUntilMs ?? undefined,
    firstPromotionBy: firstPromotionBy ?? undefined,
    unevenGroups: unevenGroups(row),
    summary: `**${stage}** · ${model}`,
  };
}
