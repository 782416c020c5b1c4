/** The cost sheet against what the borrower confirmed: computed again, and compared by its hash. */
import type { CostSheetConfirmation, PresentedCostSheet } from '../../contracts/origination/costDisclosure';
import { textHash } from '../../db/contentHash';
import type { AccountRef } from '../../db/credit/accounts';
import { insertCostSheet } from '../../db/origination/costDisclosures';
import type { Client } from '../../db/transaction';
import type { CostSheet } from '../../domain/origination/costDisclosure';
import { costSheetText } from '../../domain/origination/costDisclosureText';

export interface Unconfirmed {
  status: 'refused';
  reasonCodes: ['COST_SHEET_NOT_CONFIRMED' | 'COST_SHEET_DIFFERS'];
  /** What must be confirmed. */
  costSheet: PresentedCostSheet;
}

/** The confirmation when it is of exactly this sheet. */
export function confirmationOf(
  sheet: CostSheet,
  confirmation: CostSheetConfirmation | undefined,
): { status: 'confirmed'; confirmation: CostSheetConfirmation } | Unconfirmed {
  const costSheet = presented(sheet);
  if (!confirmation) return { status: 'refused', reasonCodes: ['COST_SHEET_NOT_CONFIRMED'], costSheet };
  if (confirmation.hash === costSheet.hash) return { status: 'confirmed', confirmation };
  return { status: 'refused', reasonCodes: ['COST_SHEET_DIFFERS'], costSheet };
}

function presented(sheet: CostSheet): PresentedCostSheet {
  const text = costSheetText(sheet);
  return { hash: textHash(text), text };
}

/** Keeps who confirmed what and when, with the account and for good. */
export async function keepConfirmation(
  client: Client,
  ref: AccountRef,
  subject: string,
  { sheet, confirmation, atMs }: { sheet: CostSheet; confirmation: CostSheetConfirmation; atMs: number },
): Promise<void> {
  const { confirmedBy, confirmedAt } = confirmation;
  await insertCostSheet(client, {
    ...ref,
    subject,
    ...presented(sheet),
    sheet,
    confirmedBy,
    confirmedAt,
    recordedAtMs: atMs,
  });
}
