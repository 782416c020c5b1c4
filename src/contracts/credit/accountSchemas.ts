/** The messages of accounts, each said once; HTTP, update validators and the command line judge by these. */
import { PAYMENT_INTENTS } from '../../domain/credit/facts';
import { FEE_PAYERS } from '../../domain/credit/revolving/instalmentFees';
import { acted, amountFen, callersId, dailyRate, date, id, instant, personId, reason, undated } from '../fields';
import { RESERVED_BEGINNINGS } from '../names';
import type { CostDisclosureConfirmation } from '../origination/costDisclosure';
import {
  choice,
  described,
  type Field,
  type FieldsOf,
  isTrue,
  list,
  matching,
  NOT_ACCEPTED,
  newly,
  object,
  optional,
  type Words,
  whole,
  wordsFor,
} from '../schema';
import {
  type CreditReturn,
  type Payment,
  type PaymentReversal,
  PURCHASE_POSTINGS,
  type Purchase,
  type PurchaseApproval,
  type PurchaseConfirmation,
  type Refund,
  type Restructuring,
  type RestructuringApproval,
  type SettledDebit,
  WRITE_OFF_DECISIONS,
  type WriteOffDecision,
} from './account';
import type { InstalmentSettlement, InstalmentStart } from './instalments';

/** An instalment's number grows with every schedule that replaces another; more is a mistake of the caller. */
const MAX_INSTALMENT = 1000;
/** Five years: what is agreed with a borrower in trouble must come to an end, and no policy has longer terms of plans. */
const MAX_MONTHS = 60;
/** Bills of a century. */
const MAX_STATEMENT = 1200;

export const payment = object({
  // Workers of before told of our own debits under such ids: what comes by a signal is judged by the books of debits.
  paymentId: newly(callersId(RESERVED_BEGINNINGS.payment), id),
  amountFen,
  paidOn: date,
  intent: choice(PAYMENT_INTENTS),
  designatedInstalment: optional(
    described(
      whole(1, MAX_INSTALMENT),
      'Cash loan: the due instalment that is settled first; without it the oldest one is.',
    ),
  ),
  ...undated,
  ...acted,
} satisfies FieldsOf<Payment>);

export const settledDebit = object({
  reference: id,
  amountFen,
  settledOn: date,
  ...acted,
} satisfies FieldsOf<SettledDebit>);

/** The id of the payment only names what is there: a debit bounces under the id that it has. */
export const paymentReversal = object({
  reversalId: id,
  paymentId: id,
  reversedOn: date,
  ...undated,
  ...acted,
} satisfies FieldsOf<PaymentReversal>);

export const refund = object({
  refundId: id,
  amountFen,
  refundedOn: date,
  purchaseId: optional(described(id, 'The purchase that it undoes; needed while that one waits for its confirmation.')),
  ...undated,
  ...acted,
} satisfies FieldsOf<Refund>);

export const purchase = object({
  purchaseId: id,
  amountFen,
  purchasedOn: date,
  posting: optional(described(choice(PURCHASE_POSTINGS), 'Default: at-payment.')),
  ...undated,
  ...acted,
} satisfies FieldsOf<Purchase>);

export const purchaseApproval = object({
  approvalId: id,
  purchaseId: id,
  amountFen: described(amountFen, 'To the fen.'),
  decidedBy: personId,
  reason,
  ...acted,
} satisfies FieldsOf<PurchaseApproval>);

export const purchaseConfirmation = object({
  confirmationId: id,
  purchaseId: id,
  confirmedOn: date,
  ...undated,
  ...acted,
} satisfies FieldsOf<PurchaseConfirmation>);

export const creditReturn = object({
  returnId: id,
  amountFen,
  returnedOn: date,
  ...undated,
  ...acted,
} satisfies FieldsOf<CreditReturn>);

const PAIR = wordsFor('the ids of two different people, such as ["staff-01","staff-02"]');

export const restructuring = object({
  restructuringId: id,
  agreedOn: date,
  months: whole(1, MAX_MONTHS),
  dailyRate,
  /** Two names, in histories from before a restructuring was proposed by one and approved by another. */
  decidedBy: optional(pair()),
  ...undated,
  ...acted,
} satisfies FieldsOf<Restructuring>);

function pair() {
  const areTwo = ([first, second]: string[]) => first !== second;
  const names = list(personId, { words: PAIR, min: 2, max: 2, rules: [{ holds: areTwo, fault: 'names one twice' }] });
  return names as Field<[string, string], false>;
}

export const restructuringApproval = object({
  restructuringId: id,
  ...acted,
} satisfies FieldsOf<RestructuringApproval>);

export const writeOffDecision = object(
  {
    decision: choice(WRITE_OFF_DECISIONS),
    decidedBy: personId,
    reason: optional(described(reason, 'Why; needed to write off. Without personal data.')),
    ...acted,
  } satisfies FieldsOf<WriteOffDecision>,
  {
    rules: [
      {
        // Who keeps an account changes nothing, and may leave it at that.
        holds: ({ decision, reason: why }: Partial<WriteOffDecision>) => decision === 'keep' || why !== undefined,
        at: 'reason',
        fault: 'is missing',
        words: reason.definition.words,
      },
    ],
  },
);

const HASH = wordsFor('the 64 hex characters that came with the cost sheet');

/** Of exactly the sheet with this hash. */
export const costSheetConfirmation = described(
  object(
    {
      hash: matching(/^[0-9a-f]{64}$/, HASH),
      confirmedBy: described(personId, 'Who confirmed, as the upstream knows the person: an id, never a name.'),
      confirmedAt: instant,
    } satisfies FieldsOf<CostDisclosureConfirmation>,
    { words: { ...HASH, fix: 'send hash, confirmedBy and confirmedAt', below: 'hash' } },
  ),
  'The borrower has read the cost sheet with this hash and agreed; without it the request is refused.',
);

const ONE_SOURCE: Words = {
  must: 'must be given, and not both',
  fix: 'send statementNumber or unbilled, and not both',
};

export const instalmentStart = object(
  {
    planId: id,
    statementNumber: optional(whole(1, MAX_STATEMENT)),
    unbilled: optional(described(isTrue(), 'Purchases that are in no bill yet.')),
    principalFen: amountFen,
    months: whole(1, MAX_MONTHS),
    feePayer: choice(FEE_PAYERS),
    startedOn: date,
    costSheet: optional(costSheetConfirmation),
    ...acted,
  } satisfies FieldsOf<InstalmentStart>,
  {
    rules: [
      {
        holds: ({ statementNumber, unbilled }: Partial<InstalmentStart>) =>
          (statementNumber === undefined) !== (unbilled === undefined),
        at: 'statementNumber',
        names: 'statementNumber or unbilled',
        fault: NOT_ACCEPTED,
        words: ONE_SOURCE,
      },
    ],
  },
);

export const instalmentSettlement = object({
  settlementId: id,
  planId: id,
  settledOn: date,
  ...acted,
} satisfies FieldsOf<InstalmentSettlement>);
