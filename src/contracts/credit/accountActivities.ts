/** Credit: what an account's workflow asks of activities. The signatures, and nothing of how. */
import type { AccountState, ChangeResult, PurchaseResult, WriteOffProgress } from './account';
import type { MessageAnswer } from './accountMessages';
import type { Arrival } from './arrivals';
import type { InstalmentResult } from './instalments';

export interface ServicingActivities {
  /**
   * One step of an account, in one transaction: records what arrived, folds the facts as of the instant, books the
   * difference, issues bills, plans notices, judges early warnings, and returns the stage and the next deadline.
   */
  advanceAccount(input: AdvanceAccount): Promise<AdvanceResult>;
}

export interface AdvanceAccount {
  tenantId: string;
  accountId: string;
  /** The business instant of the step; everything of the step counts as of it. */
  asOfMs: number;
  arrivals: Arrival[];
  /** In the first step: the books say whether the account is there, and whether this is its workflow. */
  workflowId?: string | undefined;
}

export interface AdvanceResult {
  state: AccountState;
  /** The answer to each purchase that arrived, by its id. */
  purchases: Record<string, PurchaseResult>;
  /**
   * The answer to each change that was asked for, by the key of its fact, such as `credit-return/2031`. Absent in
   * steps of histories from before there were such changes.
   */
  changes?: Record<string, ChangeResult | InstalmentResult | WriteOffProgress> | undefined;
  /**
   * The answer to each arrival, in their order; null for one that asks for nothing. Two that ask under one key have an
   * answer each. Absent where nobody asked, and in histories from before an answer belonged to its arrival.
   */
  answers?: (MessageAnswer | null)[] | undefined;
  /** Numbers of what was set aside for two people; absent where nothing was. */
  setAside?: number[] | undefined;
  /** Of the first step alone: the books have no such account, or it is another workflow's. Nothing was changed. */
  refused?: { type: string; message: string } | undefined;
}
