/**
 * Money that our own debits brought. A message names the debit; what is booked is what the books of debits have of it,
 * under a key in a form that no caller may use (docs/auto-debit.md, "Whose payment it is").
 */

import type { Arrival } from '../../contracts/activities';
import type { Payment, SettledDebit } from '../../contracts/credit/account';
import { debitReferenceOf, factKeys, RESERVED_BEGINNINGS } from '../../contracts/names';
import { invalidSettledDebit } from '../../contracts/validation';
import { recordFact, recordRefusal } from '../../db/credit/facts';
import { type DebitRow, readDebit } from '../../db/debits/plannedDebits';
import { openForUnbookedDebits } from '../../db/incidents/ruleIncidents';
import type { Fact } from '../../domain/credit/facts';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import { factOf } from '../credit/arrivals';
import { knownFact, type Step, takeFact } from '../credit/step';

export type DebitArrival = { kind: 'debit'; debit: SettledDebit } | { kind: 'payment'; payment: Payment };

/** A payment in the form of ids that is ours: from before debits had a signal, or somebody else's. */
export function isOfOwnDebit({ payment }: Extract<Arrival, { kind: 'payment' }>): boolean {
  return debitReferenceOf(payment?.paymentId) !== undefined;
}

/** Books it once, or keeps what arrived as refused. */
export async function takeOwnDebit(step: Step, arrival: DebitArrival): Promise<void> {
  const { debit, fault } = toldBy(arrival);
  const key = factKeys.debit(String(debit.reference));
  if (fault) return refuse(step, arrival, key, fault);
  const row = await settledDebit(step, arrival, debit);
  const known = await knownFact(step, key);
  if (known) return again(step, arrival, { known, row });
  if (!row) return refuse(step, arrival, key, arrival.kind === 'debit' ? 'UNKNOWN_DEBIT' : 'RESERVED_ID');
  const paymentId = `${RESERVED_BEGINNINGS.payment}${debit.reference}`;
  const payment: Payment = { paymentId, amountFen: row.amountFen, paidOn: row.settledOn, intent: 'instalment' };
  const { account, issued, today, client, input } = step;
  const reading = factOf({ kind: 'payment', payment }, { terms: account.terms, issued, today, related: [] });
  // It is of our own making: what breaks the contract here is a mistake of ours, and the step must not pass over it.
  if ('fault' in reading) throw new Error(`debit ${debit.reference} is no payment: ${reading.fault}`);
  const { tenantId, accountId, asOfMs } = input;
  const { chain } = account;
  await recordFact(client, {
    tenantId,
    accountId,
    fact: reading.fact,
    arrivedAtMs: asOfMs,
    principal: step.principal,
    chain,
  });
  await takeFact(step, reading.fact);
}

function toldBy(arrival: DebitArrival): { debit: SettledDebit; fault: string | undefined } {
  if (arrival.kind === 'debit') {
    const debit: SettledDebit = { ...arrival.debit };
    return { debit, fault: invalidSettledDebit(debit) };
  }
  const { paymentId, amountFen, paidOn } = arrival.payment;
  const debit = { reference: debitReferenceOf(paymentId) ?? '', amountFen, settledOn: paidOn };
  return { debit, fault: invalidSettledDebit(debit) };
}

type Settled = DebitRow & { amountFen: number; settledOn: string };

/**
 * The account's debit of that reference, once it has settled. Of a payment that does not say whose it is, only where it
 * tells what the books of debits have: then it is the same money, from a worker of before there was the signal.
 */
async function settledDebit(step: Step, arrival: DebitArrival, debit: SettledDebit): Promise<Settled | undefined> {
  const { tenantId, accountId } = step.input;
  const row = await readDebit(step.client, { tenantId, reference: debit.reference });
  if (row?.accountId !== accountId || row.amountFen === null || row.settledOn === null) return undefined;
  const { amountFen, settledOn } = row;
  const isAsTold = amountFen === debit.amountFen && settledOn === debit.settledOn;
  return arrival.kind === 'debit' || isAsTold ? { ...row, amountFen, settledOn } : undefined;
}

/** Booked already. Under the key of another sum the borrower would be debited again: that stops debits. */
async function again(
  step: Step,
  arrival: DebitArrival,
  { known, row }: { known: Fact; row: Settled | undefined },
): Promise<void> {
  const bookedFen = known.kind === 'paid' ? known.amountFen : 0;
  if (row && bookedFen === row.amountFen) return;
  if (!row) {
    const isRepeat = arrival.kind === 'payment' && bookedFen === arrival.payment.amountFen;
    return isRepeat ? undefined : refuse(step, arrival, known.key, 'RESERVED_ID');
  }
  await refuse(step, arrival, known.key, 'SAME_KEY_OTHER_CONTENT');
  const { tenantId, accountId, asOfMs } = step.input;
  const { reference, amountFen: settledFen } = row;
  const found = [{ accountId, reference, settledFen, bookedFen }];
  await openForUnbookedDebits(step.client, { tenantId, atMs: asOfMs, openedBy: 'account-step', found });
}

async function refuse(step: Step, arrival: DebitArrival, key: string, reason: ReasonCode | string): Promise<void> {
  const { tenantId, accountId, asOfMs } = step.input;
  const { kind } = arrival;
  const refusal = {
    businessKey: key,
    kind,
    reasonCodes: [reason],
    body: arrival,
    atMs: asOfMs,
    principal: step.principal,
  };
  await recordRefusal(step.client, { tenantId, accountId, ...refusal });
}
