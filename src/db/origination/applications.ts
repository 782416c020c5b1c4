/** Applications: received, judged, offered, drawn. */
import type { ApplicationStage } from '../../domain/origination/applicationStages';
import type { Product } from '../../domain/policy/lendingPolicy';
import type { Assessment, AssessmentInput, ProvedFigures } from '../../domain/risk/assessment';
import type { DecimalRate, Fen } from '../../domain/values/money';
import { proveRow, signRow } from '../evidence/signedRows';
import type { Client, Reader } from '../transaction';
import { keepTold } from './toldFacts';

export interface ApplicationRef {
  tenantId: string;
  applicationId: string;
}

/** What was offered, as it crosses to the applicant. */
export interface OfferBody {
  product: Product;
  limitFen: Fen;
  dailyRate: DecimalRate;
  expiresAtMs: number;
  policyVersion: string;
}

/** As it was made; what it says of figures is in `referral_figures`. */
export interface ObjectionRow {
  /** Of whoever made it: the same one again is the same objection. */
  key: string;
  objectedBy: 'borrower' | 'on-behalf';
  reason: string;
  figuresId?: string | undefined;
  /** Who sent it. */
  principal: string;
  atMs: number;
}

export interface ApplicationRow extends ApplicationRef {
  borrowerId: string;
  product: Product;
  requestedFen: Fen;
  facts: AssessmentInput;
  /** What a person saw proof of, where one decided. */
  proved: ProvedFigures | null;
  stage: ApplicationStage;
  assessment: Assessment | null;
  offer: OfferBody | null;
  decideByMs: number | null;
  /** Until when a decline may be objected to; null: it may not. */
  objectUntilMs: number | null;
  /** At most one, for good. */
  objection: ObjectionRow | null;
  drawnFen: Fen;
  receivedAtMs: number;
  changedAtMs: number;
  /** First run of the workflow that took it up; null: none has, or from before it was kept. */
  lifeId: string | null;
}

export interface NewApplication extends ApplicationRef {
  borrowerId: string;
  product: Product;
  requestedFen: Fen;
  facts: AssessmentInput;
  receivedAtMs: number;
  /** Who sent it. */
  principal?: string | undefined;
}

export interface JudgedApplication extends ApplicationRef {
  stage: ApplicationStage;
  assessment: Assessment;
  offer?: OfferBody | undefined;
  decideByMs?: number | undefined;
  objectUntilMs?: number | undefined;
  /** Absent: that of before stays. */
  objection?: ObjectionRow | undefined;
  /** Absent: what was proved before stays. */
  proved?: ProvedFigures | undefined;
  atMs: number;
}

export interface ApplicationCount {
  product: Product;
  stage: ApplicationStage;
  count: number;
}

const COLUMNS = `tenant_id as "tenantId", application_id as "applicationId", borrower_id as "borrowerId", product,
  requested_fen as "requestedFen", facts, proved, stage, assessment, offer, decide_by_at_ms as "decideByMs",
  drawn_fen as "drawnFen", received_at_ms as "receivedAtMs", changed_at_ms as "changedAtMs",
  life_id as "lifeId", object_until_at_ms as "objectUntilMs", objection`;

/** Adds an application in stage `assessing`, and what it told with its consent; returns whether it is new. */
export async function insertApplication(client: Client, application: NewApplication): Promise<boolean> {
  const { tenantId, applicationId, borrowerId, product, requestedFen, facts, receivedAtMs, principal } = application;
  const { rowCount } = await client.query(
    `insert into application (tenant_id, application_id, borrower_id, product, requested_fen, facts, stage,
       received_at_ms, changed_at_ms, principal)
     values ($1, $2, $3, $4, $5, $6, 'assessing', $7, $7, $8) on conflict do nothing`,
    [
      tenantId,
      applicationId,
      borrowerId,
      product,
      requestedFen,
      JSON.stringify(facts),
      receivedAtMs,
      principal ?? null,
    ],
  );
  if (rowCount !== 1) return false;
  await signRow(client, 'application', [tenantId, applicationId]);
  await keepTold(client, application);
  return true;
}

/** The application, locked to the end of the transaction: one decision on it at a time. */
export async function lockApplication(client: Client, ref: ApplicationRef): Promise<ApplicationRow | undefined> {
  const { rows } = await client.query<ApplicationRow>(
    `select ${COLUMNS} from application where tenant_id = $1 and application_id = $2 for no key update`,
    [ref.tenantId, ref.applicationId],
  );
  return rows[0];
}

export async function readApplication(reader: Reader, ref: ApplicationRef): Promise<ApplicationRow | undefined> {
  const { rows } = await reader.query<ApplicationRow>(
    `select ${COLUMNS} from application where tenant_id = $1 and application_id = $2`,
    [ref.tenantId, ref.applicationId],
  );
  return rows[0];
}

/** How many applications there are by product and stage. */
export async function countApplications(
  reader: Reader,
  { tenantId }: { tenantId: string },
): Promise<ApplicationCount[]> {
  const { rows } = await reader.query<ApplicationCount>(
    `select product, stage, count(*) as count from application
      where tenant_id = $1 group by product, stage order by product, stage`,
    [tenantId],
  );
  return rows;
}

/** Keeps a judgement with the offer or the deadline that follows from it. */
export async function saveDecision(client: Client, judged: JudgedApplication): Promise<void> {
  const { tenantId, applicationId, stage, assessment, offer, decideByMs, proved, atMs } = judged;
  const { objectUntilMs, objection } = judged;
  await proveRow(client, 'application', [tenantId, applicationId]);
  await client.query(
    `update application set stage = $3, assessment = $4, offer = $5, limit_fen = $6, expires_at_ms = $7,
       decide_by_at_ms = $8, changed_at_ms = $9, proved = coalesce($10, proved), object_until_at_ms = $11,
       objection = coalesce($12, objection)
     where tenant_id = $1 and application_id = $2`,
    [
      tenantId,
      applicationId,
      stage,
      JSON.stringify(assessment),
      offer === undefined ? null : JSON.stringify(offer),
      offer?.limitFen ?? null,
      offer?.expiresAtMs ?? null,
      decideByMs ?? null,
      atMs,
      proved === undefined ? null : JSON.stringify(proved),
      objectUntilMs ?? null,
      objection === undefined ? null : JSON.stringify(objection),
    ],
  );
  await signRow(client, 'application', [tenantId, applicationId]);
}

/** The offer is over. Whether something was taken of it the books say, as `stageAfterOffer` of the domain. */
export async function closeOffer(
  client: Client,
  { tenantId, applicationId, atMs }: ApplicationRef & { atMs: number },
): Promise<void> {
  await proveRow(client, 'application', [tenantId, applicationId]);
  const { rowCount } = await client.query(
    `update application set stage = case when drawn_fen > 0 then 'accepted' else 'expired' end, changed_at_ms = $3
      where tenant_id = $1 and application_id = $2 and stage = 'offered'`,
    [tenantId, applicationId, atMs],
  );
  if (rowCount === 1) await signRow(client, 'application', [tenantId, applicationId]);
}

/** From now on it belongs to this run and what continues it. */
export async function takeUpApplication(
  client: Client,
  { tenantId, applicationId, lifeId }: ApplicationRef & { lifeId: string },
): Promise<void> {
  await client.query(
    `update application set life_id = $3
      where tenant_id = $1 and application_id = $2 and life_id is distinct from $3`,
    [tenantId, applicationId, lifeId],
  );
}

/** What was opened under the application's offer, in its order. */
export async function readDrawn(
  reader: Reader,
  { tenantId, applicationId }: ApplicationRef,
): Promise<{ accountIds: string[]; drawnFen: Fen } | undefined> {
  const { rows } = await reader.query<{ accountIds: string[]; drawnFen: Fen }>(
    `select array_agg(account_id order by opened_at_ms, account_id) as "accountIds",
       (select drawn_fen from application where tenant_id = $1 and application_id = $2) as "drawnFen"
     from credit_account where tenant_id = $1 and application_id = $2 having count(*) > 0`,
    [tenantId, applicationId],
  );
  return rows[0];
}
