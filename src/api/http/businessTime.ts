/** Business time as the routes read it. */
import type { IsoDate } from '../../domain/values/calendar';
import { type BusinessClock, businessTimeMs, dateAt, type Zone } from '../../domain/values/clock';
import { invalidRequest } from './problems';

export interface BusinessTimeContext {
  /** The deployment's business clock as it is now: it moves when an accelerated deployment starts again. */
  clock: () => BusinessClock;
  /** Real milliseconds. */
  now: () => number;
  zone: Zone;
}

export function businessNowMs({ clock, now }: Pick<BusinessTimeContext, 'clock' | 'now'>): number {
  return businessTimeMs(clock(), now());
}

export function businessToday(context: BusinessTimeContext): IsoDate {
  return dateAt(businessNowMs(context), context.zone);
}

/** The date of an instant that was sent as text, in the zone of the deployment. */
export function dateOfInstant(instant: string | undefined, zone: Zone): IsoDate | undefined {
  return instant === undefined ? undefined : dateAt(Date.parse(instant), zone);
}

/** Refuses a date that has not come yet: money cannot arrive, nor an offer be accepted, tomorrow. */
export function refuseFuture(context: BusinessTimeContext, field: string, value: IsoDate | undefined): void {
  const today = businessToday(context);
  if (value === undefined || value <= today) return;
  throw invalidRequest([{ field, fault: 'is in the future', fix: `send a date up to ${today}, the business date` }]);
}
