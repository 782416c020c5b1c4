/**
 * Incidents that rules of the books open: what they found wrong may go on being done wrong, so it is stopped until two
 * people have looked (docs/incidents.md). In the caller's transaction; a worker's next look starts the workflow.
 */

import type { Product } from '../../domain/policy/lendingPolicy';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import type { IsoDate } from '../../domain/values/calendar';
import type { Fen } from '../../domain/values/money';
import type { Client } from '../transaction';
import { type IncidentOpening, openIncident } from './incidentOpenings';

interface Found<Item> {
  tenantId: string;
  atMs: number;
  /** The rule that found it. */
  openedBy: string;
  found: readonly Item[];
}

type RuleIncident = Pick<IncidentOpening, 'dedupeKey' | 'openingKey' | 'measures' | 'scope'> & {
  reasonCode: ReasonCode;
};

const DEBITS_NOT_BOOKED: RuleIncident = {
  dedupeKey: 'rule/debit-not-booked',
  measures: ['auto-debit'],
  reasonCode: 'DEBIT_NOT_BOOKED',
};
const REFUNDS_ABOVE_PURCHASES: RuleIncident = {
  dedupeKey: 'rule/refunds-above-purchases',
  measures: ['draws'],
  scope: { product: 'revolving' },
  reasonCode: 'REFUNDS_ABOVE_PURCHASES',
};
/** Stops nothing: what is wrong may be anywhere, and a person decides what has to stop. */
const DAILY_CLOSE_DIFFERS: RuleIncident = {
  dedupeKey: 'rule/daily-close-differs',
  measures: [],
  reasonCode: 'DAILY_CLOSE_DIFFERS',
};
/** Stops nothing: a person has a right to an answer, and nobody gave it in time. */
const OBJECTION_OVERDUE: RuleIncident = {
  dedupeKey: 'rule/objection-overdue',
  measures: [],
  reasonCode: 'OBJECTION_OVERDUE',
};
/** As in the guard's defaults. */
const REMEDY_CHANNEL = 'hotline';

/**
 * A debit settled and its payment is not booked with that amount (0: not at all): the debt is owed still, so the borrower
 * would be debited again.
 */
export function openForUnbookedDebits(
  client: Client,
  found: Found<{ accountId: string; reference: string; settledFen: Fen; bookedFen: Fen }>,
): Promise<string> {
  return open(client, DEBITS_NOT_BOOKED, found);
}

/** More was refunded than bought: such credit would be spent. */
export function openForRefunds(client: Client, found: Found<{ accountId: string; excessFen: Fen }>): Promise<string> {
  return open(client, REFUNDS_ABOVE_PURCHASES, found);
}

/** The close of a date is red by what stops nothing by itself: a person is called. `count`: differences of the check. */
export function openForRedClose(
  client: Client,
  found: Found<{ businessDate: IsoDate; check: string; count: number }>,
): Promise<string> {
  return open(client, DAILY_CLOSE_DIFFERS, found);
}

/** The review of an objection is late: a person is called, again on each further day. */
export function openForOverdueObjection(
  client: Client,
  found: Found<{ applicationId: string; decideByMs: number | null }>,
): Promise<string> {
  return open(client, OBJECTION_OVERDUE, found);
}

/**
 * A date cannot be closed because accounts do not step: a person looks for what parked them. It stops nothing. The date
 * and the account that waits longest are the act: told again, also after its end, it is the same incident.
 */
export function openForHeldClose(
  client: Client,
  found: Found<{ businessDate: IsoDate; accountId: string; product: Product; sinceMs: number }>,
): Promise<string> {
  const [first, ...others] = found.found;
  const product = others.every((each) => each.product === first?.product) ? first?.product : undefined;
  const incident: RuleIncident = {
    dedupeKey: `rule/daily-close-waits/${product ?? 'all'}`,
    openingKey: `rule/daily-close-waits/${first?.businessDate}/${first?.accountId}`,
    measures: [],
    scope: product === undefined ? {} : { product },
    reasonCode: 'DAILY_CLOSE_WAITS',
  };
  return open(client, incident, found);
}

async function open(
  client: Client,
  incident: RuleIncident,
  { tenantId, atMs, openedBy, found }: Found<object>,
): Promise<string> {
  const opening = { ...incident, remedyChannel: REMEDY_CHANNEL, openedBy: { kind: 'rule' as const, id: openedBy } };
  const { incidentId } = await openIncident(client, { ...opening, tenantId, atMs, body: { found } });
  return incidentId;
}
