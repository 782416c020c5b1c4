/** Which version of a policy is in force on a date. */
import type { IsoDate } from '../values/calendar';

export interface PolicyVersionRow {
  version: string;
  effectiveFrom: IsoDate;
  createdAtMs: number;
}

/** The one that began last; of two that begin on one date the one inserted later. Undefined before the first. */
export function versionInForce(versions: readonly PolicyVersionRow[], date: IsoDate): string | undefined {
  const [newest] = versions
    .filter(({ effectiveFrom }) => effectiveFrom <= date)
    .sort(
      (one, other) =>
        (one.effectiveFrom === other.effectiveFrom ? 0 : one.effectiveFrom < other.effectiveFrom ? 1 : -1) ||
        other.createdAtMs - one.createdAtMs ||
        (one.version < other.version ? 1 : -1),
    );
  return newest?.version;
}
