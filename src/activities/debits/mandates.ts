/** The mandate of an account: given or ended by the borrower, and the debits that are planned under it. */

import type { AdvanceAccount } from '../../contracts/activities';
import { type DebitMandateChange, mandateKey } from '../../contracts/debits/debitMandate';
import { RESERVED_BEGINNINGS } from '../../contracts/names';
import { recordRefusal } from '../../db/credit/facts';
import { changeMandate } from '../../db/debits/mandates';
import { cancelPlannedDebits, planDebits } from '../../db/debits/plannedDebits';
import type { DerivedAccount } from '../../domain/credit/account';
import { isClosed } from '../../domain/credit/accountStages';
import { autoDebitOf, debitable, debitsToPlan } from '../../domain/debits/autoDebit';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import { answerChange, derive, type Step } from '../credit/step';

/** Records a change of the mandate, or keeps it as refused; a repeat changes nothing. */
export async function takeMandate(step: Step, mandate: DebitMandateChange): Promise<void> {
  const { client, input } = step;
  const { tenantId, accountId, asOfMs } = input;
  const key = mandateKey(mandate.changeId);
  const fault = railsOwn(mandate) ?? agreedInFuture(step, mandate);
  const refusals = fault ? [] : refusalsOf(step, mandate);
  const reasons = fault || refusals.length > 0 ? refusals : await change(step, mandate);
  const isAccepted = fault === undefined && reasons.length === 0;
  if (!isAccepted) {
    await recordRefusal(client, {
      tenantId,
      accountId,
      businessKey: key,
      kind: 'mandate',
      reasonCodes: fault ? [fault] : reasons,
      body: { kind: 'mandate', mandate },
      atMs: asOfMs,
      principal: step.principal,
    });
  }
  const reasonCodes = fault ? ['INVALID_INPUT'] : reasons;
  answerChange(step, key, isAccepted ? { status: 'accepted' } : { status: 'refused', reasonCodes });
}

/** The rail's own ends of a mandate have such ids: what was taken of a caller under one would be taken for one. */
function railsOwn({ changeId }: DebitMandateChange): string | undefined {
  const { mandateChange } = RESERVED_BEGINNINGS;
  return changeId.startsWith(mandateChange) ? `changeId must not begin with ${mandateChange}` : undefined;
}

async function change(
  step: Step,
  { changeId, mandateId, agreedOn, undated }: DebitMandateChange,
): Promise<ReasonCode[]> {
  const { client, input } = step;
  const { tenantId, accountId, asOfMs } = input;
  const recorded = await changeMandate(client, {
    tenantId,
    accountId,
    changeId,
    mandateId,
    agreedOn,
    undated,
    decidedBy: 'borrower',
    atMs: asOfMs,
    principal: step.principal,
  });
  if (recorded === 'conflict') return ['SAME_KEY_OTHER_CONTENT'];
  if (recorded === 'recorded') {
    step.account = { ...step.account, mandateId };
    if (mandateId === null) {
      await cancelPlannedDebits(client, { tenantId, accountId, reason: 'DEBIT_MANDATE_ENDED', atMs: asOfMs });
    }
  }
  return [];
}

/** A mandate is ended whatever the account is; a closed one takes no other. */
function refusalsOf(step: Step, { mandateId }: DebitMandateChange): ReasonCode[] {
  const { stage } = derive(step);
  return mandateId !== null && isClosed({ stage }) ? ['ACCOUNT_CLOSED'] : [];
}

function agreedInFuture({ today }: Step, { agreedOn }: DebitMandateChange): string | undefined {
  return agreedOn <= today ? undefined : `agreedOn must not be after ${today}, the business date`;
}

/**
 * Plans the debits of what is owed, and takes back those of what is not. Returns when the first is due. An account
 * without a mandate costs no statement here: those that it may have had were taken back when the mandate ended.
 */
export async function promiseDebits(step: Step, derived: DerivedAccount, lane: number): Promise<number | undefined> {
  const { client, input, account, policy } = step;
  if (account.mandateId === null) return undefined;
  const { tenantId, accountId, asOfMs }: AdvanceAccount = input;
  const autoDebit = autoDebitOf(policy);
  const keepObligationKeys = debitable(derived, autoDebit).map(({ key }) => key);
  const debits = debitsToPlan(derived, { policy: autoDebit, zone: policy.zone, asOfMs });
  const reason = 'DEBIT_NOT_OWED';
  await cancelPlannedDebits(client, { tenantId, accountId, keepObligationKeys, reason, atMs: asOfMs });
  const planned = await planDebits(client, { tenantId, accountId, lane, debits });
  return planned > 0 ? Math.min(...debits.map(({ atMs }) => atMs)) : undefined;
}
