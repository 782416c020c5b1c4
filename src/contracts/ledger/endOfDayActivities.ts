/** Ledger and evidence: what the end of the day asks of activities. The signatures, and nothing of how. */

export interface DailyCloseActivities {
  /**
   * Closes, in order, each business date from the last one that was tried on, else from `fromDate`, that has ended and
   * whose accounts have stepped. What is red is on record and told, and stops none of the next.
   */
  closeEndedDates(input: CloseEndedDates): Promise<ClosedDates>;
}

interface CloseEndedDates {
  tenantId: string;
  asOfMs: number;
  fromDate: string;
  /** So long, in business time, a settled debit may be on its way to its account before the close calls it missing. */
  patienceMs: number;
  /** What it was told last that it waits for; absent: nothing. */
  waited?: WaitedFor | undefined;
}

export interface ClosedDates {
  /** Dates that were tried now, in order. */
  tried: TriedDate[];
  /** The last date that is closed; null: none is. */
  closedThrough: string | null;
  triedThrough: string | null;
  /** Dates that were tried and are not closed, the earliest first; at most 31. */
  openDates: string[];
  /** The date that is next, and one account that it waits for. */
  waitsFor?: WaitedFor | undefined;
  /** When to look again. */
  nextAtMs: number;
}

export interface TriedDate {
  businessDate: string;
  outcome: 'succeeded' | 'failed';
  /** What was red, and how often, such as `entries 2`. */
  checks: string[];
  /** Of what was set aside and waits for two people. */
  waitingCount: number;
}

export interface WaitedFor {
  businessDate: string;
  accountId: string;
  /** Whose steps are missing, the oldest first, at most 10; absent where it is a debit that is on its way. */
  holders?: DateHolder[] | undefined;
  /** Opened because one of them was waited for too long. */
  incidentId?: string | undefined;
}

interface DateHolder {
  accountId: string;
  /** The business instant of the first of the looks in a row that found it. */
  sinceMs: number;
}

export interface SealActivities {
  /** Seals each business date after the last seal, where there is none after `fromDate`, up to the last one. */
  sealDates(input: { tenantId: string; asOfMs: number; fromDate: string; throughDate: string }): Promise<SealedDates>;
}

interface SealedDates {
  /** The date of the seal that covers the last date. */
  sealedThrough: string;
}
