/** One shape for what fold and oracle say of an account, so that they can be compared to the fen. */
import type { CashLoanTerms, DerivedAccount, RevolvingTerms } from '../../src/domain/credit/account';
import type { Fact } from '../../src/domain/credit/facts';
import type { CashLoanPolicy, RevolvingPolicy } from '../../src/domain/policy/lendingPolicy';
import { type Lines, sumsOf } from './books';
import { cashLoanAt, type OracleRow } from './cashLoan';
import type { OracleFigures } from './figures';
import { revolvingAt } from './revolving';

export interface Comparable {
  balances: object;
  daysPastDue: number;
  isClosed: boolean;
  recoverableFen: number;
  freezes: string[];
  payoffFen: number;
  figures: OracleFigures;
  schedule: OracleRow[];
  statements: object[];
  sums: Lines;
  /** `key: account amount, …`, in the order of the keys. */
  entries: string[];
}

/** The fold's account, in the same words; `like` tells which figures of a schedule the oracle leaves open. */
export function ofFold(account: DerivedAccount, like: Comparable): Comparable {
  const entries = account.entries.map(({ key, lines }) => {
    return [key, Object.fromEntries(lines.map(({ account: name, amountFen }) => [name, amountFen]))] as const;
  });
  return {
    balances: account.balances,
    daysPastDue: account.daysPastDue,
    isClosed: account.stage === 'settled' || account.stage === 'written-off',
    recoverableFen: account.recoverableFen,
    freezes: [...account.freezes].sort(),
    payoffFen: account.payoffFen,
    figures: figuresOf(account),
    schedule: account.schedule.map(({ number, dueDate, principalFen, interestFen, owedFen }, index) => {
      const isOpen = like.schedule[index]?.interestFen === undefined;
      return { number, dueDate, principalFen, interestFen: isOpen ? undefined : interestFen, owedFen };
    }),
    statements: account.statements.map((statement) => ({ ...statement, feeFen: statement.feeFen ?? 0 })),
    sums: sumsOf(entries.map(([, lines]) => lines)),
    entries: inWords(entries),
  };
}

/** A debt that is no instalment has the key of its fact, which the oracle does not keep. */
function figuresOf({ obligations, overdueFen, minimumOverdueFen, nextChangeOn }: DerivedAccount): OracleFigures {
  return {
    obligations: obligations.map(({ key, dueDate, lateFrom, owedFen, minimumFen }) => ({
      key: /^(instalment|statement)-/.test(key) ? key : 'returned',
      dueDate,
      lateFrom,
      owedFen,
      minimumFen,
    })),
    overdueFen,
    minimumOverdueFen,
    nextDeadline: nextChangeOn,
  };
}

export function cashLoanOfOracle(
  terms: CashLoanTerms,
  facts: readonly Fact[],
  policy: CashLoanPolicy,
  asOf: string,
): Comparable {
  const { rows, entries, ...same } = cashLoanAt(terms, facts, policy, asOf);
  return {
    ...same,
    schedule: rows,
    statements: [],
    sums: sumsOf(entries.values()),
    entries: inWords([...entries]),
  };
}

export function revolvingOfOracle(
  terms: RevolvingTerms,
  facts: readonly Fact[],
  policy: RevolvingPolicy,
  asOf: string,
): Comparable {
  const account = revolvingAt(terms, facts, policy, asOf);
  return {
    balances: account.balances,
    daysPastDue: account.daysPastDue,
    isClosed: account.isClosed,
    recoverableFen: account.recoverableFen,
    freezes: account.freezes,
    payoffFen: account.payoffFen,
    figures: account.figures,
    schedule: [],
    statements: account.statements,
    sums: sumsOf(account.entries.values()),
    entries: inWords([...account.entries]),
  };
}

function inWords(entries: readonly (readonly [string, Lines])[]): string[] {
  const words = entries.map(([key, lines]) => {
    const sorted = Object.entries(lines).sort(([one], [other]) => (one < other ? -1 : 1));
    return `${key}: ${sorted.map(([account, amountFen]) => `${account} ${amountFen}`).join(', ')}`;
  });
  return words.sort();
}
