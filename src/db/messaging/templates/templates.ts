/** Notice templates: drafted, reviewed by another person, registered, one of each wording active. */

import type { WordingName } from '../../../domain/messaging/outbox/wordings';
import type { TemplateFinding } from '../../../domain/messaging/templates/templateFindings';
import type { TemplateStage } from '../../../domain/messaging/templates/templateStages';
import type { Client, Reader } from '../../transaction';

export interface TemplateRef {
  tenantId: string;
  /** The wording: a kind of notice, or one of its variants. */
  kind: WordingName;
  version: number;
}

export interface NewTemplate extends TemplateRef {
  body: string;
  signature: string;
  /** Staff identifier of the author; absent: nobody kept it. */
  submittedBy?: string | undefined;
  submittedAtMs?: number | undefined;
  /** Providers that must know the text before it is sent, beside those of the configuration. */
  requiredProviders?: readonly string[] | undefined;
  /** Staff identifier of the reviewer; a template without one is a draft. */
  approvedBy?: string | undefined;
}

export interface TemplateRow extends TemplateRef {
  status: TemplateStage;
  body: string;
  signature: string;
  submittedBy: string;
  submittedAtMs: number | null;
  requiredProviders: string[];
  findings: TemplateFinding[];
  reviewByMs: number | null;
  approvedBy: string | null;
  rejectedBy: string | null;
  decidedAtMs: number | null;
  decisionReason: string | null;
  activatedAtMs: number | null;
  retiredBy: string | null;
  retiredAtMs: number | null;
  retireReason: string | null;
  contentHash: string;
}

/** Of texts that were added before authors were kept. */
const NOT_ON_RECORD = 'not-on-record';

const COLUMNS = `tenant_id as "tenantId", kind, version, status, body, signature, submitted_by as "submittedBy",
  submitted_at_ms as "submittedAtMs", required_providers as "requiredProviders", findings,
  review_by_ms as "reviewByMs", approved_by as "approvedBy", rejected_by as "rejectedBy",
  decided_at_ms as "decidedAtMs", decision_reason as "decisionReason", activated_at_ms as "activatedAtMs",
  retired_by as "retiredBy", retired_at_ms as "retiredAtMs", retire_reason as "retireReason",
  content_hash as "contentHash"`;

/** The active texts of wordings; a wording without one is left out. */
export async function activeTemplates(
  reader: Reader,
  { tenantId, kinds }: { tenantId: string; kinds: readonly WordingName[] },
): Promise<ReadonlyMap<WordingName, TemplateRow>> {
  const { rows } = await reader.query<TemplateRow>(
    `select ${COLUMNS} from notice_template where tenant_id = $1 and kind = any($2::text[]) and status = 'active'`,
    [tenantId, kinds],
  );
  return new Map(rows.map((row) => [row.kind, row]));
}

/** Every version of every kind, or of one. */
export async function listTemplates(
  reader: Reader,
  { tenantId, kind }: { tenantId: string; kind?: WordingName | undefined },
): Promise<TemplateRow[]> {
  const { rows } = await reader.query<TemplateRow>(
    `select ${COLUMNS} from notice_template where tenant_id = $1 and ($2::text is null or kind = $2)
      order by kind, version`,
    [tenantId, kind ?? null],
  );
  return rows;
}

export function readTemplate(reader: Reader, ref: TemplateRef): Promise<TemplateRow | undefined> {
  return selectTemplate(reader, ref, '');
}

/**
 * Locked to the end of the transaction, with every other version of its kind: two that become active at once are taken
 * one after the other.
 */
export async function lockTemplate(client: Client, ref: TemplateRef): Promise<TemplateRow | undefined> {
  await client.query(
    'select from notice_template where tenant_id = $1 and kind = $2 order by version for no key update',
    [ref.tenantId, ref.kind],
  );
  return selectTemplate(client, ref, 'for no key update');
}

async function selectTemplate(
  reader: Reader,
  { tenantId, kind, version }: TemplateRef,
  lock: '' | 'for no key update',
): Promise<TemplateRow | undefined> {
  const { rows } = await reader.query<TemplateRow>(
    `select ${COLUMNS} from notice_template where tenant_id = $1 and kind = $2 and version = $3 ${lock}`,
    [tenantId, kind, version],
  );
  return rows[0];
}

/**
 * Adds a version: a draft, or one that its named reviewer has approved. `conflict`: the version exists with another
 * wording, and stands.
 */
export async function insertTemplate(
  client: Client,
  template: NewTemplate,
): Promise<'inserted' | 'repeated' | 'conflict'> {
  const { tenantId, kind, version, body, signature, submittedBy = NOT_ON_RECORD, approvedBy } = template;
  const { rowCount } = await client.query(
    `insert into notice_template (tenant_id, kind, version, status, body, signature, submitted_by, approved_by,
       submitted_at_ms, required_providers)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (tenant_id, kind, version) do nothing`,
    [
      tenantId,
      kind,
      version,
      approvedBy === undefined ? 'draft' : 'registering',
      body,
      signature,
      submittedBy,
      approvedBy ?? null,
      template.submittedAtMs ?? null,
      template.requiredProviders ?? [],
    ],
  );
  if (rowCount === 1) return 'inserted';
  const { rows } = await client.query<{ isSame: boolean }>(
    `select body = $4 and signature = $5 as "isSame" from notice_template
      where tenant_id = $1 and kind = $2 and version = $3`,
    [tenantId, kind, version, body, signature],
  );
  return rows[0]?.isSame ? 'repeated' : 'conflict';
}

/** The number after the highest version of a kind; the caller locks nothing, and a second one conflicts. */
export async function nextTemplateVersion(
  reader: Reader,
  { tenantId, kind }: { tenantId: string; kind: WordingName },
): Promise<number> {
  const { rows } = await reader.query<{ version: number }>(
    'select coalesce(max(version), 0) + 1 as version from notice_template where tenant_id = $1 and kind = $2',
    [tenantId, kind],
  );
  return rows[0]?.version ?? 1;
}

export type TemplateChange = Partial<
  Pick<
    TemplateRow,
    | 'status'
    | 'findings'
    | 'requiredProviders'
    | 'reviewByMs'
    | 'approvedBy'
    | 'rejectedBy'
    | 'decidedAtMs'
    | 'decisionReason'
    | 'activatedAtMs'
    | 'retiredBy'
    | 'retiredAtMs'
    | 'retireReason'
  >
>;

/** Where a template stands after a decision; a trigger refuses what no decision may do. The caller holds the row. */
export async function saveTemplate(client: Client, row: TemplateRow, change: TemplateChange): Promise<TemplateRow> {
  const after = { ...row, ...change };
  await client.query(
    `update notice_template set status = $4, findings = $5, review_by_ms = $6, approved_by = $7, rejected_by = $8,
       decided_at_ms = $9, decision_reason = $10, activated_at_ms = $11, retired_by = $12, retired_at_ms = $13,
       retire_reason = $14, required_providers = $15
      where tenant_id = $1 and kind = $2 and version = $3`,
    [
      after.tenantId,
      after.kind,
      after.version,
      after.status,
      JSON.stringify(after.findings),
      after.reviewByMs,
      after.approvedBy,
      after.rejectedBy,
      after.decidedAtMs,
      after.decisionReason,
      after.activatedAtMs,
      after.retiredBy,
      after.retiredAtMs,
      after.retireReason,
      after.requiredProviders,
    ],
  );
  return after;
}

/** A person approves a draft or what is in review. False when it is neither. */
export async function approveTemplate(
  client: Client,
  { tenantId, kind, version, approvedBy }: TemplateRef & { approvedBy: string },
): Promise<boolean> {
  const ref = [tenantId, kind, version];
  await client.query(
    `update notice_template set status = 'in-review'
      where tenant_id = $1 and kind = $2 and version = $3 and status = 'draft'`,
    ref,
  );
  const { rowCount } = await client.query(
    `update notice_template set status = 'registering', approved_by = $4
      where tenant_id = $1 and kind = $2 and version = $3 and status = 'in-review'`,
    [...ref, approvedBy],
  );
  return rowCount === 1;
}

/**
 * Puts the active version of a kind out of use, for another one that follows in the same transaction; its number, or
 * undefined when there was none. There is one active at most at any moment, and an index says so.
 */
export async function supersedeActive(
  client: Client,
  { tenantId, kind }: { tenantId: string; kind: WordingName },
): Promise<number | undefined> {
  const { rows } = await client.query<{ version: number }>(
    `update notice_template set status = 'superseded' where tenant_id = $1 and kind = $2 and status = 'active'
      returning version`,
    [tenantId, kind],
  );
  return rows[0]?.version;
}

/**
 * Makes a reviewed wording the active one of its kind, and supersedes the one before; in a transaction. For texts that
 * come with a release and are reviewed there; others go through `templateReview`. Safe to do again: a version that is
 * active or has ended stays so. `conflict`: the version exists with another wording, and stands.
 */
export async function activateTemplate(
  client: Client,
  template: NewTemplate & { approvedBy: string },
): Promise<'activated' | 'unchanged' | 'conflict'> {
  if ((await insertTemplate(client, template)) === 'conflict') return 'conflict';
  await approveTemplate(client, template);
  const row = await lockTemplate(client, template);
  if (row?.status !== 'registering') return 'unchanged';
  await supersedeActive(client, template);
  await saveTemplate(client, row, { status: 'active' });
  return 'activated';
}
