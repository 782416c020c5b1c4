/** The stages of an account's life, in their order; whatever asks whether one is closed asks here. */
import { type NameOf, type NamesWith, namesWith } from '../values/tables';

interface StageRow {
  /** No money is owed on schedule any more: settled, or given up. It opens again when money comes or bounces. */
  isClosed: boolean;
  /** The borrower did not pay in time: no new credit is judged on it. */
  isInArrears: boolean;
}

export const ACCOUNT_STAGES = {
  current: { isClosed: false, isInArrears: false },
  overdue: { isClosed: false, isInArrears: true },
  'write-off-review': { isClosed: false, isInArrears: true },
  settled: { isClosed: true, isInArrears: false },
  'written-off': { isClosed: true, isInArrears: true },
} as const satisfies Record<string, StageRow>;

/** Where an account is in its life. */
export type Stage = NameOf<typeof ACCOUNT_STAGES>;
export type OpenStage = NamesWith<typeof ACCOUNT_STAGES, { isClosed: false }>;
export type ClosedStage = NamesWith<typeof ACCOUNT_STAGES, { isClosed: true }>;

const OPEN_STAGES = namesWith(ACCOUNT_STAGES, { isClosed: false });
export const CLOSED_STAGES = namesWith(ACCOUNT_STAGES, { isClosed: true });

/** Undefined of an account that is closed. */
export function openStageOf(stage: Stage): OpenStage | undefined {
  return OPEN_STAGES.find((open) => open === stage);
}

export function isClosed<Account extends { stage: Stage }>(
  account: Account,
): account is Account & { stage: ClosedStage } {
  return ACCOUNT_STAGES[account.stage].isClosed;
}
