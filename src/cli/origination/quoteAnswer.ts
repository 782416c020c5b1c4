/** What a question of `quote` is answered with, in both forms. */
import type { Quote, QuotedInstalment } from '../../domain/origination/quote';

export interface QuoteAnswer {
  /** Amounts in fen, rates of disclosure as numbers, all other rates as decimal text. */
  json: Record<string, unknown>;
  /** The same for people. */
  text: string[];
}

/** Figures of disclosure have eight decimals: more would show the noise of floats. */
const DECIMALS = 8;

/** `aprDaily` is left out where no dates are known. */
export function ratesOf({ cost }: Quote): { aprNominal: number; aprDaily?: number; ear: number } {
  const { aprNominal, aprDaily, ear } = cost;
  return {
    aprNominal: rounded(aprNominal),
    ...(aprDaily === undefined ? {} : { aprDaily: rounded(aprDaily) }),
    ear: rounded(ear),
  };
}

/** The rows in the order in which they are read; `feeFen` only where the question knows fees. */
export function quoteRows({ instalments }: Quote, { hasFees }: { hasFees: boolean }): Record<string, unknown>[] {
  return instalments.map((row: QuotedInstalment) => ({
    number: row.number,
    dueDate: row.dueDate,
    days: row.days,
    paymentFen: row.paymentFen,
    principalFen: row.principalFen,
    interestFen: row.interestFen,
    ...(hasFees ? { feeFen: row.feeFen } : {}),
    balanceFen: row.balanceFen,
  }));
}

function rounded(rate: number): number {
  return Number(rate.toFixed(DECIMALS));
}
