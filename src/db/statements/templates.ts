/** Notice templates: drafted, approved, one of each kind active. */
import type { NoticeKind } from '../../domain/products';
import type { Client, Reader } from '../transaction';

export type TemplateStatus = 'draft' | 'approved' | 'active' | 'retired';

export interface TemplateRef {
  tenantId: string;
  kind: NoticeKind;
  version: number;
}

export interface NewTemplate extends TemplateRef {
  body: string;
  signature: string;
  /** Staff identifier of the reviewer; a template without one is a draft. */
  approvedBy?: string | undefined;
}

export interface TemplateRow extends TemplateRef {
  status: TemplateStatus;
  body: string;
  signature: string;
  approvedBy: string | null;
}

const COLUMNS = `tenant_id as "tenantId", kind, version, status, body, signature, approved_by as "approvedBy"`;

/** The wording that a kind of notice is sent with; undefined when none is active. */
export async function activeTemplate(
  reader: Reader,
  { tenantId, kind }: { tenantId: string; kind: NoticeKind },
): Promise<TemplateRow | undefined> {
  const { rows } = await reader.query<TemplateRow>(
    `select ${COLUMNS} from notice_template where tenant_id = $1 and kind = $2 and status = 'active'`,
    [tenantId, kind],
  );
  return rows[0];
}

/** Every version of every kind. */
export async function listTemplates(reader: Reader, { tenantId }: { tenantId: string }): Promise<TemplateRow[]> {
  const { rows } = await reader.query<TemplateRow>(
    `select ${COLUMNS} from notice_template where tenant_id = $1 order by kind, version`,
    [tenantId],
  );
  return rows;
}

/**
 * Adds a version, approved when its reviewer is named. `conflict`: the version exists with another wording, and stands.
 */
export async function insertTemplate(
  client: Client,
  { tenantId, kind, version, body, signature, approvedBy }: NewTemplate,
): Promise<'inserted' | 'repeated' | 'conflict'> {
  const { rowCount } = await client.query(
    `insert into notice_template (tenant_id, kind, version, status, body, signature, approved_by)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (tenant_id, kind, version) do nothing`,
    [tenantId, kind, version, approvedBy === undefined ? 'draft' : 'approved', body, signature, approvedBy ?? null],
  );
  if (rowCount === 1) return 'inserted';
  const { rows } = await client.query<{ isSame: boolean }>(
    `select body = $4 and signature = $5 as "isSame" from notice_template
      where tenant_id = $1 and kind = $2 and version = $3`,
    [tenantId, kind, version, body, signature],
  );
  return rows[0]?.isSame ? 'repeated' : 'conflict';
}

/** A person approves a draft. False when it is not a draft. */
export async function approveTemplate(
  client: Client,
  { tenantId, kind, version, approvedBy }: TemplateRef & { approvedBy: string },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update notice_template set status = 'approved', approved_by = $4
      where tenant_id = $1 and kind = $2 and version = $3 and status = 'draft'`,
    [tenantId, kind, version, approvedBy],
  );
  return rowCount === 1;
}

/**
 * Makes a reviewed wording the active one of its kind, and retires the one before; in a transaction. Safe to do again:
 * a version that is active or was retired stays so. `conflict`: the version exists with another wording, and stands.
 */
export async function activateTemplate(
  client: Client,
  template: NewTemplate & { approvedBy: string },
): Promise<'activated' | 'unchanged' | 'conflict'> {
  const { tenantId, kind, version } = template;
  if ((await insertTemplate(client, template)) === 'conflict') return 'conflict';
  await approveTemplate(client, template);
  const { rows } = await client.query<{ version: number; status: TemplateStatus }>(
    'select version, status from notice_template where tenant_id = $1 and kind = $2 order by version for update',
    [tenantId, kind],
  );
  if (rows.find((row) => row.version === version)?.status !== 'approved') return 'unchanged';
  // Retired first: there is one active at most at any moment, and the index says so.
  await client.query(
    `update notice_template set status = 'retired' where tenant_id = $1 and kind = $2 and status = 'active'`,
    [tenantId, kind],
  );
  await client.query(
    `update notice_template set status = 'active' where tenant_id = $1 and kind = $2 and version = $3`,
    [tenantId, kind, version],
  );
  return 'activated';
}
