/**
 * Fold and oracle must agree to the fen, over thousands of random lives of two years. The oracle is written from
 * docs/ledger.md alone, and steps day by day: a fault must be made twice, in two ways, to go unseen.
 *
 * `ORACLE_LIVES=20000 npx jest test/oracle` looks further, `ORACLE_SEED=123 npx jest test/oracle` at one life only.
 */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { DerivedAccount } from '../../src/domain/credit/account';
import { deriveCashLoan } from '../../src/domain/credit/cashLoan/cashLoan';
import type { Fact } from '../../src/domain/credit/facts';
import { deriveRevolving } from '../../src/domain/credit/revolving/revolving';
import { type Comparable, cashLoanOfOracle, ofFold, revolvingOfOracle } from './comparison';
import { RUNG_DAYS } from './figures';
import { ENABLED_KINDS } from './lifeKinds';
import { type CashLoanLife, cashLoanLife, type RevolvingLife, revolvingLife } from './lives';
import { reducedFacts } from './reduceLife';

/** Of each product. */
const LIVES = wholeNumber('ORACLE_LIVES') ?? 600;
const ONE_SEED = wholeNumber('ORACLE_SEED');
/** Far above what a life takes, so that a longer search only needs a larger number of lives. */
const TIMEOUT_MS = 60_000 + LIVES * 500;

type Life = CashLoanLife | RevolvingLife;

/** A setting of the search; a misspelt one must not search nothing and be green. */
function wholeNumber(name: string): number | undefined {
  const value = process.env[name];
  if (value !== undefined && !/^[1-9]\d*$/.test(value)) throw new RangeError(`${name} is no whole number: ${value}`);
  return value === undefined ? undefined : Number(value);
}

function seeds(): number[] {
  if (ONE_SEED !== undefined) return [ONE_SEED];
  return Array.from({ length: LIVES }, (_, index) => index + 1);
}

function fold(life: Life, facts: readonly Fact[], asOf: string): DerivedAccount {
  const rungDays = RUNG_DAYS;
  if (life.product === 'cash-loan')
    return deriveCashLoan({ terms: life.terms, facts, policy: life.policy, asOf, rungDays });
  return deriveRevolving({ terms: life.terms, facts, issued: [], policy: life.policy, asOf, rungDays });
}

function oracle(life: Life, facts: readonly Fact[], asOf: string): Comparable {
  if (life.product === 'cash-loan') return cashLoanOfOracle(life.terms, facts, life.policy, asOf);
  return revolvingOfOracle(life.terms, facts, life.policy, asOf);
}

function differs(life: Life, facts: readonly Fact[], asOf: string): boolean {
  const stepped = oracle(life, facts, asOf);
  return !isDeepStrictEqual(ofFold(fold(life, facts, asOf), stepped), stepped);
}

/** What a person needs to see a failure again and to understand it. */
function failureOf(life: Life, asOf: string): string {
  const facts = reducedFacts(life.facts, (fewer) => differs(life, fewer, asOf));
  const stepped = oracle(life, facts, asOf);
  const folded = ofFold(fold(life, facts, asOf), stepped);
  const parts = (Object.keys(folded) as (keyof Comparable)[]).filter(
    (name) => !isDeepStrictEqual(folded[name], stepped[name]),
  );
  return [
    `${life.product}, seed ${life.seed}, as of ${asOf}: ORACLE_SEED=${life.seed} npx jest test/oracle`,
    `terms ${JSON.stringify(life.terms)}`,
    `policy ${JSON.stringify(life.policy)}`,
    ...facts.map((fact) => `  ${JSON.stringify(fact)}`),
    ...parts.flatMap((name) => [
      `fold's ${name}:   ${inWords(folded[name], stepped[name])}`,
      `oracle's ${name}: ${inWords(stepped[name], folded[name])}`,
    ]),
  ].join('\n');
}

/** What one of them says; of a list, only what the other does not say. */
function inWords(said: unknown, other: unknown): string {
  if (!Array.isArray(said) || !Array.isArray(other)) return JSON.stringify(said);
  const known = new Set(other.map((item) => JSON.stringify(item)));
  return said
    .map((item) => JSON.stringify(item))
    .filter((item) => !known.has(item))
    .join(' ');
}

/** Failures of the lives, at most three: more of them seldom tell more. */
function failuresOf(lifeOf: (seed: number) => Life): string[] {
  const failures: string[] = [];
  for (const seed of seeds()) {
    const life = lifeOf(seed);
    const asOf = life.asOfDates.find((date) => differs(life, life.facts, date));
    if (asOf !== undefined) failures.push(failureOf(life, asOf));
    if (failures.length === 3) break;
  }
  return failures;
}

describe('the random lives', () => {
  it('hold every kind of fact', () => {
    const lives = Array.from({ length: 100 }, (_, seed) => [cashLoanLife(seed), revolvingLife(seed)]).flat();
    const kinds = new Set(lives.flatMap(({ facts }) => facts.map(({ kind }) => kind)));
    expect([...kinds].sort()).toEqual([...ENABLED_KINDS].sort());
  });
});

describe('the fold and a day-by-day oracle agree to the fen', () => {
  it(
    'on cash loans',
    () => {
      expect(failuresOf(cashLoanLife).join('\n\n')).toBe('');
    },
    TIMEOUT_MS,
  );

  it(
    'on revolving accounts',
    () => {
      expect(failuresOf(revolvingLife).join('\n\n')).toBe('');
    },
    TIMEOUT_MS,
  );
});
