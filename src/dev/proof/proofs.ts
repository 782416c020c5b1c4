/** The counts that a proof takes, where the tests of every day take small ones from the same seeds. */

export interface ProofRun {
  name: string;
  what: string;
  /** Said of the run, and given to the tests in the variable. */
  count: string;
  files: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Takes long, or needs more than Node: run where it is named. */
  isOnRequest?: true;
}

export const PROOFS: readonly ProofRun[] = [
  {
    name: 'recourse',
    what: 'what would change a decision does, and brute force finds nothing cheaper',
    count: '1,000 applications',
    files: ['test/domain/risk/recourse.test.ts'],
    env: { RECOURSE_DECLINES: '1000' },
  },
  {
    name: 'oracle',
    what: 'both folds against a second reckoning, day by day',
    count: '5,000 lives of each product',
    files: ['test/oracle/oracle.test.ts'],
    env: { ORACLE_LIVES: '5000' },
  },
  {
    name: 'cards',
    what: 'both cards over all rows of their data: reasons, goals, and SQL equal to the point',
    count: 'every row',
    files: ['test/domain/risk/shippedCards.test.ts', 'test/db/cardStatement.test.ts', 'test/cli/risk/score.test.ts'],
    env: {},
  },
  {
    name: 'callbacks',
    what: "bodies of providers' callbacks that are broken at random",
    count: '500,000 of each form',
    files: ['test/adapters/sms/callbackFuzz.test.ts'],
    env: { FUZZ_ROUNDS: '500000' },
  },
  {
    name: 'odd-requests',
    what: 'requests that are odd, and get a problem document',
    count: '400 rounds',
    files: ['test/api/http/oddRequests.test.ts'],
    env: { ODD_ROUNDS: '400' },
  },
  {
    name: 'accepted-bodies',
    what: 'what the API accepts, the step behind it takes',
    count: '100 bodies of each route',
    files: ['test/api/http/acceptedBodies.test.ts'],
    env: { ACCEPTED_BODIES: '100' },
  },
  {
    name: 'training',
    what: 'training again gives the committed cards (Python 3.11)',
    count: 'both cards, twice',
    files: ['test/dev/scorecard/training.test.ts'],
    env: { CREDITLOOM_TRAIN: 'true' },
    isOnRequest: true,
  },
];
