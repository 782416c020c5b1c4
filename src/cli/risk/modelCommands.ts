/** What the commands on models do: registering and reading in the books, everything else through the workflow. */
import { randomUUID } from 'node:crypto';
import type { UpdateDefinition } from '@temporalio/common';
import type { Pool } from 'pg';
import type { ModelAnswer } from '../../contracts/risk/modelReview';
import { modelReviewClient, startModelReview } from '../../contracts/risk/modelReviewClient';
import { compareCards } from '../../db/risk/cardComparison';
import { listModels, type ModelOnRecord, readModel, readModelEvents, registerModel } from '../../db/risk/models';
import { inTransaction } from '../../db/transaction';
import { BAND_POINTS } from '../../domain/risk/cardComparison';
import { MODEL_REFUSALS } from '../../domain/risk/modelLife';
import { businessTimeMs, SHANGHAI } from '../../domain/values/clock';
import { instantWords } from '../../domain/values/dateWords';
import { currentBusinessClock } from '../../platform/businessClock';
import { OutcomeUnknown } from '../../platform/outcomeUnknown';
import type { ModelCard } from '../../platform/policy/modelCard';
import { actingAs } from '../../platform/signedGateway';
import { ArgumentError } from '../arguments';
import type { Work } from '../incidents/incidentCommands';
import { alignedLines } from '../textTable';

export interface NamedModel {
  card: string;
  version: string;
}

const COLUMNS = ['model', 'stage', 'developed by', 'validated until'];

export function listingModels(): Work {
  return async ({ pool, tenantId }) => {
    const rows = await listModels(pool, { tenantId });
    const lines =
      rows.length === 0 ? ['there are none'] : alignedLines([COLUMNS, ...rows.map(cellsOf)], COLUMNS.length);
    return { data: { items: rows.map(({ content: _, ...row }) => row) }, lines, isRefused: false };
  };
}

function cellsOf({ model, stage, developedBy, validUntilMs }: ModelOnRecord): string[] {
  return [model, stage, developedBy, validUntilMs === null ? '' : instantWords(validUntilMs, SHANGHAI)];
}

export function showingModel(named: NamedModel): Work {
  return async ({ pool, tenantId }) => {
    const row = await known(pool, tenantId, named);
    const events = await readModelEvents(pool, row);
    const told = events.map(({ atMs, by, kind, body }) => {
      const reason = typeof body.reason === 'string' ? `: ${body.reason}` : '';
      return `${instantWords(atMs, SHANGHAI)}  ${by}  ${kind}${reason}`;
    });
    return { data: { ...row, events }, lines: [cellsOf(row).join('  ').trimEnd(), ...told], isRefused: false };
  };
}

/** On record with its commit; a workflow that cannot be started now is started by the first word. */
export function registering(named: NamedModel, card: ModelCard): Work {
  return async ({ pool, tenantId, temporal, operator }) => {
    const { principal: developedBy } = await operator();
    const clock = await currentBusinessClock(pool);
    const registeredAtMs = businessTimeMs(clock, Date.now());
    const outcome = await inTransaction(pool, (client) =>
      registerModel(client, { tenantId, ...named, ...card, developedBy, registeredAtMs }),
    );
    const model = `${named.card}-${named.version}`;
    if (outcome === 'conflict') {
      const words = `${model} is on record with other content, or of another person: register another version`;
      return { data: { model, status: 'conflict' }, lines: [words], isRefused: true };
    }
    const gateway = await temporal();
    if (gateway) await startModelReview(gateway, { tenantId, ...named, clock });
    return { data: { model, status: outcome }, lines: [`${model} is on record`], isRefused: false };
  };
}

/** An update of the model's workflow; one that nobody has started is started first. */
export function tellingModel<Message>(
  named: NamedModel,
  definition: UpdateDefinition<ModelAnswer, [Message]>,
  said: Omit<Message, 'by' | 'actor'>,
  key: string = randomUUID(),
): Work {
  return async ({ pool, tenantId, temporal, operator }) => {
    const { model } = await known(pool, tenantId, named);
    const { principal, actors } = await operator();
    const unsigned = await temporal();
    if (!unsigned) throw new ArgumentError('TEMPORAL_ADDRESS is not set: set it, such as 127.0.0.1:7233');
    const gateway = actingAs({ gateway: unsigned, actors: actors(), principal, now: () => Date.now() });
    const workflow = modelReviewClient(gateway, { tenantId, ...named });
    const ask = () => workflow.update(definition, { ...said, by: principal } as Message, key);
    try {
      let outcome = await ask();
      if (outcome.status === 'not-running') {
        await startModelReview(gateway, { tenantId, ...named, clock: await currentBusinessClock(pool) });
        outcome = await ask();
      }
      if (outcome.status === 'rejected') throw new ArgumentError(outcome.detail);
      if (outcome.status === 'not-running') {
        return { data: { status: 'ended' }, lines: [MODEL_REFUSALS.ended], isRefused: true };
      }
      return toldOf(outcome.answer, model);
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
      const words = `it is not known whether this was done: give the same command again with --key ${key}; it is done once`;
      return { data: { status: 'unknown', key }, lines: [words], isRefused: true };
    }
  };
}

function toldOf(answer: ModelAnswer, model: string) {
  const isRefused = answer.status === 'refused';
  const words = answer.status === 'refused' ? `refused: ${MODEL_REFUSALS[answer.refusal]}` : `${answer.status};`;
  return { data: answer, lines: [`${words} ${model} is ${answer.stage}`], isRefused };
}

const COMPARED = ['card', 'from points', 'decisions', 'opened', '30+ days or worse'];

export function comparing(): Work {
  return async ({ pool, tenantId }) => {
    const items = await compareCards(pool, { tenantId, bandPoints: BAND_POINTS });
    const lines = items.flatMap((pair) => [
      `${pair.champion} decides, ${pair.challenger} in the shadow: ${pair.decisions} decisions`,
      `approved: ${pair.championApproved} and ${pair.challengerApproved}; they differ on ${pair.disagreements}`,
      ...alignedLines(
        [
          COMPARED,
          ...pair.outcomes.map(({ card, fromPoints, decisions, opened, bad }) =>
            [card, fromPoints, decisions, opened, bad].map(String),
          ),
        ],
        1,
      ),
    ]);
    return { data: { items }, lines: lines.length === 0 ? ['no challenger has scored'] : lines, isRefused: false };
  };
}

async function known(pool: Pool, tenantId: string, { card, version }: NamedModel): Promise<ModelOnRecord> {
  const row = await readModel(pool, { tenantId, card, version });
  if (!row) throw new ArgumentError(`there is no model ${card} ${version}; \`models list\` shows what there is`);
  return row;
}
