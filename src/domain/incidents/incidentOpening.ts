/**
 * What the opening of an incident comes to: guards look many times a minute, requests are sent again, and two may see the
 * same thing at once. The same act is the same incident for ever; the same thing is one incident while it is in force.
 */

/** An incident that there is. */
export interface KnownIncident {
  incidentId: string;
  /** What it is about. */
  dedupeKey: string;
  /** The act that opened it; null where it has no identity. */
  openingKey: string | null;
  liftedAtMs: number | null;
}

export interface Opening {
  incidentId?: string | undefined;
  dedupeKey: string;
  openingKey?: string | undefined;
  atMs: number;
}

export type OpeningVerdict =
  | { status: 'new' }
  /** The same act again, also after the incident's end: nothing happens. */
  | { status: 'opened-before'; incidentId: string }
  /** In force already: the incident that there is gets a sighting, under this key of its timeline. */
  | { status: 'seen-again'; incidentId: string; eventKey: string };

export function judgeOpening(opening: Opening, known: readonly KnownIncident[]): OpeningVerdict {
  const { incidentId, openingKey, dedupeKey } = opening;
  // Should id and act name two, it is the one of the id: whoever gives an id asks for that one.
  const before =
    known.find((each) => each.incidentId === incidentId) ??
    known.find((each) => openingKey !== undefined && each.openingKey === openingKey);
  if (before) return { status: 'opened-before', incidentId: before.incidentId };
  const same = known.find((each) => each.dedupeKey === dedupeKey && each.liftedAtMs === null);
  if (same) return { status: 'seen-again', incidentId: same.incidentId, eventKey: sightingKey(opening) };
  return { status: 'new' };
}

/** A guard that looks many times a minute notes what it sees once. */
const SIGHTING_MS = 60_000;

/** Of the act where it has an identity, else of the minute. */
export function sightingKey({ openingKey, atMs }: Pick<Opening, 'openingKey' | 'atMs'>): string {
  return `seen/${openingKey ?? Math.floor(atMs / SIGHTING_MS)}`;
}

/** Incidents that stop something now, oldest first: not lifted, and more than an alarm, which only calls a person. */
export function stoppingNow<
  Item extends { incidentId: string; openedAtMs: number; liftedAtMs: number | null; measures: readonly unknown[] },
>(incidents: readonly Item[]): Item[] {
  return incidents
    .filter(({ liftedAtMs, measures }) => liftedAtMs === null && measures.length > 0)
    .sort((one, other) => one.openedAtMs - other.openedAtMs || (one.incidentId < other.incidentId ? -1 : 1));
}

/** The order of a work list: those that are not reviewed yet, each part from the newest on. */
export function byUrgency<Item extends { incidentId: string; stage: string; openedAtMs: number }>(
  incidents: readonly Item[],
): Item[] {
  const isReviewed = ({ stage }: Item) => (stage === 'reviewed' ? 1 : 0);
  return [...incidents].sort(
    (one, other) =>
      isReviewed(one) - isReviewed(other) ||
      other.openedAtMs - one.openedAtMs ||
      (one.incidentId < other.incidentId ? 1 : -1),
  );
}
