/**
 * Bills of one bill day are not all told at one minute: each account has its own minute of the window, so that carriers
 * and borrowers' questions come at a pace. Who must pay sooner is told sooner.
 */

/** Due dates differ by at most this many groups: the 8th, 9th and 10th (facts 1.1). */
const GROUPS = 3;
/** Days from the bill to the earliest due date. */
const FIRST_DUE_AFTER_DAYS = 7;

/**
 * Whole minutes after the window's begin, from 0 to below `windowMinutes`. The same account has the same place within
 * its group each month; groups follow each other by how soon they are due.
 */
export function spreadMinutes(accountKey: string, daysToDue: number, windowMinutes: number): number {
  if (windowMinutes <= 0) return 0;
  const group = Math.min(GROUPS - 1, Math.max(0, daysToDue - FIRST_DUE_AFTER_DAYS));
  const share = (group + placeOf(accountKey)) / GROUPS;
  return Math.floor(share * windowMinutes);
}

/** From 0 to below 1, spread evenly over keys (FNV-1a, with its bits mixed once more: near keys land far apart). */
function placeOf(key: string): number {
  let hash = 0x811c9dc5;
  for (const character of key) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
