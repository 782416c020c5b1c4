/** Dates and instants as the Temporal Web UI shows them to people: summaries of timers and steps, current details. */
import type { IsoDate } from './calendar';
import { dateAt, minuteOfDay, type Zone } from './clock';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `15 Mar`. */
export function dayWords(date: IsoDate): string {
  return `${Number(date.slice(8, 10))} ${MONTHS[Number(date.slice(5, 7)) - 1]}`;
}

/** `15 Mar 2026 18:00` of the zone. */
export function instantWords(instantMs: number, zone: Zone): string {
  const date = dateAt(instantMs, zone);
  const minute = minuteOfDay(instantMs, zone);
  const [hours, minutes] = [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0'));
  return `${dayWords(date)} ${date.slice(0, 4)} ${hours}:${minutes}`;
}
