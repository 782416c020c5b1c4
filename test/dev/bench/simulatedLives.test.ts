/** What the domain part measures: lives that are sound and differ, and accounts of exactly a thousand facts. */
import { describe, expect, it } from '@jest/globals';
import { longCashLoan, longRevolving } from '../../../src/dev/bench/domain/longLives';
import {
  cashLoanLives,
  checkLife,
  revolvingLives,
  type SimulatedLife,
} from '../../../src/dev/bench/domain/simulatedLives';
import { deriveCashLoan } from '../../../src/domain/credit/cashLoan/cashLoan';
import { deriveRevolving } from '../../../src/domain/credit/revolving/revolving';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';

const revolving = revolvingLives(2, defaultPolicy);
const loans = cashLoanLives(6, defaultPolicy);
const kindsOf = (lives: readonly SimulatedLife[]) =>
  new Set(lives.flatMap(({ live }) => live().facts.map((fact) => (fact.kind === 'paid' ? fact.intent : fact.kind))));

describe('a simulated life', () => {
  it.each([...revolving, ...loans].map((life, index) => [index, life] as const))(
    'lived month by month is its facts folded at once (%i)',
    (_, life) => checkLife(life, defaultPolicy),
  );

  it('is refused when the months do not lead to where its facts do', () => {
    const [life] = revolving;
    if (!life) throw new Error('there are lives');
    const lived = life.live();
    const lost = { ...life, live: () => ({ ...lived, facts: lived.facts.slice(0, -1) }) };
    expect(() => checkLife(lost, defaultPolicy)).toThrow();
  });

  it('holds everything that the goal names', () => {
    expect(kindsOf(revolving)).toEqual(
      new Set(['opened', 'purchased', 'refunded', 'instalment', 'instalment-started']),
    );
    expect(kindsOf(loans)).toEqual(
      new Set(['disbursed', 'instalment', 'payoff', 'prepay-lower-payment', 'prepay-shorter-term']),
    );
    const entries = [...revolving, ...loans].flatMap(({ terms, live }) => {
      const { facts, account } = live();
      const { asOf } = account;
      return terms.product === 'revolving'
        ? deriveRevolving({ terms, facts, issued: [], policy: defaultPolicy.revolving, asOf }).entries
        : deriveCashLoan({ terms, facts, policy: defaultPolicy.cashLoan, asOf }).entries;
    });
    expect(new Set(entries.map(({ kind }) => kind))).toEqual(
      new Set(['purchase', 'refund', 'payment', 'interest', 'penalty', 'instalment-fee', 'disbursement']),
    );
    expect(loans.map(({ live }) => live().account.stage)).toEqual(loans.map(() => 'settled'));
  });
});

describe('an account of many facts', () => {
  it('has exactly so many, and is still alive at the end', () => {
    const loan = longCashLoan(1_000, defaultPolicy);
    const account = deriveCashLoan({ ...loan, policy: defaultPolicy.cashLoan });
    expect([loan.facts.length, new Set(loan.facts.map(({ key }) => key)).size, account.stage]).toEqual([
      1_000,
      1_000,
      'current',
    ]);
    const long = longRevolving(1_000);
    const { statements, balances } = deriveRevolving({ ...long, issued: [], policy: defaultPolicy.revolving });
    expect([long.facts.length, new Set(long.facts.map(({ key }) => key)).size]).toEqual([1_000, 1_000]);
    expect(statements.length).toBeGreaterThan(80);
    expect(balances.principalFen).toBeGreaterThan(0);
  });

  it('has prepayments that were taken as such', () => {
    const { entries } = deriveCashLoan({ ...longCashLoan(1_000, defaultPolicy), policy: defaultPolicy.cashLoan });
    expect(entries.filter(({ key }) => key.startsWith('interest/payment/')).length).toBeGreaterThan(150);
  });
});
