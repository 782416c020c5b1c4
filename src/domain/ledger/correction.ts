/**
 * Correction by reversal and rebooking (红冲重记). Nothing booked is changed: what the life says now and what is booked
 * are brought together by further revisions of the same business key. `docs/ledger.md`.
 */

import type { IsoDate } from '../values/calendar';
import type { Fen } from '../values/money';
import { type EntryKind, type JournalEntry, type JournalLine, type LedgerAccount, linesOf, sumsOf } from './journal';

type Sums = Partial<Record<LedgerAccount, Fen>>;

/** A business key as it stands in the journal. */
export interface BookedKey {
  businessKey: string;
  /** Of the latest revision, as are the next two. */
  revision: number;
  kind: string;
  valueDate: IsoDate;
  /** What all revisions together book; nothing of a key that is reversed. */
  sums: Sums;
}

/** One revision to be booked. */
export interface Booking {
  businessKey: string;
  /** 1, or the number of the correction. */
  revision: number;
  kind: string;
  valueDate: IsoDate;
  /** It takes back what is booked: from then on the key books nothing. */
  isReversal: boolean;
  lines: JournalLine[];
}

/** What an entry books, in one form; undefined for nothing. Two entries of one content are the same entry. */
export function contentOf({ kind, valueDate, lines }: JournalEntry): string | undefined {
  const sums = Object.entries(sumsOf(lines)).filter(([, amountFen]) => amountFen !== 0);
  return sums.length === 0 ? undefined : JSON.stringify([kind, valueDate, sums.sort(byName)]);
}

/**
 * What brings one key from its booked content to the derived one; either may be absent. Another date or kind is a
 * reversal and a new booking, because a difference of lines alone would leave the amount on its old date.
 */
export function correctionOf(booked: BookedKey | undefined, derived: JournalEntry | undefined): Booking[] {
  const next = (booked?.revision ?? 0) + 1;
  const isBooked = booked !== undefined && linesOf(booked.sums).length > 0;
  const reversal = isBooked ? [reversalOf(booked, next)] : [];
  if (!derived || contentOf(derived) === undefined) return reversal;
  const { key: businessKey, kind, valueDate } = derived;
  const to = { businessKey, kind, valueDate, isReversal: false };
  if (isBooked && (booked.kind !== kind || booked.valueDate !== valueDate)) {
    return [...reversal, { ...to, revision: next + 1, lines: linesBetween({}, sumsOf(derived.lines)) }];
  }
  const lines = linesBetween(booked?.sums ?? {}, sumsOf(derived.lines));
  // No lines: it is booked as it is derived.
  return lines.length === 0 ? [] : [{ ...to, revision: next, lines }];
}

function reversalOf({ businessKey, kind, valueDate, sums }: BookedKey, revision: number): Booking {
  return { businessKey, revision, kind, valueDate, isReversal: true, lines: linesBetween(sums, {}) };
}

function linesBetween(from: Sums, to: Sums): JournalLine[] {
  const accounts = [...new Set([...Object.keys(from), ...Object.keys(to)])] as LedgerAccount[];
  return accounts
    .map((account) => ({ account, amountFen: (to[account] ?? 0) - (from[account] ?? 0) }))
    .filter(({ amountFen }) => amountFen !== 0);
}

function byName([first]: [string, Fen], [second]: [string, Fen]): number {
  return first < second ? -1 : 1;
}

/** A revision as the journal holds it. */
export interface BookedRevision {
  businessKey: string;
  revision: number;
  kind: EntryKind;
  valueDate: IsoDate;
  lines: readonly JournalLine[];
}

/**
 * All that is to be booked so that the journal of an account is what its life derives, in the order in which it is
 * booked: reversals of keys that are derived no more by their keys, then the rest in the order of the life. With `since`
 * only what is dated after it is derived, and what is booked up to then stands.
 */
export function correctionsOf(
  journal: readonly BookedRevision[],
  derived: readonly JournalEntry[],
  since?: IsoDate,
): Booking[] {
  const byKey = new Map(derived.map((entry) => [entry.key, entry]));
  const booked = bookedKeys(journal);
  const vanished = [...booked.values()]
    .filter(({ businessKey, valueDate }) => !byKey.has(businessKey) && (since === undefined || valueDate > since))
    .sort((one, other) => (one.businessKey < other.businessKey ? -1 : 1));
  return [
    ...vanished.flatMap((key) => correctionOf(key, undefined)),
    ...derived.flatMap((entry) => correctionOf(booked.get(entry.key), entry)),
  ];
}

function bookedKeys(journal: readonly BookedRevision[]): Map<string, BookedKey> {
  const keys = new Map<string, BookedKey>();
  for (const { businessKey, revision, kind, valueDate, lines } of journal) {
    const before = keys.get(businessKey);
    const sums = sumsOf([...(before ? linesOf(before.sums) : []), ...lines]);
    const isLatest = before === undefined || before.revision < revision;
    keys.set(businessKey, isLatest ? { businessKey, revision, kind, valueDate, sums } : { ...before, sums });
  }
  return keys;
}
