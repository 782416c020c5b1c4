/** What would change the answer: that it does, that nothing cheaper would, and that it names what a person can change. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { ChangeableFact, LendingPolicy } from '../../../src/domain/policy/lendingPolicy';
import { assess } from '../../../src/domain/risk/assess';
import type { AssessmentInput } from '../../../src/domain/risk/assessment';
import { type FactName, type FactValue, FIXED_FACTS } from '../../../src/domain/risk/assessmentFacts';
import { dimensionsOf, withValues } from '../../../src/domain/risk/changeableFacts';
import type { CreditRequest } from '../../../src/domain/risk/limits';
import { type Recourse, recourseOf } from '../../../src/domain/risk/recourse';
import { recourseLines } from '../../../src/domain/risk/recourseText';
import { applicant, applicants } from '../applicants';

/** `RECOURSE_DECLINES` asks for more of them: the proof takes 1,000. */
const DECLINES = Number(process.env.RECOURSE_DECLINES ?? 60);
const REQUEST: CreditRequest = { product: 'cash-loan', requestedFen: 2_000_000 };

const explanation = defaultPolicy.assessment.explanation;
if (!explanation) throw new Error('the default policy explains nothing');
const { recourse: RECOURSE } = explanation;

function policyWith(facts: ChangeableFact[]): LendingPolicy {
  const { assessment } = defaultPolicy;
  return {
    ...defaultPolicy,
    assessment: { ...assessment, explanation: { scoreReasons: 4, recourse: { ...RECOURSE, facts } } },
  };
}

function recourseTo(input: AssessmentInput, request = REQUEST, policy = defaultPolicy): Recourse | undefined {
  return recourseOf({ input, request, policy }, assess(input, request, policy));
}

/** Every combination of the levels, one after the other: nothing is left out because it looks hopeless. */
function cheapestByForce(
  input: AssessmentInput,
  request: CreditRequest,
  policy: LendingPolicy,
  goalFen: number,
): number | undefined {
  const dimensions = dimensionsOf(input, policy.assessment, policy.assessment.explanation?.recourse ?? RECOURSE);
  let cheapest: number | undefined;
  const values = new Map<FactName, FactValue>();
  const visit = (at: number, cost: number): void => {
    const dimension = dimensions[at];
    if (!dimension) {
      if (cheapest !== undefined && cost >= cheapest) return;
      const { outcome, limitFen } = assess(withValues(input, values), request, policy);
      if (outcome === 'approved' && limitFen >= goalFen) cheapest = cost;
      return;
    }
    for (const level of dimension.levels) {
      values.set(dimension.fact, level.value);
      visit(at + 1, cost + level.cost);
    }
  };
  visit(0, 0);
  return cheapest;
}

describe('what would change the answer', () => {
  const subsets = fc.shuffledSubarray(RECOURSE.facts, { minLength: 1, maxLength: 4 });
  const requests = fc.record({
    product: fc.constantFrom('cash-loan' as const, 'revolving' as const),
    requestedFen: fc.integer({ min: 100_000, max: 8_000_000 }),
  });

  it('approves, and nothing cheaper does', () => {
    const seen = { changes: 0, nothing: 0 };
    fc.assert(
      fc.property(applicants, requests, subsets, (input, request, facts) => {
        const policy = policyWith(facts);
        const before = assess(input, request, policy);
        const found = recourseOf({ input, request, policy }, before);
        const wholeFen = Math.floor(request.requestedFen / 10_000) * 10_000;
        const isGranted = before.outcome === 'approved' && before.limitFen >= Math.min(wholeFen, 20_000_000);
        fc.pre(found !== undefined || !isGranted);
        if (!found) throw new Error(`nothing is said of ${before.outcome} ${before.limitFen}`);
        seen[found.status] += 1;
        const goalFen = before.outcome === 'approved' ? wholeFen : 1;
        const cheapest = cheapestByForce(input, request, policy, goalFen);
        expect(found.status === 'changes' ? found.cost : undefined).toBe(cheapest);
        if (found.status !== 'changes') return;
        const changed = new Map(found.changes.map(({ fact, to }) => [fact, to]));
        const after = assess(withValues(input, changed), request, policy);
        expect(after).toMatchObject({ outcome: 'approved', limitFen: found.limitFen });
        expect(found.limitFen).toBeGreaterThanOrEqual(goalFen);
        expect(found.months).toBeLessThanOrEqual(RECOURSE.withinMonths);
      }),
      { numRuns: DECLINES, seed: 1717 },
    );
    expect(seen.changes).toBeGreaterThan(0);
    expect(seen.nothing).toBeGreaterThan(0);
  });

  it('names no fact that stands, with everything that the policy lets change', () => {
    fc.assert(
      fc.property(applicants, requests, (input, request) => {
        const found = recourseTo(input, request);
        if (found?.status !== 'changes') return;
        for (const { fact, from, to } of found.changes) {
          expect(FIXED_FACTS).not.toContain(fact);
          expect(from).not.toBe(to);
        }
      }),
      { numRuns: DECLINES, seed: 18 },
    );
  });

  it('says nothing of what was granted as requested', () => {
    expect(recourseTo(applicant())).toBeUndefined();
  });

  it('says nothing where the policy does not', () => {
    const { explanation: _, ...assessment } = defaultPolicy.assessment;
    const poor = applicant({ finances: { monthlyIncomeFen: 0 } });
    expect(recourseTo(poor, REQUEST, { ...defaultPolicy, assessment })).toBeUndefined();
  });

  it('tells an overdue debt to be paid, in both languages', () => {
    const found = recourseTo(applicant({ finances: { openOverdue: true } }));
    expect(found).toMatchObject({ status: 'changes', cost: 10, months: 1 });
    expect(found && recourseLines(found)).toEqual([
      { en: 'Pay what is overdue now (about a month).', zh: '结清当前到期欠款（约1个月）。' },
    ]);
  });

  it('asks for a proof of what is missing, with the least that would do', () => {
    const found = recourseTo(applicant({ finances: { monthlyIncomeFen: undefined } }));
    expect(found && recourseLines(found)).toEqual([
      { en: 'Prove that the monthly income is at least 3,000.00 CNY.', zh: '证明月收入不低于3,000.00元。' },
    ]);
  });

  it.each([
    ['monthlyDebtServiceFen', 'Prove that the monthly cost of existing debts is at most 5,999.99 CNY.'],
    ['unsecuredDebtFen', 'Prove that the unsecured consumer credit owed elsewhere is at most 125,999.99 CNY.'],
  ])('asks for no more of a proof of %s than what the income bears', (fact, line) => {
    const found = recourseTo(applicant({ finances: { [fact]: undefined } }));
    expect(found && recourseLines(found).map(({ en }) => en)).toEqual([line]);
  });

  it('tells a cut what would grant the whole', () => {
    const request: CreditRequest = { product: 'cash-loan', requestedFen: 7_000_000 };
    const input = applicant({ finances: { monthlyIncomeFen: 1_200_000 } });
    const before = assess(input, request, defaultPolicy);
    expect(before).toMatchObject({ outcome: 'approved', reasonCodes: ['LIMIT_BY_BAND'] });
    const found = recourseTo(input, request);
    expect(found).toMatchObject({ status: 'changes', limitFen: 7_000_000 });
  });

  it('tells of the smallest amount where less was asked for', () => {
    const found = recourseTo(applicant(), { product: 'cash-loan', requestedFen: 50_000 });
    expect(found).toMatchObject({ status: 'changes', changes: [], requestedFen: 100_000 });
  });

  it('says that nothing within six months would do', () => {
    const found = recourseTo(applicant({ finances: { worstBureauCode: 5 } }));
    expect(found).toEqual({ status: 'nothing', withinMonths: 6 });
    expect(found && recourseLines(found)).toEqual([
      { en: 'Nothing within 6 months would change this decision.', zh: '6个月内没有可行的改进方式。' },
    ]);
  });
});
