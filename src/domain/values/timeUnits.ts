/** Units of time in milliseconds: the one place where they are written as numbers. Weeks are seven days of 24 hours. */
export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

export const MINUTES_PER_DAY = DAY_MS / MINUTE_MS;
