/** The cost sheet against what the borrower confirmed: computed again, and compared by its hash. */
import type { CostDisclosureConfirmation, PresentedCostDisclosure } from '../../contracts/origination/costDisclosure';
import { textHash } from '../../db/contentHash';
import type { AccountRef } from '../../db/credit/accounts';
import { insertCostDisclosure } from '../../db/origination/costDisclosures';
import type { Client } from '../../db/transaction';
import type { CostDisclosure } from '../../domain/origination/costDisclosure';
import { costDisclosureText } from '../../domain/origination/costDisclosureText';

export interface Unconfirmed {
  status: 'refused';
  reasonCodes: ['COST_SHEET_NOT_CONFIRMED' | 'COST_SHEET_DIFFERS'];
  /** What must be confirmed. */
  costSheet: PresentedCostDisclosure;
}

/** The confirmation when it is of exactly this sheet. */
export function confirmationOf(
  sheet: CostDisclosure,
  confirmation: CostDisclosureConfirmation | undefined,
): { status: 'confirmed'; confirmation: CostDisclosureConfirmation } | Unconfirmed {
  const costSheet = presented(sheet);
  if (!confirmation) return { status: 'refused', reasonCodes: ['COST_SHEET_NOT_CONFIRMED'], costSheet };
  if (confirmation.hash === costSheet.hash) return { status: 'confirmed', confirmation };
  return { status: 'refused', reasonCodes: ['COST_SHEET_DIFFERS'], costSheet };
}

function presented(sheet: CostDisclosure): PresentedCostDisclosure {
  const text = costDisclosureText(sheet);
  return { hash: textHash(text), text };
}

/** Keeps who confirmed what and when, with the account and for good. */
export async function keepConfirmation(
  client: Client,
  ref: AccountRef,
  subject: string,
  { sheet, confirmation, atMs }: { sheet: CostDisclosure; confirmation: CostDisclosureConfirmation; atMs: number },
): Promise<void> {
  const { confirmedBy, confirmedAt } = confirmation;
  await insertCostDisclosure(client, {
    ...ref,
    subject,
    ...presented(sheet),
    sheet,
    confirmedBy,
    confirmedAt,
    recordedAtMs: atMs,
  });
}
