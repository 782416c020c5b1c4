/** Before the rail is called: whether a debit is still to be made, of the account folded as of the sweep's instant. */
import type { AccountRow } from '../../db/credit/accounts';
import { cancelDebit, deferDebit, markDebitAttempted } from '../../db/debits/debitAttempts';
import { type DebitRow, lockUnfinishedDebits } from '../../db/debits/plannedDebits';
import type { Client } from '../../db/transaction';
import {
  autoDebitOf,
  BLOCKED_FOR_MS,
  type DebitVerdict,
  judgeDebit,
  nextInquiryAtMs,
} from '../../domain/debits/autoDebit';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import { dateAt } from '../../domain/values/clock';
import { accountsNow } from '../credit/accountsNow';
import { restrictionNow } from '../incidents/restrictions';
import {
  type AskedOf,
  type DebitDependencies,
  type DebitDisposition,
  PAUSED_FOR_MS,
  type SweepInput,
} from './debitSweep';

/** Ends with the attempt committed, or with what became of the debit instead. */
export async function prepareAttempt(
  client: Client,
  deps: DebitDependencies,
  input: SweepInput,
  debit: DebitRow,
): Promise<{ disposition: DebitDisposition } | AskedOf> {
  const { asOfMs } = input;
  const { tenantId, accountId, reference } = debit;
  const unfinished = await lockUnfinishedDebits(client, { tenantId, accountId });
  // Another sweep took it meanwhile, or the account took it back.
  if (unfinished.find((each) => each.reference === reference)?.status !== 'planned') return { disposition: 'open' };
  const { verdict, policy, account, mandateId } = await judge(client, deps, input, debit);
  if (!verdict.debit || mandateId === null) {
    const reason = verdict.debit ? 'DEBIT_MANDATE_ENDED' : verdict.reason;
    await cancelDebit(client, { tenantId, reference, reason, atMs: asOfMs });
    return { disposition: 'cancelled' };
  }
  // What another one has moved, or may have moved, is not off the debt yet: the same money would be taken twice.
  if (unfinished.some(({ status }) => status !== 'planned')) {
    await deferDebit(client, { tenantId, reference, nextAtMs: asOfMs + BLOCKED_FOR_MS });
    return { disposition: 'open' };
  }
  // Again, after the sweep has left out what is stopped: an incident may have been opened since.
  if (await isStoppedNow(client, account)) {
    await deferDebit(client, { tenantId, reference, nextAtMs: asOfMs + PAUSED_FOR_MS });
    return { disposition: 'open' };
  }
  const { amountFen } = verdict;
  const request = { reference, mandateId, amountFen, businessDate: dateAt(asOfMs, policy.zone) };
  await markDebitAttempted(client, {
    tenantId,
    ...request,
    rail: deps.rail.name,
    atMs: asOfMs,
    nextAtMs: nextInquiryAtMs(asOfMs, asOfMs),
  });
  return { debit, request, attemptedAtMs: asOfMs, policy };
}

/**
 * How a debit that was attempted is followed up. With a reason it is not sent again: what it was for is not owed any
 * more, or no longer under this mandate. Neither is it while an incident stops debits, but then it stays open.
 */
export async function prepareInquiry(
  client: Client,
  deps: DebitDependencies,
  input: SweepInput,
  debit: DebitRow,
): Promise<{ asked: AskedOf; withdrawnBecause: ReasonCode | undefined; isStopped: boolean }> {
  const { reference, mandateId, amountFen, businessDate, attemptedAtMs } = debit;
  if (mandateId === null || amountFen === null || businessDate === null || attemptedAtMs === null) {
    throw new Error(`debit ${reference} is ${debit.status} without its attempt`);
  }
  const { verdict, policy, account, mandateId: mandateNow } = await judge(client, deps, input, debit);
  const request = { reference, mandateId, amountFen, businessDate };
  const isStopped = await isStoppedNow(client, account);
  const found = { asked: { debit, request, attemptedAtMs, policy }, isStopped };
  if (!verdict.debit) return { ...found, withdrawnBecause: verdict.reason };
  if (mandateNow !== mandateId) return { ...found, withdrawnBecause: 'DEBIT_MANDATE_ENDED' };
  // A reference keeps its amount at the rail; a part of it was paid otherwise.
  return { ...found, withdrawnBecause: verdict.amountFen < amountFen ? 'DEBIT_NOT_OWED' : undefined };
}

async function isStoppedNow(client: Client, { tenantId, product, borrowerId }: AccountRow): Promise<boolean> {
  return (await restrictionNow(client, { tenantId, measure: 'auto-debit', product, borrowerId })) !== undefined;
}

async function judge(
  client: Client,
  deps: DebitDependencies,
  { asOfMs }: SweepInput,
  { tenantId, accountId, obligationKey, dueAtMs }: DebitRow,
): Promise<{ verdict: DebitVerdict; policy: LendingPolicy; account: AccountRow; mandateId: string | null }> {
  const known = (await accountsNow(client, deps, { tenantId, asOfMs }, [accountId])).get(accountId);
  if (!known) throw new Error(`debit of account ${accountId}, which is not in the books`);
  const { row, account, policy } = known;
  const { mandateId } = row;
  const debit = { obligationKey, dueAtMs };
  const verdict = judgeDebit(debit, account, {
    policy: autoDebitOf(policy),
    asOfMs,
    hasMandate: mandateId !== null,
  });
  return { verdict, policy, account: row, mandateId };
}
