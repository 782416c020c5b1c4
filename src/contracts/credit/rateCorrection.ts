/** Another rate of an account from a date on: decided by a person, and a fact of the account. */
import { defineUpdate } from '@temporalio/workflow';
import type { UndatedFact } from '../../domain/credit/factKinds';
import type { IsoDate } from '../../domain/values/calendar';
import type { DecimalRate } from '../../domain/values/money';
import { acted, dailyRate, date, id, personId } from '../fields';
import type { Acted } from '../operations/actor';
import { described, type FieldsOf, object, optional } from '../schema';
import { sentenceOf } from '../schemaJudge';
import type { ChangeResult } from './account';

/** Another rate from the day after `from` on: `dailyRate` of a cash loan, the other two of a revolving account. */
export interface RateCorrection extends Acted {
  correctionId: string;
  from: IsoDate;
  dailyRate?: DecimalRate | undefined;
  revolvingDailyRate?: DecimalRate | undefined;
  overdueDailyRate?: DecimalRate | undefined;
  /** A name beside the principal: counts for nothing. */
  decidedBy: string;
}

export const correctRate = defineUpdate<ChangeResult, [RateCorrection]>('correctRate');

/** The fact that it becomes. */
export function rateCorrectedBy({
  correctionId,
  dailyRate: rate,
  revolvingDailyRate,
  overdueDailyRate,
}: RateCorrection): UndatedFact {
  const key = `rate-correction/${correctionId}`;
  return { kind: 'rate-corrected', key, dailyRate: rate, revolvingDailyRate, overdueDailyRate };
}

const RATES = 'dailyRate, revolvingDailyRate or overdueDailyRate';

export const rateCorrection = object(
  {
    correctionId: id,
    from: described(date, 'The day after it is the first at the new rate.'),
    dailyRate: optional(dailyRate),
    revolvingDailyRate: optional(dailyRate),
    overdueDailyRate: optional(dailyRate),
    decidedBy: personId,
    ...acted,
  } satisfies FieldsOf<RateCorrection>,
  {
    rules: [
      {
        holds: ({ dailyRate, revolvingDailyRate, overdueDailyRate }: Partial<RateCorrection>) =>
          (dailyRate ?? revolvingDailyRate ?? overdueDailyRate) !== undefined,
        // The field at fault, by the name that most callers miss.
        at: 'dailyRate',
        names: RATES,
        fault: 'is missing',
        words: {
          must: 'must be given',
          fix: 'send dailyRate of a cash loan, or revolvingDailyRate or overdueDailyRate of a revolving account',
        },
      },
    ],
  },
);

/** Undefined, or one sentence that names the field, the fault and the fix. */
export function invalidRateCorrection(correction: RateCorrection): string | undefined {
  return sentenceOf(rateCorrection, correction);
}
