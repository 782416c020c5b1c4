/** Models that judge applicants: the card and where it stands, and the events of its life, on the chain of evidence. */
import type { Scorecard } from '../../domain/policy/lendingPolicy';
import type { RiskCard } from '../../domain/risk/cards/card';
import type { ModelRow } from '../../domain/risk/modelLife';
import type { ModelEvent, ModelForm, ModelStage } from '../../domain/risk/modelStages';
import type { PsiBaseline, ScoresOnRecord } from '../../domain/risk/modelStanding';
import { contentHash } from '../contentHash';
import { appendEvidence } from '../evidence/evidenceRecords';
import { modelEvidence } from '../evidence/recordContents';
import type { Client, Reader } from '../transaction';

export interface ModelRef {
  tenantId: string;
  card: string;
  version: string;
}

export interface NewModel extends ModelRef {
  form: ModelForm;
  content: Scorecard | RiskCard;
  /** Shares of scores by band; of a card without one its first decisions are the baseline. */
  psiBaseline?: PsiBaseline | undefined;
  developedBy: string;
  registeredAtMs: number;
}

export interface ModelOnRecord extends ModelRow, ModelRef {
  /** `CARD-VERSION`, as policies and decisions name it. */
  model: string;
  contentHash: string;
  psiBaseline: PsiBaseline | null;
  registeredAtMs: number;
}

export interface ModelEventRow {
  eventKey: string;
  kind: ModelEvent;
  atMs: number;
  by: string;
  body: Record<string, unknown>;
}

const COLUMNS = `tenant_id as "tenantId", card, version, model, form, content, content_hash as "contentHash",
  psi_baseline as "psiBaseline", stage, developed_by as "developedBy", registered_at_ms as "registeredAtMs", test,
  first_promotion_by as "firstPromotionBy", valid_until_ms as "validUntilMs"`;

/** A model with its first event. `conflict`: that version is on record with another card, or by somebody else. */
export async function registerModel(client: Client, model: NewModel): Promise<'inserted' | 'repeated' | 'conflict'> {
  const { tenantId, card, version, form, content, psiBaseline, developedBy, registeredAtMs: atMs } = model;
  const hash = contentHash({ form, content, psiBaseline });
  const { rowCount } = await client.query(
    `insert into risk_model (tenant_id, card, version, form, content, content_hash, psi_baseline, developed_by,
       registered_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [
      tenantId,
      card,
      version,
      form,
      JSON.stringify(content),
      hash,
      psiBaseline ? JSON.stringify(psiBaseline) : null,
      developedBy,
      atMs,
    ],
  );
  if (rowCount === 1) {
    const body = { stage: 'developed', contentHash: hash };
    await recordModelEvent(client, {
      ...model,
      eventKey: 'registered',
      kind: 'registered',
      by: developedBy,
      atMs,
      body,
    });
    return 'inserted';
  }
  const known = await readModel(client, model);
  return known?.contentHash === hash && known.developedBy === developedBy ? 'repeated' : 'conflict';
}

/** One that is active from the start, as it comes with a release; false where its version is on record already. */
export async function placeModel(
  client: Client,
  model: NewModel & { validUntilMs: number; reason: string },
): Promise<boolean> {
  const { tenantId, card, version, form, content, developedBy, registeredAtMs: atMs, validUntilMs, reason } = model;
  const hash = contentHash({ form, content });
  const { rowCount } = await client.query(
    `insert into risk_model (tenant_id, card, version, form, content, content_hash, stage, developed_by,
       registered_at_ms, valid_until_ms)
     values ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $9) on conflict do nothing`,
    [tenantId, card, version, form, JSON.stringify(content), hash, developedBy, atMs, validUntilMs],
  );
  if (rowCount === 0) return false;
  const body = { stage: 'active', contentHash: hash, validUntilMs, reason };
  await recordModelEvent(client, { ...model, eventKey: 'registered', kind: 'registered', by: developedBy, atMs, body });
  return true;
}

/** Last in its transaction, because from here on the tenant's chain is held. */
export async function recordModelEvent(client: Client, event: ModelRef & ModelEventRow): Promise<void> {
  const { tenantId, card, version, eventKey, kind, atMs, by, body } = event;
  await client.query(
    `insert into model_event (tenant_id, card, version, event_key, kind, at_ms, by, body)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [tenantId, card, version, eventKey, kind, atMs, by, JSON.stringify(body)],
  );
  const records = [modelEvidence({ modelId: `${card}/${version}`, eventKey, kind, by, body, atMs })];
  await appendEvidence(client, { tenantId, records });
}

export async function readModelEvents(reader: Reader, { tenantId, card, version }: ModelRef): Promise<ModelEventRow[]> {
  const { rows } = await reader.query<ModelEventRow>(
    `select event_key as "eventKey", kind, at_ms as "atMs", by, body from model_event
      where tenant_id = $1 and card = $2 and version = $3 order by event_id`,
    [tenantId, card, version],
  );
  return rows;
}

export function readModel(reader: Reader, ref: ModelRef): Promise<ModelOnRecord | undefined> {
  return selectModel(reader, ref, '');
}

/** To the end of the transaction. */
export function lockModel(client: Client, ref: ModelRef): Promise<ModelOnRecord | undefined> {
  return selectModel(client, ref, 'for no key update');
}

async function selectModel(
  reader: Reader,
  { tenantId, card, version }: ModelRef,
  lock: '' | 'for no key update',
): Promise<ModelOnRecord | undefined> {
  const { rows } = await reader.query<ModelOnRecord>(
    `select ${COLUMNS} from risk_model where tenant_id = $1 and card = $2 and version = $3 ${lock}`,
    [tenantId, card, version],
  );
  return rows[0];
}

export async function listModels(reader: Reader, { tenantId }: { tenantId: string }): Promise<ModelOnRecord[]> {
  const { rows } = await reader.query<ModelOnRecord>(
    `select ${COLUMNS} from risk_model where tenant_id = $1 order by card, version`,
    [tenantId],
  );
  return rows;
}

/** By the names that policies give them; those that are not on record are left out. */
export async function modelsNamed(
  reader: Reader,
  { tenantId, names }: { tenantId: string; names: readonly string[] },
): Promise<ReadonlyMap<string, ModelOnRecord>> {
  const { rows } = await reader.query<ModelOnRecord>(
    `select ${COLUMNS} from risk_model where tenant_id = $1 and model = any($2)`,
    [tenantId, [...names]],
  );
  return new Map(rows.map((row) => [row.model, row]));
}

export type ModelChange = Partial<Pick<ModelOnRecord, 'test' | 'firstPromotionBy' | 'validUntilMs'>> & {
  stage?: ModelStage;
};

/** The caller has locked it. */
export async function saveModel(client: Client, row: ModelOnRecord, change: ModelChange): Promise<ModelOnRecord> {
  const after = { ...row, ...change };
  await client.query(
    `update risk_model set stage = $4, test = $5, first_promotion_by = $6, valid_until_ms = $7
      where tenant_id = $1 and card = $2 and version = $3`,
    [
      row.tenantId,
      row.card,
      row.version,
      after.stage,
      after.test ? JSON.stringify(after.test) : null,
      after.firstPromotionBy,
      after.validUntilMs,
    ],
  );
  return after;
}

/** Scores of the rules' decisions by a card, its first and its last ones. */
export async function readScores(
  reader: Reader,
  { tenantId, model, count }: { tenantId: string; model: string; count: number },
): Promise<ScoresOnRecord> {
  const read = async (order: 'asc' | 'desc') => {
    const { rows } = await reader.query<{ points: number }>(
      `select (body ->> 'scorePoints')::float8 as points from decision_record
        where tenant_id = $1 and subject_kind = 'application' and decided_by = 'policy'
          and body -> 'basis' ->> 'cardVersion' = $2 and (body ->> 'scorePoints') is not null
        order by decision_id ${order} limit $3`,
      [tenantId, model, count],
    );
    return rows.map(({ points }) => points);
  };
  return { first: await read('asc'), last: await read('desc') };
}
