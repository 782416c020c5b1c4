/** The end of the day: one workflow of a tenant closes and seals each business date when it has ended. */
import type { BusinessClock } from '../../domain/values/clock';

export interface EndOfDayInput {
  tenantId: string;
  clock: BusinessClock;
  /** The first date that it answers for where none was ever closed; absent: the one on which it begins. */
  fromDate?: string | undefined;
}
