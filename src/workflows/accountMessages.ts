/** What can be told to an account and goes to its books by the next step: each message becomes an arrival. */
import { setHandler } from '@temporalio/workflow';
import {
  authorisePurchase,
  type ChangeResult,
  correctRate,
  lookAgain,
  type PurchaseResult,
  paymentReceived,
  paymentReversed,
  purchaseConfirmed,
  refundReceived,
  restructureLoan,
  returnCredit,
  setDebitMandate,
} from '../contracts/account';
import { type InstalmentResult, settleInstalments, startInstalments } from '../contracts/instalments';
import { factKeys, mandateKey } from '../contracts/names';
import {
  invalidCreditReturn,
  invalidDebitMandateChange,
  invalidInstalmentSettlement,
  invalidInstalmentStart,
  invalidPurchase,
  invalidRateCorrection,
  invalidRestructuring,
} from '../contracts/validation';
import type { Inbox } from './inbox';

/** Signals are taken as they come, and judged by the step; updates wait for its answer. */
export function hearMessages(inbox: Inbox): void {
  setHandler(paymentReceived, (payment) => inbox.put({ kind: 'payment', payment }));
  setHandler(paymentReversed, (reversal) => inbox.put({ kind: 'reversal', reversal }));
  setHandler(refundReceived, (refund) => inbox.put({ kind: 'refund', refund }));
  setHandler(purchaseConfirmed, (confirmation) => inbox.put({ kind: 'confirmation', confirmation }));
  setHandler(lookAgain, () => inbox.put({ kind: 'look' }));
  setHandler(
    authorisePurchase,
    (purchase) => inbox.ask<PurchaseResult>(purchase.purchaseId, { kind: 'purchase', purchase }),
    { validator: validatedBy(invalidPurchase) },
  );
  setHandler(
    returnCredit,
    (creditReturn) =>
      inbox.ask<ChangeResult>(factKeys.creditReturn(creditReturn.returnId), { kind: 'credit-return', creditReturn }),
    { validator: validatedBy(invalidCreditReturn) },
  );
  setHandler(
    correctRate,
    (correction) =>
      inbox.ask<ChangeResult>(factKeys.rateCorrection(correction.correctionId), {
        kind: 'rate-correction',
        correction,
      }),
    { validator: validatedBy(invalidRateCorrection) },
  );
  setHandler(
    restructureLoan,
    (restructuring) =>
      inbox.ask<ChangeResult>(factKeys.restructuring(restructuring.restructuringId), {
        kind: 'restructuring',
        restructuring,
      }),
    { validator: validatedBy(invalidRestructuring) },
  );
  setHandler(
    setDebitMandate,
    (mandate) => inbox.ask<ChangeResult>(mandateKey(mandate.changeId), { kind: 'mandate', mandate }),
    { validator: validatedBy(invalidDebitMandateChange) },
  );
  hearInstalments(inbox);
}

/** A cash loan, which has its instalments from the beginning, refuses them as it refuses purchases. */
function hearInstalments(inbox: Inbox): void {
  setHandler(
    startInstalments,
    (start) => inbox.ask<InstalmentResult>(factKeys.instalmentPlan(start.planId), { kind: 'instalment-start', start }),
    { validator: validatedBy(invalidInstalmentStart) },
  );
  setHandler(
    settleInstalments,
    (settlement) =>
      inbox.ask<InstalmentResult>(factKeys.instalmentSettlement(settlement.settlementId), {
        kind: 'instalment-settlement',
        settlement,
      }),
    { validator: validatedBy(invalidInstalmentSettlement) },
  );
}

/** An update that breaks the contract is rejected before it is in the history. */
export function validatedBy<Message>(faultOf: (message: Message) => string | undefined): (message: Message) => void {
  return (message) => {
    const fault = faultOf(message);
    if (fault) throw new Error(fault);
  };
}
