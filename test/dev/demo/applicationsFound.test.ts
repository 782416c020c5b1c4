/** The sample has applications of every outcome, and the end of a run tells of each why, and what would change it. */
import { expect, it } from '@jest/globals';
import type { DecidedApplication } from '../../../src/db/origination/decidedApplications';
import { linesOfOutcomes, outcomesOf } from '../../../src/dev/demo/applicationsFound';
import { demoPolicy } from '../../../src/dev/demo/demoPolicy';
import { samplePortfolio } from '../../../src/dev/demo/personas';
import { assess } from '../../../src/domain/risk/assess';
import { recourseOf } from '../../../src/domain/risk/recourse';
import { parsePolicy } from '../../../src/platform/policy/lendingPolicySchema';

/** As the rules judge each of the sample by what its suppliers show. */
function judged(count: number): DecidedApplication[][] {
  return samplePortfolio(count, 20_260_101).map(({ applicationId, product, requestedFen, facts: input }, index) => {
    const request = { product, requestedFen };
    const answer = assess(input, request, demoPolicy);
    const body = { ...answer, recourse: recourseOf({ input, request, policy: demoPolicy }, answer) };
    const decision = { tenantId: 't', applicationId, decisionId: index, body, request, facts: input };
    return [decision as unknown as DecidedApplication];
  });
}

it.each([20, 60])('the rules judge a sample of %i in every way that they have', (count) => {
  expect(outcomesOf(judged(count)).map(({ outcome }) => outcome)).toEqual([
    'approved as asked',
    'approved, cut',
    'declined by affordability',
    'declined by eligibility',
    'declined by score',
    'referred, waits',
  ]);
});

it('each that is not as asked says why and what would change it, in both languages', () => {
  for (const { outcome, reasons, change } of outcomesOf(judged(60))) {
    for (const { en, zh } of [...reasons, ...change]) {
      expect(en).toMatch(/^[A-Z].*\.$/);
      expect(zh).toMatch(/。$/);
    }
    expect(reasons.length).toBeGreaterThan(0);
    expect(change.length > 0).toBe(outcome !== 'approved as asked');
  }
});

it('a decision after another one is named by who made it', () => {
  const [[before]] = judged(1) as [[DecidedApplication]];
  const referred = { ...before, body: { ...before.body, outcome: 'referred' } } as DecidedApplication;
  const after = (reasonCodes: string[], outcome = 'approved') =>
    outcomesOf([[referred, { ...before, body: { ...before.body, reasonCodes, outcome } } as DecidedApplication]]);
  expect(after(['LIMIT_AS_REQUESTED'])[0]?.outcome).toBe('approved by itself, once its source answered');
  expect(after(['APPROVED_BY_PERSON'])[0]?.outcome).toBe('approved by a person, after a referral');
  const objected = { ...referred, body: { ...referred.body, basis: { decider: { by: 'objection' } } } };
  const upheld = { ...before, body: { ...before.body, reasonCodes: ['APPROVED_BY_PERSON'] } };
  expect(outcomesOf([[referred, objected as DecidedApplication, upheld]])[0]?.outcome).toBe(
    'approved by a person, after an objection',
  );
  expect(after(['REFERRAL_DEADLINE_PASSED'], 'declined')[0]?.outcome).toBe('declined: nobody decided in time');
  const withdrawn = outcomesOf([[referred]], new Set([before.applicationId]));
  expect(withdrawn[0]?.outcome).toBe('referred, waits, a consent withdrawn');
});

it('the lines name an example, and where to see more', () => {
  const lines = linesOfOutcomes(outcomesOf(judged(20)), { apiUrl: 'http://127.0.0.1:8080', state: ' --state x' });
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}declined by eligibility +1 {2}such as app-0006, 0\.00 of /));
  expect(lines).toContainEqual(
    expect.stringMatching(/^ {6}why {5}There is an overdue debt .* 当前有尚未结清的到期欠款。$/),
  );
  expect(lines.at(-2)).toContain('GET http://127.0.0.1:8080/v1/applications/ID');
  expect(lines.at(-1)).toContain('npx creditloom decisions replay --all --state x');
});

it("the demo's policy passes the gate", () => {
  expect(parsePolicy(demoPolicy)).toMatchObject({ version: demoPolicy.version });
});
