/** Counts for the portfolio that no step needs: one statement each, by index where there is one. */
import type { ApplicationStage } from '../db/statements/applications';
import type { Reader } from '../db/transaction';
import type { WarningRule } from '../domain/earlyWarning';
import type { Product } from '../domain/products';

interface OfTenant {
  tenantId: string;
}

export interface ApplicationCount {
  product: Product;
  stage: ApplicationStage;
  count: number;
}

export interface WarningCount {
  rule: WarningRule;
  count: number;
}

export async function countApplications(reader: Reader, { tenantId }: OfTenant): Promise<ApplicationCount[]> {
  const { rows } = await reader.query<ApplicationCount>(
    `select product, stage, count(*) as count from application
      where tenant_id = $1 group by product, stage order by product, stage`,
    [tenantId],
  );
  return rows;
}

export async function countWarnings(reader: Reader, { tenantId }: OfTenant): Promise<WarningCount[]> {
  const { rows } = await reader.query<WarningCount>(
    'select rule, count(*) as count from warning where tenant_id = $1 group by rule order by rule',
    [tenantId],
  );
  return rows;
}
