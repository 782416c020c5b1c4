/** What the header of a facts file agrees: the terms, under the policy in use with what the file changes of it. */
import type { CashLoanTerms, Terms } from '../../domain/credit/account';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { byProduct, PRODUCT_TABLE } from '../../domain/policy/products';
import { PolicyError, parsePolicy } from '../../platform/policy/lendingPolicySchema';
import type { LineFault } from './accountFactsFaults';

export interface FactsFileHeader {
  line: number;
  terms: Terms;
  /** Fields of the product's section; not checked yet. */
  policy: Record<string, unknown>;
}

export interface Agreement {
  terms: Terms;
  policy: LendingPolicy;
  overrides: string[];
  faults: LineFault[];
}

/** With faults the policy is the usual one, and nothing may be derived by it. */
export function agree({ line, terms, policy: changes }: FactsFileHeader, usual: LendingPolicy): Agreement {
  const section = PRODUCT_TABLE[terms.product].policySection;
  const overrides = Object.keys(changes).sort();
  const agreed = { terms, policy: usual, overrides, faults: [] };
  try {
    const policy = parsePolicy({ ...usual, [section]: { ...usual[section], ...changes } });
    return { ...agreed, policy, faults: termsFaults(terms, policy).map((fault) => ({ line, ...fault })) };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { ...agreed, faults: policyFaults(error, line) };
  }
}

/** The gate of policies names a path, the fault and its fix in one line each. */
function policyFaults({ message }: PolicyError, line: number): LineFault[] {
  return message
    .split('\n')
    .slice(1)
    .map((text) => {
      const [, path = 'policy', fault = text] = /^- (\S+) (.*)$/.exec(text) ?? [];
      return { line, field: path.replace(/^(cashLoan|revolving)\b/, 'policy'), fault, fix: '' };
    });
}

type TermsFault = Omit<LineFault, 'line'>;

function termsFaults(terms: Terms, { revolving: { billDay } }: LendingPolicy): TermsFault[] {
  return byProduct(terms, {
    'cash-loan': dueDatesFaults,
    revolving: ({ dueDay }): TermsFault[] => {
      if (dueDay > billDay) return [];
      const fault = `is ${dueDay}, not after the bill day ${billDay}`;
      return [{ field: 'terms.dueDay', fault, fix: 'raise it: a bill is due later in its month' }];
    },
  });
}

function dueDatesFaults({ dueDates, months, startDate }: CashLoanTerms): TermsFault[] {
  if (dueDates === undefined) return [];
  if (dueDates.length !== months) {
    const fault = `has ${dueDates.length} dates for ${months} months`;
    return [{ field: 'terms.dueDates', fault, fix: 'give one for each month, or leave it out' }];
  }
  const isRising = dueDates.every((date, index) => date > (dueDates[index - 1] ?? startDate));
  if (isRising) return [];
  return [{ field: 'terms.dueDates', fault: 'does not rise from the start on', fix: 'sort it, each date once' }];
}
