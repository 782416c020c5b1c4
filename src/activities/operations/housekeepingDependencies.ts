import type { KeptDays } from '../../db/operations/purge';

export interface KeepingDependencies {
  /** How long what callers make is kept; absent: for ever. */
  kept?: KeptDays | undefined;
}
