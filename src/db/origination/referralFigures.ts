/** Figures that a person proved, entered with a decision on a referral and named by it. */
import type { ProvedFigures } from '../../domain/risk/assessment';
import type { Client, Reader } from '../transaction';
import type { ApplicationRef } from './applications';

export interface ReferralFigures extends ApplicationRef {
  /** The decision names them by it. */
  figuresId: string;
  figures: ProvedFigures;
  /** Staff identifier. */
  enteredBy: string;
  enteredAtMs: number;
}

/** Keeps them once; those that are there stand. */
export async function insertReferralFigures(client: Client, entered: ReferralFigures): Promise<void> {
  const { tenantId, applicationId, figuresId, figures, enteredBy, enteredAtMs } = entered;
  await client.query(
    `insert into referral_figures (tenant_id, application_id, figures_id, figures, entered_by, entered_at_ms)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [tenantId, applicationId, figuresId, JSON.stringify(figures), enteredBy, enteredAtMs],
  );
}

export async function readReferralFigures(
  reader: Reader,
  { tenantId, applicationId, figuresId }: ApplicationRef & { figuresId: string },
): Promise<ProvedFigures | undefined> {
  const { rows } = await reader.query<{ figures: ProvedFigures }>(
    'select figures from referral_figures where tenant_id = $1 and application_id = $2 and figures_id = $3',
    [tenantId, applicationId, figuresId],
  );
  return rows[0]?.figures;
}
