/** The end of the day: one workflow of a tenant closes and seals each business date when it has ended. */
import type { BusinessClock } from '../../domain/values/clock';
import type { WaitedFor } from './endOfDayActivities';

export interface EndOfDayInput {
  tenantId: string;
  clock: BusinessClock;
  /** The first date that it answers for where none was ever closed; absent: the one on which it begins. */
  fromDate?: string | undefined;
  /** From the run before: what it waits for. */
  waited?: WaitedFor | undefined;
}
