/** Purchases far above the limit: a person's word for one, kept before it is asked for again. */
import type { PurchaseApproval } from '../../contracts/credit/account';
import { purchaseApprovalKey } from '../../contracts/names';
import { recordRefusal } from '../../db/credit/facts';
import { readDaysPurchases, recordPurchaseApproval } from '../../db/credit/purchaseApprovals';
import { recordDecision } from '../../db/evidence/decisions';
import { creditDecisionEvidence } from '../../db/evidence/recordContents';
import { billedTerms } from '../../domain/credit/account';
import { isClosed } from '../../domain/credit/accountStages';
import type { Purchased } from '../../domain/credit/facts';
import { needsPerson } from '../../domain/credit/revolving/purchaseAuthorisation';
import { PRODUCT_TABLE } from '../../domain/policy/products';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import { startOfDateMs } from '../../domain/values/clock';
import { UNVERIFIED } from '../../domain/values/principals';
import { answerChange, derive, type Step } from './step';

/** Records the word, or keeps it as refused; a repeat changes nothing. */
export async function takePurchaseApproval(step: Step, approval: PurchaseApproval): Promise<void> {
  const { client, input } = step;
  const { tenantId, accountId, asOfMs } = input;
  const key = purchaseApprovalKey(approval.approvalId);
  const fault = onlyRevolving(step);
  const reasons: ReasonCode[] = fault ? ['INVALID_INPUT'] : await record(step, approval);
  if (reasons.length > 0) {
    const body = { kind: 'purchase-approval', approval };
    const refusal = { businessKey: key, kind: 'purchase-approval', reasonCodes: fault ? [fault] : reasons, body };
    await recordRefusal(client, { tenantId, accountId, ...refusal, atMs: asOfMs, principal: step.principal });
  }
  answerChange(step, key, reasons.length === 0 ? { status: 'accepted' } : { status: 'refused', reasonCodes: reasons });
}

async function record(step: Step, { approvalId, purchaseId, amountFen, reason }: PurchaseApproval) {
  const { client, input, policy } = step;
  const { tenantId, accountId, asOfMs } = input;
  const { stage } = derive(step);
  if (isClosed({ stage })) return ['ACCOUNT_CLOSED'] satisfies ReasonCode[];
  const decidedBy = step.principal ?? UNVERIFIED;
  const word = { approvalId, purchaseId, amountFen, decidedBy, reason };
  const recorded = await recordPurchaseApproval(client, { tenantId, accountId, ...word, atMs: asOfMs });
  if (recorded === 'conflict') return ['SAME_KEY_OTHER_CONTENT'] satisfies ReasonCode[];
  if (recorded === 'recorded') {
    const decision = {
      tenantId,
      subjectKind: 'account' as const,
      subjectId: accountId,
      kind: 'purchase-approved',
      reasonCodes: [],
      policyVersion: policy.version,
      body: word,
      decidedAtMs: asOfMs,
      decidedBy,
    };
    const decisionId = await recordDecision(client, decision);
    step.evidence.push(creditDecisionEvidence({ ...decision, decisionId }));
  }
  return [];
}

function onlyRevolving({ account }: Step): string | undefined {
  return PRODUCT_TABLE[account.product].hasLimit ? undefined : 'a cash loan has no purchases';
}

/** Only where credit pays for it: without credit the limit bounds what is bought. */
export async function refusalsOfDay(step: Step, { key, amountFen }: Purchased): Promise<ReasonCode[]> {
  const { client, input, account, policy, today } = step;
  const terms = billedTerms(account.terms);
  if (!terms || derive(step).balances.creditFen === 0) return [];
  const { tenantId, accountId } = input;
  const sinceMs = startOfDateMs(today, policy.zone);
  const { boughtFen, isApproved } = await readDaysPurchases(client, { tenantId, accountId, sinceMs, key, amountFen });
  const isAbove = needsPerson({ boughtFen: boughtFen + amountFen, limitFen: terms.limitFen }, policy.revolving);
  return isAbove && !isApproved ? ['PURCHASE_NEEDS_PERSON'] : [];
}
