/** What each figure of an applicant may look like where it comes from outside. */
import { IDENTITY_CHECKS } from '../risk/assessment';
import { isKnownFen, MAX_AMOUNT_FEN } from '../values/acceptedValues';

export interface FigureForm {
  fits(value: unknown): boolean;
  /** Continues "must be". */
  must: string;
  /** As JSON Schema. */
  schema: object;
}

const FEN: FigureForm = {
  fits: isKnownFen,
  must: `whole fen from 0 to ${MAX_AMOUNT_FEN}`,
  schema: { type: 'integer', minimum: 0, maximum: MAX_AMOUNT_FEN },
};
const FLAG: FigureForm = {
  fits: (value) => typeof value === 'boolean',
  must: 'true or false',
  schema: { type: 'boolean' },
};
const SHARE: FigureForm = {
  fits: (value) => typeof value === 'string' && /^(0(\.\d{1,14})?|1(\.0{1,14})?)$/.test(value),
  must: 'a decimal from 0 to 1 as text, such as "0.985"',
  schema: { type: 'string', pattern: '^(0(\\.\\d{1,14})?|1(\\.0{1,14})?)$' },
};

function whole(max: number): FigureForm {
  return {
    fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= max,
    must: `a whole number from 0 to ${max}`,
    schema: { type: 'integer', minimum: 0, maximum: max },
  };
}

/** By group and field. */
export const FIGURE_FORMS: Readonly<Record<string, FigureForm>> = {
  'identity.check': {
    fits: (value) => IDENTITY_CHECKS.some((check) => check === value),
    must: `one of ${IDENTITY_CHECKS.join(', ')}`,
    schema: { enum: [...IDENTITY_CHECKS] },
  },
  'identity.adult': FLAG,
  'finances.monthlyIncomeFen': FEN,
  'finances.monthlyDebtServiceFen': FEN,
  'finances.unsecuredDebtFen': FEN,
  'finances.worstBureauCode': whole(7),
  'finances.openOverdue': FLAG,
  'finances.bureauInquiries3Months': whole(10_000),
  'behaviour.monthsOnPlatform': whole(1200),
  'behaviour.monthlySpendFen': FEN,
  'behaviour.onTimePaymentRatio': SHARE,
  'behaviour.refundRatio': SHARE,
};
