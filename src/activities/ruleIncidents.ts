/** Incidents that rules of the books open: what they found wrong may go on being done wrong. */
import { openIncident } from '../db/statements/incidents';
import type { Client } from '../db/transaction';
import type { Fen } from '../domain/money';
import { DEBITS_NOT_BOOKED } from '../domain/ruleIncidents';

/** A settled debit whose payment is not in the account's facts with that amount. */
export interface UnbookedDebit {
  accountId: string;
  reference: string;
  settledFen: Fen;
  /** Null: nothing is booked. */
  bookedFen: Fen | null;
}

interface Found<Item> {
  tenantId: string;
  atMs: number;
  /** The rule that found it. */
  openedBy: string;
  found: readonly Item[];
}

/**
 * The money was taken and is owed all the same, so the borrower would be debited again: nobody is, until two people have
 * looked. In the caller's transaction; a worker's look starts the workflow.
 */
export async function openForUnbookedDebits(
  client: Client,
  { tenantId, atMs, openedBy, found }: Found<UnbookedDebit>,
): Promise<string> {
  const { incidentId } = await openIncident(client, {
    ...{ tenantId, atMs, ...DEBITS_NOT_BOOKED },
    ...{ openedBy: { kind: 'rule', id: openedBy }, body: { found } },
  });
  return incidentId;
}
