/** Confirmations in tests: as a borrower gives them who has read the sheet of exactly these terms. */
import type { Pool } from 'pg';
import { isRestDay } from '../../src/adapters/calendars/restDays';
import type { AcceptanceResult } from '../../src/contracts/origination/application';
import type { CostDisclosureConfirmation } from '../../src/contracts/origination/costDisclosure';
import { textHash } from '../../src/db/contentHash';
import { readBorrowerExposure } from '../../src/db/credit/accounts';
import { readApplication } from '../../src/db/origination/applications';
import { createPolicyReader } from '../../src/db/policy/policyReader';
import type { CostDisclosure } from '../../src/domain/origination/costDisclosure';
import { costDisclosureText } from '../../src/domain/origination/costDisclosureText';
import {
  type AcceptanceRequest,
  acceptanceContextOf,
  judgeAcceptance,
} from '../../src/domain/origination/offerAcceptance';

function confirmed(sheet: CostDisclosure): CostDisclosureConfirmation {
  return {
    hash: textHash(costDisclosureText(sheet)),
    confirmedBy: 'borrower',
    confirmedAt: '2026-01-01T10:00:00+08:00',
  };
}

/** Of what is asked for at this instant; undefined where it is refused anyway, so that there is no sheet. */
export async function confirmedFor(
  pool: Pool,
  { tenantId, applicationId, asOfMs }: { tenantId: string; applicationId: string; asOfMs: number },
  request: AcceptanceRequest,
): Promise<CostDisclosureConfirmation | undefined> {
  const row = await readApplication(pool, { tenantId, applicationId });
  if (!row?.offer) return undefined;
  const { borrowerId, offer } = row;
  const policy = await createPolicyReader().version(pool, tenantId, offer.policyVersion);
  const exposure = await readBorrowerExposure(pool, { tenantId, borrowerId });
  const judged = judgeAcceptance(request, acceptanceContextOf({ ...row, offer, exposure, policy, asOfMs, isRestDay }));
  return 'sheet' in judged ? confirmed(judged.sheet) : undefined;
}

/** Asks, confirms the sheet that comes with the refusal, and accepts; a day that began in between asks once more. */
export async function acceptAsTold(
  accept: (key: string, costSheet: CostDisclosureConfirmation | undefined) => Promise<AcceptanceResult>,
): Promise<AcceptanceResult> {
  let costSheet: CostDisclosureConfirmation | undefined;
  for (let time = 1; ; time++) {
    const result = await accept(`accept-${time}`, costSheet);
    if (result.status === 'opened' || !result.costSheet) return result;
    const { hash } = result.costSheet;
    costSheet = { hash, confirmedBy: 'borrower', confirmedAt: '2026-01-01T10:00:00+08:00' };
  }
}
