/** Facts of a file with their lines, what is asked of them, and a fault of one. */
import type { Terms } from '../../domain/credit/account';
import type { ToldFact } from '../../domain/credit/historicalOrder';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { IsoDate } from '../../domain/values/calendar';

export interface LineFault {
  /** From 1. */
  line: number;
  field: string;
  /** Continues the field as a sentence. */
  fault: string;
  fix: string;
}

export interface NumberedFact {
  line: number;
  fact: ToldFact;
  arrivedOn: IsoDate;
}

export interface FactsQuestion {
  /** Undefined where the file has none that can be used: what depends on them is not asked. */
  terms: Terms | undefined;
  policy: LendingPolicy | undefined;
  facts: readonly NumberedFact[];
  keysOfBadLines: ReadonlySet<string>;
}

export type FactFault = Omit<LineFault, 'line'>;
