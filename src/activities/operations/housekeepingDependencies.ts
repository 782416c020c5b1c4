import type { KeptDays } from '../../db/operations/purge';

export interface KeepingDependencies {
  /** How long what callers make is kept; absent: for ever. */
  kept?: KeptDays | undefined;
  /** How long the daily close waits for an account before it calls a person, in business time; absent: 12. */
  closeWaitsHours?: number | undefined;
}
