/** What rules of the books stop when they find something wrong, until two people have looked (docs/incidents.md). */
import type { IncidentScope, Measure } from './incidents';

export interface RuleIncident {
  /** What is found while it is in force belongs to the same incident. */
  dedupeKey: string;
  measures: readonly Measure[];
  scope: IncidentScope;
  reasonCode: string;
  /** Where a borrower turns to, as in the guard's defaults. */
  remedyChannel: string;
}

/** The bank account was debited and the debt is owed all the same: it would be debited again. */
export const DEBITS_NOT_BOOKED: RuleIncident = {
  dedupeKey: 'rule/debit-not-booked',
  measures: ['auto-debit'],
  scope: {},
  reasonCode: 'DEBIT_NOT_BOOKED',
  remedyChannel: 'hotline',
};
