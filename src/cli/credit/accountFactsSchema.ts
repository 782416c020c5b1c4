/**
 * The lines of a facts file by shape, one schema for each kind. Every message is the fix that a reader of a refusal
 * needs. docs/schemas/account-facts.schema.json is made from these (a test compares), so only checks that JSON Schema
 * can say are here; what shows only across fields or lines is in `accountFactsChecks.ts`.
 */
import { z } from 'zod';
import { payment } from '../../contracts/credit/accountSchemas';
import { id as anyId } from '../../contracts/fields';
import { cashLoanAcceptance } from '../../contracts/origination/applicationSchemas';
import { choicesOf, hintsOf, rangeOf } from '../../contracts/schema';
import type { Terms } from '../../domain/credit/account';
import {
  FACT_KIND_NAMES,
  type FactField,
  type FactKind,
  type FieldType,
  factKindRow,
  type ToldFact,
} from '../../domain/credit/factKinds';
import type { Product } from '../../domain/policy/lendingPolicy';
import { MAX_AMOUNT_FEN } from '../../domain/values/acceptedValues';
import type { IsoDate } from '../../domain/values/calendar';
import { countCharacters } from '../../domain/values/characters';

const MAX_MONTHS = 360;
const MAX_STATEMENT = 10_000;
const MAX_TEXT = 100;

/** Real dates from 1900 to 2199; of those years that end a century only 2000 is a leap year. */
const DATE_PATTERN =
  /^(?:(?:19|20|21)\d\d-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))|(?:(?:19|20|21)(?:0[48]|[2468][048]|[13579][26])|2000)-02-29)$/;
/** Not one that the fold gives to an entry of its own: two entries would have one key. */
const KEY_PATTERN = /^(?!interest\/|penalty\/|instalment-fee\/|credit-applied\/)[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$/;
const ID_PATTERN = new RegExp(hintsOf(anyId).pattern ?? '');
const RATE_PATTERN = /^(?:0(?:\.\d{1,14})?|1(?:\.0{1,14})?)$/;

const DATE_FIX = 'give a real date from 1900-01-01 to 2199-12-31, such as "2026-07-10"';
const KEY_FIX =
  'give 1 to 200 letters, digits or ._:/- such as "payment/2031", and none of the beginnings interest/, penalty/, instalment-fee/, credit-applied/, which are of the ledger';
const ID_FIX = 'give 1 to 100 letters, digits or ._:- such as "staff-12"';
const AMOUNT_FIX = 'give a whole number of fen above 0, such as 12345 for 123.45 CNY';
const RATE_FIX = 'give a daily rate from 0 to 1 as text, such as "0.0004"';
const DECIDED_BY_FIX = 'give two staff identifiers, such as ["staff-12", "staff-31"]';
const REASONS_FIX = 'give the reasons of the two, in their order';
const SOURCE_FIX = 'give debit, or leave the field out';
const TRUE_FIX = 'give true, or leave the field out';
const REASON_FIX = `give 1 to ${MAX_TEXT} characters, such as "WORSE_BUCKET"`;

const date = z.string(DATE_FIX).regex(DATE_PATTERN, DATE_FIX).meta({ id: 'date' });
const key = z.string(KEY_FIX).regex(KEY_PATTERN, KEY_FIX).meta({ id: 'key' });
const id = z.string(ID_FIX).regex(ID_PATTERN, ID_FIX).meta({ id: 'staffId' });
const rate = z.string(RATE_FIX).regex(RATE_PATTERN, RATE_FIX).meta({ id: 'dailyRate' });
const amountFen = whole(1, MAX_AMOUNT_FEN, AMOUNT_FIX).meta({ id: 'amountFen' });
const months = whole(1, MAX_MONTHS);

function whole(min: number, max: number, fix = `give a whole number from ${min} to ${max}`) {
  return z.int(fix).min(min, fix).max(max, fix);
}

function oneOf<Choice extends string>(...choices: [Choice, ...Choice[]]) {
  return z.enum(choices, `give one of ${choices.join(', ')}`);
}

const reason = z
  .string(REASON_FIX)
  .refine((text) => text !== '' && countCharacters(text) <= MAX_TEXT, REASON_FIX)
  .meta({ minLength: 1, maxLength: MAX_TEXT });

/** What a field of a fact takes, by its type in `domain/credit/factKinds.ts`. */
const FIELD_SCHEMAS: Record<FieldType, z.ZodType> = {
  amount: amountFen,
  fee: whole(0, MAX_AMOUNT_FEN, 'give a whole number of fen from 0, the fee of the whole plan'),
  rate,
  months,
  statementNumber: whole(1, MAX_STATEMENT),
  instalmentNumber: whole(...rangeOf(payment.fields.designatedInstalment)),
  key,
  intent: oneOf(...choicesOf(payment.fields.intent)),
  reason,
  yesOrNo: z.boolean('give true or false'),
  onlyTrue: z.literal(true, TRUE_FIX),
  twoPeople: z.tuple([id, id], DECIDED_BY_FIX),
  twoReasons: z.tuple([reason, reason], REASONS_FIX),
};

function fieldSchema({ type, what, isOptional }: FactField): z.ZodType {
  const schema = FIELD_SCHEMAS[type];
  const told = what === undefined ? schema : schema.describe(what);
  return isOptional ? told.optional() : told;
}

/** What a line says beside the fields of its fact. */
const BESIDE: Partial<Record<FactKind, z.ZodRawShape>> = {
  paid: {
    source: z
      .literal('debit', SOURCE_FIX)
      .describe('Of a payment that an automatic debit of ours brought; its key begins with payment/debit:.')
      .optional(),
  },
};

function lineOf(kind: FactKind): FactLine {
  const { what, fields } = factKindRow(kind);
  const shape = Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)] as const);
  return z
    .strictObject({
      kind: z.literal(kind),
      key: key.describe('Business key, unique within the account; the journal entry has the same.'),
      valueDate: date.describe('The date that it counts from.'),
      arrivedOn: date
        .describe('The date on which it became known, not before the value date; absent: the value date.')
        .optional(),
      ...Object.fromEntries(shape),
      ...BESIDE[kind],
    })
    .describe(what) as z.ZodObject as FactLine;
}

type FactLine = z.ZodObject & z.ZodType<ToldFact & { arrivedOn?: IsoDate | undefined }>;

/** By kind; the fields are those of the kind without `billableFrom`, which follows from the arrival. */
export const FACT_SCHEMAS = Object.fromEntries(FACT_KIND_NAMES.map((kind) => [kind, lineOf(kind)])) as Record<
  FactKind,
  FactLine
>;

/** What was agreed, as src/domain/credit/account.ts has it. */
const TERMS_SCHEMAS = {
  'cash-loan': z.strictObject({
    product: z.literal('cash-loan'),
    principalFen: amountFen,
    dailyRate: rate,
    months,
    method: oneOf(...choicesOf(cashLoanAcceptance.fields.method)),
    startDate: date.describe('Of the disbursement.'),
    dueDates: z
      .array(date, 'give a list of dates')
      .min(1, 'give one date for each month of the term')
      .describe('Where some were moved off rest days: one for each month, rising; absent: the day of the start.')
      .optional(),
  }),
  revolving: z.strictObject({
    product: z.literal('revolving'),
    limitFen: amountFen,
    openDate: date,
    dueDay: whole(1, 28).describe('After the bill day of the policy.'),
  }),
} satisfies { [Each in Product]: z.ZodType<Extract<Terms, { product: Each }>> };

const POLICY_FIX = 'give an object of policy fields, such as {"penaltyMultiplier": "1.3"}, or leave it out';
const policy = z
  .record(z.string(), z.unknown(), POLICY_FIX)
  .describe("Fields of the policy's cashLoan or revolving section that differ from the policy in use.");

/** The line that says what was agreed, and what of the policy is other than usual. */
export const HEADER_SCHEMAS = {
  'cash-loan': z.strictObject({ terms: TERMS_SCHEMAS['cash-loan'], policy: policy.optional() }),
  revolving: z.strictObject({ terms: TERMS_SCHEMAS.revolving, policy: policy.optional() }),
} satisfies Record<Product, z.ZodType>;

/** The published schema of one line. */
export function lineJsonSchema(): object {
  const lines = z.union([...Object.values(HEADER_SCHEMAS), ...Object.values(FACT_SCHEMAS)]);
  const { $schema, ...rest } = z.toJSONSchema(lines, { target: 'draft-2020-12' });
  return {
    $schema,
    title: 'One line of an account facts file',
    description: 'docs/account-derive.md says what a file is made of, and what is checked across its lines.',
    ...rest,
  };
}
