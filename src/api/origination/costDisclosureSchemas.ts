/** What goes in and out with cost sheets: docs/cost-disclosure.md. */
import { z } from 'zod';
import { FEE_PAYERS } from '../../domain/credit/revolving/instalmentFees';
import { REPAYMENT_METHODS } from '../../domain/policy/lendingPolicy';
import { MAX_AMOUNT_FEN } from '../../domain/values/acceptedValues';
import { oneOf } from '../http/textSchema';

const fen = z.int();
const rate = z.string();

const standard = z.union([
  z.object({ basis: z.literal('outstanding-principal-by-day'), dailyRate: rate }),
  z.object({ basis: z.literal('outstanding-principal-by-month'), dailyRate: rate }),
  z.object({ basis: z.literal('principal-once'), share: rate }),
]);

const head = {
  form: z.int().describe('Raised when the text of the same credit changes.'),
  lenderOfRecord: z.string(),
  policyVersion: z.string(),
  charges: z
    .array(z.object({ kind: z.string(), collector: z.string(), payer: z.string(), standard, amountFen: fen }))
    .describe('Each charge under normal performance.'),
  annualised: z
    .object({
      aprNominal: rate.describe(
        '12 x the monthly internal rate of return; of a revolving account 365 x the daily rate.',
      ),
      aprDaily: rate
        .optional()
        .describe('365 x the daily internal rate of return; the cost cap is held against the larger of both.'),
      ear: rate.describe('Compound.'),
    })
    .describe('Annualised cost under normal performance; of a revolving account, of carrying a bill by its minimum.'),
  defaultCosts: z.array(
    z.object({ kind: z.string(), collector: z.string(), dailyRate: rate, annualRate: rate, graceDays: z.int() }),
  ),
  otherCharges: z.literal('none'),
};

const repaid = {
  ...head,
  principalFen: fen,
  receivedFen: fen,
  months: z.int(),
  startDate: z.string(),
  instalments: z.array(
    z.object({
      number: z.int(),
      dueDate: z.string(),
      principalFen: fen,
      interestFen: fen,
      feeFen: fen,
      paymentFen: fen,
      balanceFen: fen,
    }),
  ),
  totalFen: fen,
};

const sheet = z.union([
  z.object({ product: z.literal('cash-loan'), method: z.string(), ...repaid }),
  z.object({
    product: z.literal('instalment-plan'),
    statementNumber: z.int().optional(),
    isFeeWaivedEarly: z.boolean(),
    ...repaid,
  }),
  z.object({
    product: z.literal('revolving'),
    limitFen: fen,
    openDate: z.string(),
    billDay: z.int(),
    dueDay: z.int(),
    minimumPaymentRatio: rate,
    ...head,
  }),
]);

export const costSheetView = z
  .object({
    hash: z.string().describe('SHA-256 of the text in UTF-8.'),
    text: z.string().describe('What the borrower reads and confirms.'),
    sheet,
    presentedAt: z.string().describe('The business instant; not a part of the sheet.'),
  })
  .describe('Everything that the credit costs, if it is taken up on the business date.');

export const confirmedCostSheets = z
  .object({
    items: z.array(
      z.object({
        subject: z.string().describe('account, or the key of an instalment plan such as instalment/2031.'),
        hash: z.string(),
        text: z.string(),
        sheet,
        confirmedBy: z.string(),
        confirmedAtMs: z.int(),
        recordedAtMs: z.int(),
      }),
    ),
  })
  .describe('What was confirmed, oldest first.');

const ONE_SOURCE_FIX = 'send either the number of a bill or unbilled: true, and not both';
const AMOUNT_FIX = 'send a whole number of fen above 0, such as 12345 for 123.45 CNY';
const MONTHS_FIX = 'send a whole number from 1 to 120';
const METHOD_FIX = `send ${oneOf(REPAYMENT_METHODS)}`;
const DUE_DAY_FIX = 'send a whole number from 1 to 28';

/** Of a query, whose values are texts. */
const amountText = z
  .string(AMOUNT_FIX)
  .regex(/^[1-9]\d{0,11}$/, AMOUNT_FIX)
  .refine((text) => !(Number(text) > MAX_AMOUNT_FEN), { message: AMOUNT_FIX, params: { fault: 'is too large' } });
const monthsText = z.string(MONTHS_FIX).regex(/^([1-9]\d?|1[01]\d|120)$/, MONTHS_FIX);

const methodText = z.enum(REPAYMENT_METHODS, METHOD_FIX);
const dueDayText = z.string(DUE_DAY_FIX).regex(/^([1-9]|1\d|2[0-8])$/, DUE_DAY_FIX);

/** Of both products, because the offer knows its product. */
export const offerSheetQuery = z.strictObject({
  principalFen: amountText.optional(),
  months: monthsText.optional(),
  method: methodText.optional(),
  dueDay: dueDayText.optional(),
});
const STATEMENT_FIX = 'send the number of a bill, such as 3';
const UNBILLED_FIX = 'send true, or leave it out and name a bill by statementNumber';
const FEE_PAYER_FIX = `send ${oneOf(FEE_PAYERS)}`;
export const planSheetQuery = z
  .strictObject({
    statementNumber: z
      .string(STATEMENT_FIX)
      .regex(/^[1-9]\d{0,3}$/, STATEMENT_FIX)
      .optional(),
    unbilled: z.literal('true', UNBILLED_FIX).optional(),
    principalFen: amountText,
    months: monthsText,
    feePayer: z.enum(FEE_PAYERS, FEE_PAYER_FIX),
  })
  .refine(({ statementNumber, unbilled }) => (statementNumber === undefined) !== (unbilled === undefined), {
    message: ONE_SOURCE_FIX,
    path: ['statementNumber'],
  });

export const cashLoanSheetQuery = z.strictObject({ principalFen: amountText, months: monthsText, method: methodText });
export const revolvingSheetQuery = z.strictObject({ dueDay: dueDayText.optional() });
