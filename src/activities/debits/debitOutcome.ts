/** After the rail has answered: what is kept of it, and what follows from a refusal. */

import type { DebitOutcome } from '../../adapters/rails/port';
import { RESERVED_BEGINNINGS } from '../../contracts/names';
import { lockAccount } from '../../db/credit/accounts';
import { cancelDebit, markDebitOpen, markDebitRefused, markDebitSettled } from '../../db/debits/debitAttempts';
import { changeMandate } from '../../db/debits/mandates';
import { cancelPlannedDebits, planAnotherAttempt } from '../../db/debits/plannedDebits';
import type { Client } from '../../db/transaction';
import { autoDebitOf, nextDebitAtMs, nextInquiryAtMs } from '../../domain/debits/autoDebit';
import { DEBIT_REFUSALS } from '../../domain/debits/debitStatuses';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import { dateAt } from '../../domain/values/clock';
import { OWN_PRINCIPAL } from '../../domain/values/principals';
import type { AskedOf, DebitDisposition, SweepInput } from './debitSweep';

type Refused = Extract<DebitOutcome, { status: 'refused' }>;

/** In a transaction. A debit that another sweep concluded meanwhile stays as it is. */
export async function keepOutcome(
  client: Client,
  { tenantId, asOfMs }: SweepInput,
  asked: AskedOf,
  outcome: DebitOutcome | { status: 'not-found'; reason: ReasonCode },
): Promise<DebitDisposition> {
  const ref = { tenantId, reference: asked.request.reference, atMs: asOfMs };
  switch (outcome.status) {
    case 'settled':
      await markDebitSettled(client, { ...ref, railId: outcome.railId, settledOn: outcome.settledOn });
      return 'settled';
    case 'refused':
      await refuse(client, asOfMs, asked, outcome);
      return 'refused';
    case 'not-found':
      await cancelDebit(client, { ...ref, reason: outcome.reason });
      return 'cancelled';
    case 'pending':
    case 'unknown':
      await markDebitOpen(client, { ...ref, ...outcome, nextAtMs: nextInquiryAtMs(asked.attemptedAtMs, asOfMs) });
      return 'open';
  }
}

async function refuse(client: Client, asOfMs: number, asked: AskedOf, { refusalClass, code }: Refused): Promise<void> {
  const { debit, policy } = asked;
  const { tenantId, accountId, reference, dueDate } = debit;
  const endsMandate = DEBIT_REFUSALS[refusalClass].endsMandate;
  // Before the debit's row, as a step of the account takes them.
  const account = endsMandate ? await lockAccount(client, { tenantId, accountId }) : undefined;
  const reason = DEBIT_REFUSALS[refusalClass].reasonCode;
  const isNew = await markDebitRefused(client, { tenantId, reference, refusalClass, reason, code, atMs: asOfMs });
  if (!isNew) return;
  if (account?.mandateId === asked.request.mandateId) await endMandate(client, asOfMs, asked, reason);
  if (refusalClass !== 'insufficient-funds') return;
  const when = { policy: autoDebitOf(policy), zone: policy.zone, fromMs: asOfMs + 1 };
  const atMs = nextDebitAtMs(dueDate, when);
  if (atMs !== undefined) await planAnotherAttempt(client, { ...debit, atMs });
}

/** Here and not in the account's workflow: it changes nothing that the account waits for, and commits with the refusal. */
async function endMandate(
  client: Client,
  asOfMs: number,
  { debit, policy }: AskedOf,
  reasonCode: ReasonCode,
): Promise<void> {
  const { tenantId, accountId, reference } = debit;
  const end = {
    tenantId,
    accountId,
    mandateId: null,
    agreedOn: dateAt(asOfMs, policy.zone),
    decidedBy: 'rail' as const,
    reasonCode,
    atMs: asOfMs,
    principal: OWN_PRINCIPAL,
  };
  const kept = await changeMandate(client, { ...end, changeId: `${RESERVED_BEGINNINGS.mandateChange}${reference}` });
  // Taken by a caller before the form was reserved: no caller's id ever had a slash.
  if (kept === 'conflict') await changeMandate(client, { ...end, changeId: `rail/${reference}` });
  await cancelPlannedDebits(client, { tenantId, accountId, reason: 'DEBIT_MANDATE_ENDED', atMs: asOfMs });
}
