/**
 * What goes in and out over HTTP. Every message of an input schema is the fix that a caller reads when it is broken
 * (`validation.ts`); unknown fields are refused everywhere, because a misspelt optional field must not be lost.
 */
import { z } from 'zod';
import * as fields from '../contracts/fields';
import * as applications from '../contracts/origination/applicationSchemas';
import { optional } from '../contracts/schema';
import { FINAL_RECEIPTS } from '../domain/messaging/outbox/noticeStatuses';
import { ALL_SOURCE_KINDS, SUPPLIED_KINDS } from '../domain/origination/dataSources';
import { LAST_INSTANT_MS } from '../domain/values/acceptedValues';
import { type ResidentIdFault, residentIdFault } from '../domain/values/residentId';
import { saidBy } from './credit/accountBodies';
import { fieldsOf, zodOf } from './http/messageSchemas';
import { PROBLEM_MEDIA_TYPE } from './http/problems';
import { oneOf } from './http/textSchema';

const PHONE_FIX = 'send a mainland mobile number: 11 digits that begin with 1';
const ID_NUMBER_FIX = 'send the 18 characters of a resident identity number as on the card';
const NAME_FIX = 'send the name as on the identity card, 1 to 100 characters';
const OBJECT_FIX = 'send a JSON object';
const MAX_RECEIPTS = 1000;

export const id = zodOf(fields.id);
/** Of a person, staff or borrower: what identifies the person elsewhere as well is not taken for one. */
export const personId = zodOf(fields.personId);
export const date = zodOf(fields.date);
export const product = zodOf(fields.product);
const amountFen = zodOf(fields.amountFen);

function wholeNumber(min: number, max: number) {
  const fix = `send a whole number from ${min} to ${max}`;
  return z.int(fix).min(min, fix).max(max, fix);
}

/** Known sums that may be nothing, such as the debt service of a borrower without debts. */
const knownFen = zodOf(fields.knownFen);

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

const finances = zodOf(applications.financesFigures);
const behaviour = zodOf(applications.behaviourFigures);
const identity = zodOf(applications.identityFigures);

const KIND_FIX = `send ${oneOf(SUPPLIED_KINDS)}, each at most once`;
/** To each kind of source at most one, because a consent is named by its application and kind. */
const consents = z
  .array(
    z.strictObject(
      {
        sourceKind: z.enum(SUPPLIED_KINDS, KIND_FIX),
        until: date.describe('The last day of the consent; left out: until it is withdrawn.').optional(),
      },
      OBJECT_FIX,
    ),
    'send an array of consents, or leave it out',
  )
  .max(SUPPLIED_KINDS.length, KIND_FIX)
  .refine((given) => new Set(given.map(({ sourceKind }) => sourceKind)).size === given.length, KIND_FIX)
  .describe('What the applicant agreed to: which kind of source may be asked for this application, and until when.');

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
    // Without a default: a request of before is still the same one by its hash.
    consents: consents.optional(),
  },
  OBJECT_FIX,
);

export const consentWithdrawalBody = z.strictObject({ reason: zodOf(fields.reason) }, OBJECT_FIX);

const proved = zodOf(optional(applications.provedFigures));
const DECLINE_FIX = 'leave it out with decline: nothing is granted';
export const referralDecisionBody = z
  .strictObject(
    {
      ...fieldsOf(applications.referralDecision, 'decision', 'reason', 'proved'),
      decidedBy: saidBy,
      shownFen: knownFen
        .describe('With approve: what the preview showed as granted. Where it is another sum now, it is refused.')
        .optional(),
    },
    OBJECT_FIX,
  )
  .refine(({ decision, shownFen }) => decision === 'approve' || shownFen === undefined, {
    message: DECLINE_FIX,
    path: ['shownFen'],
  });
export const objectionBody = z.strictObject(
  {
    ...fieldsOf(applications.objection, 'objectedBy', 'reason'),
    claimed: proved.describe('Figures that the objection tells: the person who reviews it sees them, and proves them.'),
  },
  OBJECT_FIX,
);
export const referralPreviewBody = z.strictObject({ proved }, OBJECT_FIX);

const acceptedOn = date.describe('Default: the business date of the first arrival of this request.').optional();
const loanTerms = fieldsOf(applications.cashLoanAcceptance, 'principalFen', 'months', 'method');
const accountTerms = fieldsOf(applications.revolvingAcceptance, 'dueDay', 'costSheet');

export const cashLoanAcceptance = z.strictObject(
  { ...loanTerms, acceptedOn, costSheet: accountTerms.costSheet },
  OBJECT_FIX,
);
export const revolvingAcceptance = z.strictObject({ ...accountTerms, acceptedOn }, OBJECT_FIX);
/** Of both products, because the offer knows its product; the handler then asks for exactly the offer's shape. */
export const acceptanceBody = z
  .strictObject(
    {
      principalFen: loanTerms.principalFen.optional(),
      months: loanTerms.months.optional(),
      method: loanTerms.method.optional(),
      ...accountTerms,
      acceptedOn,
    },
    OBJECT_FIX,
  )
  .describe('Cash loan: principalFen, months and method are required. Revolving: only dueDay is allowed.');

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
export const consentParams = z.strictObject({
  id,
  sourceKind: z.enum(ALL_SOURCE_KINDS, `name ${oneOf(ALL_SOURCE_KINDS)}`),
});
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
