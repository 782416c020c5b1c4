/** What can be told to an account and goes to its books by the next step: each message becomes an arrival. */
import { setHandler } from '@temporalio/workflow';
import {
  approvePurchase,
  approveRestructuring,
  authorisePurchase,
  type ChangeResult,
  correctRate,
  debitSettled,
  lookAgain,
  type PurchaseResult,
  paymentReceived,
  paymentReversed,
  purchaseConfirmed,
  refundReceived,
  restructureLoan,
  returnCredit,
  setDebitMandate,
  takeAgain,
} from '../contracts/account';
import * as messages from '../contracts/accountSchemas';
import { type InstalmentResult, settleInstalments, startInstalments } from '../contracts/instalments';
import { factKeys, mandateKey, purchaseApprovalKey } from '../contracts/names';
import type { Inbox } from './inbox';
import { validatedBy } from './refusedUpdate';

/** Signals are taken as they come, and judged by the step; updates wait for its answer. */
export function hearMessages(inbox: Inbox): void {
  setHandler(paymentReceived, (payment) => inbox.put({ kind: 'payment', payment }), {
    description: 'Money from the borrower, booked by the next step',
  });
  setHandler(debitSettled, (debit) => inbox.put({ kind: 'debit', debit }), {
    description: 'Money of our own automatic debit, booked as the books of debits have it; not for callers',
  });
  setHandler(paymentReversed, (reversal) => inbox.put({ kind: 'reversal', reversal }), {
    description: 'A payment bounced: it counts as never made',
  });
  setHandler(refundReceived, (refund) => inbox.put({ kind: 'refund', refund }), {
    description: 'Money for goods that were given back',
  });
  setHandler(purchaseConfirmed, (confirmation) => inbox.put({ kind: 'confirmation', confirmation }), {
    description: 'The goods of a purchase were received: it is posted',
  });
  setHandler(takeAgain, (told) => inbox.put({ kind: 'set-aside', asideId: told?.asideId }), {
    description: 'What was set aside is taken again, as two people decided',
  });
  setHandler(lookAgain, () => inbox.put({ kind: 'look' }), {
    description: 'Take a step now: the rules by which deadlines are found have changed',
  });
  setHandler(
    authorisePurchase,
    (purchase) => inbox.ask<PurchaseResult>(purchase.purchaseId, { kind: 'purchase', purchase }),
    { validator: validatedBy(messages.purchase), description: 'Asks whether a purchase can be made now' },
  );
  setHandler(
    approvePurchase,
    (approval) =>
      inbox.ask<ChangeResult>(purchaseApprovalKey(approval.approvalId), { kind: 'purchase-approval', approval }),
    {
      validator: validatedBy(messages.purchaseApproval),
      description: 'A person approves a purchase that is far above the limit; it is asked for again afterwards',
    },
  );
  setHandler(
    returnCredit,
    (creditReturn) =>
      inbox.ask<ChangeResult>(factKeys.creditReturn(creditReturn.returnId), { kind: 'credit-return', creditReturn }),
    {
      validator: validatedBy(messages.creditReturn),
      description: "The borrower's credit, or a part of it, was paid back",
    },
  );
  setHandler(
    correctRate,
    (correction) =>
      inbox.ask<ChangeResult>(factKeys.rateCorrection(correction.correctionId), {
        kind: 'rate-correction',
        correction,
      }),
    { validator: validatedBy(messages.rateCorrection), description: 'Another rate from a date on; needs a person' },
  );
  setHandler(
    restructureLoan,
    (restructuring) =>
      inbox.ask<ChangeResult>(factKeys.restructuring(restructuring.restructuringId), {
        kind: 'restructuring',
        restructuring,
      }),
    {
      validator: validatedBy(messages.restructuring),
      description: 'Proposes another schedule for what is left of a loan; another principal approves it',
    },
  );
  setHandler(
    approveRestructuring,
    (approval) =>
      inbox.ask<ChangeResult>(factKeys.restructuringApproval(approval.restructuringId), {
        kind: 'restructuring-approval',
        approval,
      }),
    {
      validator: validatedBy(messages.restructuringApproval),
      description: 'Approves a proposed restructuring, as another principal: needs the API',
    },
  );
  setHandler(
    setDebitMandate,
    (mandate) => inbox.ask<ChangeResult>(mandateKey(mandate.changeId), { kind: 'mandate', mandate }),
    {
      validator: validatedBy(messages.debitMandateChange),
      description: 'Gives, changes or ends the mandate for automatic debits',
    },
  );
  hearInstalments(inbox);
}

/** A cash loan, which has its instalments from the beginning, refuses them as it refuses purchases. */
function hearInstalments(inbox: Inbox): void {
  setHandler(
    startInstalments,
    (start) => inbox.ask<InstalmentResult>(factKeys.instalmentPlan(start.planId), { kind: 'instalment-start', start }),
    { validator: validatedBy(messages.instalmentStart), description: 'Splits a bill or purchases in parts' },
  );
  setHandler(
    settleInstalments,
    (settlement) =>
      inbox.ask<InstalmentResult>(factKeys.instalmentSettlement(settlement.settlementId), {
        kind: 'instalment-settlement',
        settlement,
      }),
    {
      validator: validatedBy(messages.instalmentSettlement),
      description: 'All coming parts of a plan come with the next bill',
    },
  );
}
