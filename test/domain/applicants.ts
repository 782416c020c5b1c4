/** Applicants for assessment tests: one whose data is all there and good, and random ones. */
import fc from 'fast-check';
import type { AssessmentInput } from '../../src/domain/risk/assessment';
import type { CompleteInput } from '../../src/domain/risk/scorecard';

type Changes = { [Group in keyof AssessmentInput]?: Partial<AssessmentInput[Group]> };

export const GOOD: CompleteInput = {
  identity: { check: 'matched', adult: true },
  finances: {
    monthlyIncomeFen: 1_500_000,
    monthlyDebtServiceFen: 100_000,
    unsecuredDebtFen: 500_000,
    worstBureauCode: 0,
    openOverdue: false,
    bureauInquiries3Months: 1,
  },
  behaviour: { monthsOnPlatform: 40, monthlySpendFen: 200_000, onTimePaymentRatio: '0.99', refundRatio: '0.02' },
};

export function applicant(changes: Changes = {}): AssessmentInput {
  return {
    identity: { ...GOOD.identity, ...changes.identity },
    finances: { ...GOOD.finances, ...changes.finances },
    behaviour: { ...GOOD.behaviour, ...changes.behaviour },
  };
}

const share = fc.integer({ min: 0, max: 1000 }).map((thousandths) => (thousandths / 1000).toFixed(3));

/** Everything known, no knock-out unless the figures make one. */
export const applicants: fc.Arbitrary<CompleteInput> = fc.record({
  identity: fc.constant(GOOD.identity),
  finances: fc.record({
    monthlyIncomeFen: fc.integer({ min: 0, max: 6_000_000 }),
    monthlyDebtServiceFen: fc.integer({ min: 0, max: 1_500_000 }),
    unsecuredDebtFen: fc.integer({ min: 0, max: 22_000_000 }),
    worstBureauCode: fc.integer({ min: 0, max: 3 }),
    openOverdue: fc.constant(false),
    bureauInquiries3Months: fc.integer({ min: 0, max: 9 }),
  }),
  behaviour: fc.record({
    monthsOnPlatform: fc.integer({ min: 0, max: 120 }),
    monthlySpendFen: fc.integer({ min: 0, max: 2_000_000 }),
    onTimePaymentRatio: share,
    refundRatio: share,
  }),
});
