/**
 * A revolving account's state at the end of a bill date, kept so that a step folds from there and not from the
 * beginning: the cost of a month stays what it was in the first. A snapshot is no evidence; it can be dropped at any
 * time, and must be when a fact arrives that counts from its date or before.
 */

import { dayOfMonth, type IsoDate } from '../../values/calendar';
import type { Accrual, ExactRate } from '../accrual';
import { countsFrom, type Fact } from '../facts';
import type { KeptRevolvingState } from './revolvingState';

/**
 * Which rules an account was folded by. Raise it with every change of a fold or of the figures that can change a state
 * or a deadline: older snapshots are then dropped, and every open account is told to look
 * (docs/decisions/0041-one-reckoning.md).
 */
export const FOLD_VERSION = 2;

interface PackedAccrual {
  numerator: string;
  denominator: string;
  exact: string;
  postedFen: number;
}

/** The state as plain JSON: bigints are text. */
export interface CachedAccountState {
  foldVersion: number;
  /** Everything that counts up to and with this date is in it. */
  through: IsoDate;
  state: Omit<KeptRevolvingState, 'interest' | 'penalty'> & { interest: PackedAccrual; penalty: PackedAccrual };
}

/**
 * The date of the snapshot that a step should keep: the bill date before the last one, so that what arrives up to a
 * month late does not cost it.
 */
export function cachedStateDate(asOf: IsoDate, billDay: number): IsoDate {
  const inThisMonth = dayOfMonth(asOf, billDay);
  return dayOfMonth(asOf, billDay, inThisMonth < asOf ? -1 : -2);
}

/** Whether a step should keep a newer snapshot than the one it went on from. */
export function isStateCacheDue(
  from: CachedAccountState | undefined,
  openDate: IsoDate,
  billDay: number,
  asOf: IsoDate,
): boolean {
  const wanted = cachedStateDate(asOf, billDay);
  return from === undefined ? wanted >= openDate : wanted > from.through;
}

/** Whether a fact changes what the snapshot holds. A reversal changes what its payment did. */
export function isTouchedBy({ through }: CachedAccountState, fact: Fact, reversed: Fact | undefined): boolean {
  return countsFrom(fact) <= through || (reversed !== undefined && countsFrom(reversed) <= through);
}

export function packState(state: KeptRevolvingState, through: IsoDate): CachedAccountState {
  const { interest, penalty, ...rest } = state;
  const packed = { ...rest, interest: pack(interest), penalty: pack(penalty) };
  return { foldVersion: FOLD_VERSION, through, state: copyOf(packed) };
}

export function unpackState({ state }: CachedAccountState): KeptRevolvingState {
  const { interest, penalty, ...rest } = copyOf(state);
  return { ...rest, interest: unpack(interest), penalty: unpack(penalty) };
}

/** Plain data: a copy that shares nothing with the state that goes on. */
function copyOf<Plain>(value: Plain): Plain {
  return JSON.parse(JSON.stringify(value)) as Plain;
}

function pack({ rate, exact, postedFen }: Accrual): PackedAccrual {
  const { numerator, denominator } = rate;
  return { numerator: String(numerator), denominator: String(denominator), exact: String(exact), postedFen };
}

function unpack({ numerator, denominator, exact, postedFen }: PackedAccrual): Accrual {
  const rate: ExactRate = { numerator: BigInt(numerator), denominator: BigInt(denominator) };
  return { rate, exact: BigInt(exact), postedFen };
}
