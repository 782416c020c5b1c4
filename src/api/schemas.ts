/**
 * What goes in and out over HTTP. Every message of an input schema is the fix that a caller reads when it is broken
 * (`validation.ts`); unknown fields are refused everywhere, because a misspelt optional field must not be lost.
 */
import { z } from 'zod';
import { PURCHASE_POSTINGS, REFERRAL_DECISIONS, RESERVED_BEGINNINGS, WRITE_OFF_DECISIONS } from '../contracts';
import { isAcceptedDate, LAST_INSTANT_MS, MAX_AMOUNT_FEN } from '../domain/acceptedValues';
import { IDENTITY_CHECKS } from '../domain/assessment';
import { PAYMENT_INTENTS } from '../domain/facts';
import { FINAL_RECEIPTS } from '../domain/noticeStatuses';
import { isPersonalNumber } from '../domain/personalNumbers';
import { PRODUCTS, REPAYMENT_METHODS } from '../domain/products';
import { type ResidentIdFault, residentIdFault } from '../domain/residentId';
import { PROBLEM_MEDIA_TYPE } from './problems';
import { charactersOf, instant, oneOf } from './textSchema';

const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;
const ID_FIX = 'send 1 to 100 letters, digits or ._:- such as "order-2031"';
const AMOUNT_FIX = 'send a whole number of fen above 0, such as 12345 for 123.45 CNY';
const PERSON_ID_FIX = 'send an id that you give, such as "staff-31": 1 to 100 letters, digits or ._:-';
const DATE_FIX = 'send a real date from 1900-01-01 to 2199-12-31, such as "2026-07-10"';
const RATIO_FIX = 'send a decimal from 0 to 1 as text, such as "0.985"';
const PHONE_FIX = 'send a mainland mobile number: 11 digits that begin with 1';
const ID_NUMBER_FIX = 'send the 18 characters of a resident identity number as on the card';
const NAME_FIX = 'send the name as on the identity card, 1 to 100 characters';
const OBJECT_FIX = 'send a JSON object';
const MAX_RECEIPTS = 1000;

export const id = z.string(ID_FIX).regex(ID_PATTERN, ID_FIX);

/** An id that a caller gives where we give ids as well: not in the form that is ours. */
export function callersId(beginning: string) {
  const fix = `send an id that does not begin with ${beginning}`;
  return id.superRefine((text, check) => {
    if (!text.startsWith(beginning)) return;
    check.addIssue({ code: 'custom', message: fix, params: { fault: `begins with ${beginning}, which is reserved` } });
  });
}

/** Of a person, staff or borrower: what identifies the person elsewhere as well is not taken for one. */
export const personId = z
  .string(PERSON_ID_FIX)
  .regex(ID_PATTERN, PERSON_ID_FIX)
  .refine((text) => !isPersonalNumber(text), {
    message: PERSON_ID_FIX,
    params: { fault: 'is a phone number or an identity number, which is personal data' },
  });
export const date = z.string(DATE_FIX).refine(isAcceptedDate, DATE_FIX).meta({ format: 'date' });
export const product = z.enum(PRODUCTS, `send ${oneOf(PRODUCTS)}`);
const amountFen = z.int(AMOUNT_FIX).min(1, AMOUNT_FIX).max(MAX_AMOUNT_FEN, AMOUNT_FIX);
const ratio = z.string(RATIO_FIX).regex(/^(0(\.\d{1,14})?|1(\.0{1,14})?)$/, RATIO_FIX);

function wholeNumber(min: number, max: number) {
  const fix = `send a whole number from ${min} to ${max}`;
  return z.int(fix).min(min, fix).max(max, fix);
}

/** Known sums that may be nothing, such as the debt service of a borrower without debts. */
const knownFen = wholeNumber(0, MAX_AMOUNT_FEN);

const ID_NUMBER_FAULTS: Partial<Record<ResidentIdFault, string>> = {
  'birth-date': 'holds no real birth date',
  'check-digit': 'has a check digit that does not fit (GB 11643)',
};
/** Kept in one form: the last character may come as a small x. */
const idNumber = z
  .string(ID_NUMBER_FIX)
  .regex(/^\d{17}[\dXx]$/, ID_NUMBER_FIX)
  .toUpperCase()
  .superRefine((text, check) => {
    const found = residentIdFault(text);
    const fault = found && ID_NUMBER_FAULTS[found];
    if (fault) check.addIssue({ code: 'custom', message: ID_NUMBER_FIX, params: { fault } });
  });

export const phone = z.string(PHONE_FIX).regex(/^1\d{10}$/, PHONE_FIX);

const borrower = z.strictObject(
  {
    borrowerId: personId,
    name: z
      .string(NAME_FIX)
      .regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u, NAME_FIX)
      .refine((name) => name.trim() === name, NAME_FIX),
    idNumber,
    phone,
  },
  OBJECT_FIX,
);

const finances = z.strictObject(
  {
    monthlyIncomeFen: knownFen.optional(),
    monthlyDebtServiceFen: knownFen.optional(),
    unsecuredDebtFen: knownFen.optional(),
    worstBureauCode: wholeNumber(0, 7).optional(),
    openOverdue: z.boolean('send true or false').optional(),
    bureauInquiries3Months: wholeNumber(0, 10_000).optional(),
  },
  OBJECT_FIX,
);

const behaviour = z.strictObject(
  {
    monthsOnPlatform: wholeNumber(0, 1200).optional(),
    monthlySpendFen: knownFen.optional(),
    onTimePaymentRatio: ratio.optional(),
    refundRatio: ratio.optional(),
  },
  OBJECT_FIX,
);

const identity = z.strictObject(
  {
    check: z.enum(IDENTITY_CHECKS, `send ${oneOf(IDENTITY_CHECKS)}`).optional(),
    adult: z.boolean('send true or false').optional(),
  },
  OBJECT_FIX,
);

/** What is not known of a borrower is left out: missing data is referred to a person. */
export const applicationBody = z.strictObject(
  {
    applicationId: id,
    product,
    requestedFen: amountFen,
    borrower,
    finances: finances.default({}),
    behaviour: behaviour.default({}),
    identity: identity.default({}),
  },
  OBJECT_FIX,
);

/** Beside the principal of the key, which is who acts. */
export const saidBy = personId
  .describe(
    'A name of the person in your own system: recorded beside the principal of the key, and counts for nothing.',
  )
  .optional();
const REASON_FIX = 'send the reason in 1 to 500 characters';
const reason = charactersOf(REASON_FIX, { max: 500 }).describe('Without personal data.');
const proved = z
  .strictObject(
    { identity: identity.optional(), finances: finances.optional(), behaviour: behaviour.optional() },
    OBJECT_FIX,
  )
  .describe('What the person saw proof of; it stands before what was told with the application.');
const DECLINE_FIX = 'leave it out with decline: nothing is granted';
export const referralDecisionBody = z
  .strictObject(
    {
      decision: z.enum(REFERRAL_DECISIONS, `send ${oneOf(REFERRAL_DECISIONS)}`),
      decidedBy: saidBy,
      reason,
      proved: proved.optional(),
      shownFen: wholeNumber(0, MAX_AMOUNT_FEN)
        .describe('With approve: what the preview showed as granted. Where it is another sum now, it is refused.')
        .optional(),
    },
    OBJECT_FIX,
  )
  .refine(({ decision, shownFen }) => decision === 'approve' || shownFen === undefined, {
    message: DECLINE_FIX,
    path: ['shownFen'],
  });
export const referralPreviewBody = z.strictObject({ proved: proved.optional() }, OBJECT_FIX);

const METHOD_FIX = `send ${oneOf(REPAYMENT_METHODS)}`;
const method = z.enum(REPAYMENT_METHODS, METHOD_FIX);
const months = wholeNumber(1, 120);
const dueDay = wholeNumber(1, 28);
const HASH_FIX = 'send the 64 hex characters that came with the cost sheet';
export const confirmation = z
  .strictObject(
    {
      hash: z.string(HASH_FIX).regex(/^[0-9a-f]{64}$/, HASH_FIX),
      confirmedBy: personId.describe('Who confirmed, as the upstream knows the person: an id, never a name.'),
      confirmedAt: instant,
    },
    'send hash, confirmedBy and confirmedAt',
  )
  .describe('The borrower has read the cost sheet with this hash and agreed; without it the request is refused.');
const acceptedOn = date.describe('Default: the business date of the first arrival of this request.');

export const cashLoanAcceptance = z.strictObject(
  { principalFen: amountFen, months, method, acceptedOn: acceptedOn.optional(), costSheet: confirmation.optional() },
  OBJECT_FIX,
);
export const revolvingAcceptance = z.strictObject(
  { dueDay: dueDay.optional(), acceptedOn: acceptedOn.optional(), costSheet: confirmation.optional() },
  OBJECT_FIX,
);
/** Of both products, because the offer knows its product; the handler then asks for exactly the offer's shape. */
export const acceptanceBody = z
  .strictObject(
    {
      principalFen: amountFen.optional(),
      months: months.optional(),
      method: method.optional(),
      dueDay: dueDay.optional(),
      acceptedOn: acceptedOn.optional(),
      costSheet: confirmation.optional(),
    },
    OBJECT_FIX,
  )
  .describe('Cash loan: principalFen, months and method are required. Revolving: only dueDay is allowed.');

const onDate = date.describe('Default: the business date of the first arrival of this request.').optional();
export const purchaseBody = z.strictObject(
  {
    purchaseId: id,
    amountFen,
    purchasedOn: onDate,
    posting: z
      .enum(PURCHASE_POSTINGS, `send ${oneOf(PURCHASE_POSTINGS)}`)
      .describe('Default: at-payment.')
      .optional(),
  },
  OBJECT_FIX,
);
export const confirmationBody = z.strictObject({ confirmationId: id, confirmedOn: onDate }, OBJECT_FIX);
export const refundBody = z.strictObject(
  {
    refundId: id,
    amountFen,
    refundedOn: onDate,
    purchaseId: id
      .describe('The purchase that it undoes; needed while that one waits for its confirmation.')
      .optional(),
  },
  OBJECT_FIX,
);

const INTENT_FIX = `send ${oneOf(PAYMENT_INTENTS)}`;
export const paymentBody = z.strictObject(
  {
    paymentId: callersId(RESERVED_BEGINNINGS.payment),
    amountFen,
    paidOn: onDate,
    intent: z.enum(PAYMENT_INTENTS, INTENT_FIX).default('instalment'),
    designatedInstalment: wholeNumber(1, 1000)
      .describe('Cash loan: the due instalment that is settled first; without it the oldest one is.')
      .optional(),
  },
  OBJECT_FIX,
);
export const reversalBody = z.strictObject({ reversalId: id, reversedOn: onDate }, OBJECT_FIX);

export const creditReturnBody = z.strictObject({ returnId: id, amountFen, returnedOn: onDate }, OBJECT_FIX);
const RATE_FIX = 'send a daily rate below 1 as text, such as "0.0004"';
const dailyRate = z.string(RATE_FIX).regex(/^0(\.\d{1,14})?$/, RATE_FIX);
export const purchaseApprovalBody = z.strictObject(
  { approvalId: id, purchaseId: id, amountFen: amountFen.describe('To the fen.'), decidedBy: saidBy, reason },
  OBJECT_FIX,
);
const RATES_FIX = 'send dailyRate of a cash loan, or revolvingDailyRate or overdueDailyRate of a revolving account';
export const rateCorrectionBody = z
  .strictObject(
    {
      correctionId: id,
      from: date.describe('The day after it is the first at the new rate.'),
      dailyRate: dailyRate.optional(),
      revolvingDailyRate: dailyRate.optional(),
      overdueDailyRate: dailyRate.optional(),
      decidedBy: saidBy,
    },
    OBJECT_FIX,
  )
  .refine(
    (body) => (body.dailyRate ?? body.revolvingDailyRate ?? body.overdueDailyRate) !== undefined,
    // The field at fault, by the name that most callers miss.
    { message: RATES_FIX, path: ['dailyRate'] },
  );
export const restructuringBody = z.strictObject(
  {
    restructuringId: id,
    agreedOn: onDate,
    months: wholeNumber(1, 60),
    dailyRate,
  },
  OBJECT_FIX,
);
export const approvalBody = z.strictObject({}, OBJECT_FIX);
export const writeOffDecisionBody = z
  .strictObject(
    {
      decision: z.enum(WRITE_OFF_DECISIONS, `send ${oneOf(WRITE_OFF_DECISIONS)}`),
      decidedBy: saidBy,
      reason: reason.optional().describe('Why; needed to write off. Without personal data.'),
    },
    OBJECT_FIX,
  )
  .refine((body) => body.decision === 'keep' || body.reason !== undefined, { message: REASON_FIX, path: ['reason'] });

const RECEIPTS_FIX = `send an array of 1 to ${MAX_RECEIPTS} receipts`;
const MESSAGE_ID_FIX = "send the provider's message id, 1 to 200 characters";
export const receiptRow = z.strictObject(
  {
    providerMessageId: z.string(MESSAGE_ID_FIX).regex(/^[\x21-\x7e]{1,200}$/, MESSAGE_ID_FIX),
    sequence: wholeNumber(0, 1_000_000).describe(
      'Tells the receipts of one message apart; the same one again is a double.',
    ),
    status: z.enum(FINAL_RECEIPTS, `send ${oneOf(FINAL_RECEIPTS)}`),
    atMs: wholeNumber(0, LAST_INSTANT_MS),
  },
  OBJECT_FIX,
);
/** Checked row by row by the handler: one that is wrong is no other's fault. */
export const receiptsBody = z
  .array(z.union([receiptRow, z.unknown()]), RECEIPTS_FIX)
  .min(1, RECEIPTS_FIX)
  .max(MAX_RECEIPTS, RECEIPTS_FIX);

export const idParams = z.strictObject({ id });
export const restructuringParams = z.strictObject({ id, restructuringId: id });
export const paymentParams = z.strictObject({ id, paymentId: id });
export const purchaseParams = z.strictObject({ id, purchaseId: id });
export const providerParams = z.strictObject({
  provider: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'name the provider in lower case, such as "sink"'),
});

export const callbackAnswer = z.unknown().describe('What the provider waits for, in its own words.');

/** The secret was judged before: here it is described. */
export const callbackParams = z.strictObject({
  provider: z.string().describe('Such as aliyun.'),
  secret: z.string().describe('Of this provider alone.'),
});

export const CURSOR_FIX = 'send nextCursor of the page before, or leave it out for the first page';
const LIMIT_FIX = 'send a whole number from 1 to 200';
export const timelineQuery = z.strictObject({
  cursor: z
    .string(CURSOR_FIX)
    .regex(/^[A-Za-z0-9_-]{1,600}$/, CURSOR_FIX)
    .optional(),
  limit: z
    .string(LIMIT_FIX)
    .regex(/^([1-9]\d?|1\d\d|200)$/, LIMIT_FIX)
    .optional(),
});

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    field: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), fault: z.string(), fix: z.string() })).optional(),
    reasonCodes: z.array(z.string()).optional(),
    figures: z.record(z.string(), z.union([z.int(), z.string()])).optional(),
    restriction: z.object({ incidentId: z.string(), remedyChannel: z.string() }).optional(),
    scope: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem document' });

const PROBLEMS: Record<number, string> = {
  400: 'The request breaks the contract; `errors` names each field, its fault and the fix.',
  401: 'The API key or signature is missing or not known.',
  403: 'The key lacks the scope that `scope` names.',
  404: 'What is named does not exist.',
  409: 'The request contradicts what is there, or its Idempotency-Key was used with other input.',
  413: 'The body is larger than 1 MiB, or than the route takes.',
  415: 'The body is not application/json.',
  422: 'Refused by the business, with reason codes, or without meaning for what it names.',
  429: 'The caller asked too often; again after Retry-After.',
  503: 'A part of the system cannot be reached; send the same request again after Retry-After.',
};

/** Response schemas of the refusals that a route can answer with. */
export function problems(...statuses: number[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: PROBLEMS[status], content: { [PROBLEM_MEDIA_TYPE]: { schema: problemSchema } } },
    ]),
  );
}
