/** The order of the judgement, every reason code of it, and what must hold for any applicant. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { assess, assessApprovedByPerson, outlookOfReferral } from '../../../src/domain/risk/assess';
import { type AssessmentInput, withProved } from '../../../src/domain/risk/assessment';
import { FACT_NAMES, FACTS, type FactName, type FactValue } from '../../../src/domain/risk/assessmentFacts';
import { numberOf, valueOfFact, withValues } from '../../../src/domain/risk/changeableFacts';
import type { CreditRequest } from '../../../src/domain/risk/limits';
import { applicant, applicants, GOOD } from '../applicants';

const REQUEST: CreditRequest = { product: 'cash-loan', requestedFen: 2_000_000 };
const WEAK_BEHAVIOUR = { monthsOnPlatform: 1, monthlySpendFen: 0, onTimePaymentRatio: '0.5', refundRatio: '0.5' };

type Case = [name: string, input: AssessmentInput, outcome: string, reasonCodes: string[]];

const CASES: Case[] = [
  ['good', applicant(), 'approved', ['LIMIT_AS_REQUESTED']],
  ['other identity', applicant({ identity: { check: 'mismatched' } }), 'declined', ['IDENTITY_MISMATCH']],
  ['minor', applicant({ identity: { adult: false } }), 'declined', ['NOT_ADULT']],
  ['overdue now', applicant({ finances: { openOverdue: true } }), 'declined', ['OPEN_OVERDUE']],
  ['61 days late once', applicant({ finances: { worstBureauCode: 3 } }), 'declined', ['BUREAU_HISTORY']],
  ['60 days late once', applicant({ finances: { worstBureauCode: 2 } }), 'approved', ['LIMIT_AS_REQUESTED']],
  ['9 inquiries', applicant({ finances: { bureauInquiries3Months: 9 } }), 'declined', ['TOO_MANY_INQUIRIES']],
  [
    'several knock-outs, most important first',
    applicant({ finances: { bureauInquiries3Months: 9, openOverdue: true }, identity: { check: 'mismatched' } }),
    'declined',
    ['IDENTITY_MISMATCH', 'OPEN_OVERDUE', 'TOO_MANY_INQUIRIES'],
  ],
  [
    'knock-out while other data is missing',
    applicant({ finances: { openOverdue: true, monthlyIncomeFen: undefined } }),
    'declined',
    ['OPEN_OVERDUE'],
  ],
  ['nothing known', { identity: {}, finances: {}, behaviour: {} }, 'referred', []],
  [
    'two fields missing',
    applicant({ finances: { monthlyIncomeFen: undefined }, behaviour: { refundRatio: undefined } }),
    'referred',
    ['MISSING_INCOME', 'MISSING_REFUND_RATIO'],
  ],
  ['income that cannot be', applicant({ finances: { monthlyIncomeFen: -1 } }), 'referred', ['MISSING_INCOME']],
  ['ratio above 1', applicant({ behaviour: { onTimePaymentRatio: '1.2' } }), 'referred', ['MISSING_ON_TIME_RATIO']],
  [
    'debts take half the income',
    applicant({ finances: { monthlyDebtServiceFen: 750_000 } }),
    'declined',
    ['DEBT_SERVICE_TOO_HIGH'],
  ],
  ['no income', applicant({ finances: { monthlyIncomeFen: 0 } }), 'declined', ['DEBT_SERVICE_TOO_HIGH']],
  [
    'cap on unsecured credit used up',
    applicant({ finances: { unsecuredDebtFen: 19_950_000 } }),
    'declined',
    ['UNSECURED_DEBT_CAP'],
  ],
  [
    'weak score, its four worst parts named',
    applicant({ finances: { worstBureauCode: 2, bureauInquiries3Months: 8 }, behaviour: WEAK_BEHAVIOUR }),
    'declined',
    ['SCORE_BELOW_MINIMUM', 'WEAK_BUREAU_HISTORY', 'WEAK_ON_TIME_RATIO', 'WEAK_INQUIRIES', 'WEAK_PLATFORM_MONTHS'],
  ],
  [
    'middling score',
    applicant({ finances: { worstBureauCode: 1, bureauInquiries3Months: 3 }, behaviour: WEAK_BEHAVIOUR }),
    'referred',
    ['SCORE_NEEDS_PERSON'],
  ],
];

describe('assess', () => {
  it.each(CASES)('%s', (name, input, outcome, reasonCodes) => {
    const found = assess(input, REQUEST, defaultPolicy);
    expect(found.outcome).toBe(outcome);
    if (name === 'nothing known') expect(found.reasonCodes).toHaveLength(12);
    else expect(found.reasonCodes).toEqual(reasonCodes);
    if (outcome !== 'approved') expect(found).toMatchObject({ limitFen: 0, dailyRate: '0' });
    expect(found.policyVersion).toBe(defaultPolicy.version);
  });

  it('explains an approval by its parts', () => {
    const { scorePoints, scoreParts, limitFen, dailyRate } = assess(applicant(), REQUEST, defaultPolicy);
    const sum = Object.values(scoreParts).reduce((total, part) => total + part, 0);
    expect(scorePoints).toBe(defaultPolicy.assessment.scorecard.basePoints + sum);
    expect({ limitFen, dailyRate }).toEqual({ limitFen: 2_000_000, dailyRate: '0.0003' });
  });

  it('names the policy rate for the revolving product', () => {
    const found = assess(applicant(), { product: 'revolving', requestedFen: 1_000_000 }, defaultPolicy);
    expect(found).toMatchObject({ outcome: 'approved', dailyRate: '0.0005' });
  });

  it('refuses an amount that is not whole fen', () => {
    expect(() => assess(applicant(), { product: 'cash-loan', requestedFen: 0.5 }, defaultPolicy)).toThrow(RangeError);
  });

  const fields = Object.entries(GOOD).flatMap(([group, values]) => Object.keys(values).map((name) => [group, name]));

  it.each(fields)('never approves without %s.%s', (group, name) => {
    fc.assert(
      fc.property(applicants, fc.constantFrom(undefined, null), (known, missing) => {
        const input = { ...known, [String(group)]: { ...known[group as keyof typeof known], [String(name)]: missing } };
        expect(assess(input, REQUEST, defaultPolicy).outcome).not.toBe('approved');
      }),
      { numRuns: 50 },
    );
  });

  it('refers nobody whom no approval could grant anything, so that a better score lowers nothing', () => {
    const finances = { monthlyIncomeFen: 100_001, monthlyDebtServiceFen: 0, unsecuredDebtFen: 0 };
    const behaviour = { monthsOnPlatform: 0, monthlySpendFen: 0, onTimePaymentRatio: '0', refundRatio: '0' };
    const answers = [1, 0].map((worstBureauCode) => {
      const input = applicant({ finances: { ...finances, worstBureauCode, bureauInquiries3Months: 0 }, behaviour });
      return assess(input, REQUEST, defaultPolicy);
    });
    expect(answers.map(({ outcome }) => outcome)).toEqual(['declined', 'declined']);
    expect(answers.map(({ reasonCodes }) => reasonCodes[0])).toEqual(['LIMIT_BELOW_MINIMUM', 'LIMIT_BELOW_MINIMUM']);
  });

  it('never lowers the decision for better figures of any fact', () => {
    const order = ['declined', 'referred', 'approved'];
    // Spending is no better or worse by itself: more of it shows a customer, and weighs on the income.
    const judged = FACT_NAMES.filter((fact) => fact !== 'monthlySpendFen');
    fc.assert(
      fc.property(applicants, applicants, fc.subarray(judged, { minLength: 1 }), (known, other, facts) => {
        const better = facts.map((fact): [FactName, FactValue] => {
          const [one = 0, two = 0] = [valueOfFact(known, fact), valueOfFact(other, fact)];
          const isUp = FACTS[fact].better === 'up';
          return [fact, numberOf(two) > numberOf(one) === isUp ? two : one];
        });
        const before = assess(known, REQUEST, defaultPolicy);
        const after = assess(withValues(known, new Map(better)), REQUEST, defaultPolicy);
        expect(order.indexOf(after.outcome)).toBeGreaterThanOrEqual(order.indexOf(before.outcome));
        expect(after.limitFen).toBeGreaterThanOrEqual(before.limitFen);
      }),
      { numRuns: 500 },
    );
  });

  it('never lowers the limit for a higher income', () => {
    const products = fc.constantFrom('cash-loan' as const, 'revolving' as const);
    const amounts = fc.integer({ min: 0, max: 30_000_000 });
    fc.assert(
      fc.property(applicants, products, amounts, fc.nat(3_000_000), (known, product, requestedFen, moreFen) => {
        const monthlyIncomeFen = known.finances.monthlyIncomeFen + moreFen;
        const richer = { ...known, finances: { ...known.finances, monthlyIncomeFen } };
        const request = { product, requestedFen };
        const found = assess(known, request, defaultPolicy);
        const foundRicher = assess(richer, request, defaultPolicy);
        expect(foundRicher.limitFen).toBeGreaterThanOrEqual(found.limitFen);
        if (found.outcome === 'approved')
          expect(Number(foundRicher.dailyRate)).toBeLessThanOrEqual(Number(found.dailyRate));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('assessApprovedByPerson', () => {
  it.each<Case>([
    [
      'the last band for a middling score',
      applicant({ finances: { worstBureauCode: 1, bureauInquiries3Months: 3 }, behaviour: WEAK_BEHAVIOUR }),
      'approved',
      ['APPROVED_BY_PERSON', 'LIMIT_BY_BAND'],
    ],
    [
      'the smallest amount where income is missing',
      applicant({ finances: { monthlyIncomeFen: undefined } }),
      'approved',
      ['APPROVED_BY_PERSON', 'LIMIT_WITHOUT_FIGURES'],
    ],
    ['a knock-out still declines', applicant({ finances: { openOverdue: true } }), 'declined', ['OPEN_OVERDUE']],
    [
      'what is unaffordable still declines',
      applicant({ finances: { monthlyIncomeFen: 100_000 }, behaviour: { refundRatio: undefined } }),
      'declined',
      ['DEBT_SERVICE_TOO_HIGH'],
    ],
  ])('%s', (_, input, outcome, reasonCodes) => {
    const found = assessApprovedByPerson(input, REQUEST, defaultPolicy);
    expect({ outcome: found.outcome, reasonCodes: found.reasonCodes }).toEqual({ outcome, reasonCodes });
    expect(found.limitFen <= (reasonCodes.includes('LIMIT_BY_BAND') ? 2_000_000 : 100_000)).toBe(true);
  });

  it('is as requested only where so little was asked for', () => {
    const input = applicant({ finances: { monthlyIncomeFen: undefined } });
    const asked = { product: 'cash-loan' as const, requestedFen: 100_000 };
    expect(assessApprovedByPerson(input, asked, defaultPolicy).reasonCodes).toEqual([
      'APPROVED_BY_PERSON',
      'LIMIT_AS_REQUESTED',
    ]);
  });
});

describe('outlookOfReferral', () => {
  const asked: CreditRequest = { product: 'cash-loan', requestedFen: 3_000_000 };
  const told = applicant({ finances: { monthlyIncomeFen: undefined }, behaviour: { refundRatio: undefined } });
  const with_ = (finances: AssessmentInput['finances']) =>
    outlookOfReferral(withProved(told, { finances }), asked, defaultPolicy);

  it('grants by the proved figures, and names what is still missing', () => {
    const without = with_({});
    expect(without).toMatchObject({
      assessment: { limitFen: 100_000 },
      missing: ['MISSING_INCOME', 'MISSING_REFUND_RATIO'],
    });
    const proved = with_({ monthlyIncomeFen: 2_000_000 });
    expect(proved.missing).toEqual(['MISSING_REFUND_RATIO']);
    expect(proved.assessment.limitFen).toBeGreaterThan(1_000_000);
    expect(proved.assessment.reasonCodes).not.toContain('LIMIT_WITHOUT_FIGURES');
  });

  it('what was proved stands before what was told, and a knock-out still declines', () => {
    expect(withProved(told, { finances: { unsecuredDebtFen: 7 } }).finances).toEqual({
      ...told.finances,
      unsecuredDebtFen: 7,
    });
    expect(withProved(told, null)).toEqual(told);
    expect(with_({ monthlyIncomeFen: 2_000_000, openOverdue: true }).assessment).toMatchObject({
      outcome: 'declined',
      limitFen: 0,
      reasonCodes: ['OPEN_OVERDUE'],
    });
  });
});
