/** What is known of a borrower whom the default policy grants what is asked for. */
import type { AssessmentInput } from '../../domain/risk/assessment';

export const SOUND_FACTS: AssessmentInput = {
  identity: { check: 'matched', adult: true },
  finances: {
    monthlyIncomeFen: 2_000_000,
    monthlyDebtServiceFen: 100_000,
    unsecuredDebtFen: 0,
    worstBureauCode: 0,
    openOverdue: false,
    bureauInquiries3Months: 0,
  },
  behaviour: { monthsOnPlatform: 60, monthlySpendFen: 400_000, onTimePaymentRatio: '0.99', refundRatio: '0.01' },
};
