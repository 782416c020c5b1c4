/**
 * Who a borrower is, over time: name, identity number and phone, each in versions of which the newest counts. What an
 * application may add to it, and to which phone notices of money go while the newest one is fresh.
 */

import type { Stage } from '../credit/account';
import { isClosed } from '../credit/accountStages';
import { phoneChangeKey } from '../messaging/outbox/notices';

export const IDENTITY_FIELDS = ['name', 'idNumber', 'phone'] as const;
export type IdentityField = (typeof IDENTITY_FIELDS)[number];

export type Identity = Partial<Record<IdentityField, string>>;

/** Whence a version came. `before-versions`: it stood in the vault before there were versions. */
export const IDENTITY_SOURCES = ['application', 'phone-change', 'before-versions'] as const;
export type IdentitySource = (typeof IDENTITY_SOURCES)[number];

/** Values of each field, the newest last. */
export type KnownIdentity = Record<IdentityField, readonly string[]>;

export type IdentityRefusal =
  /** The borrower is known with another identity number: it never changes. */
  | 'other-id-number'
  /** A phone changes by a request of its own, of which the old phone is told. */
  | 'other-phone'
  /** The same application came before with another name or phone. */
  | 'other-content'
  /** The key of the person was destroyed: the id stands for nobody any more. */
  | 'erased';

export type IdentityVerdict =
  | { status: 'kept'; added: IdentityField[] }
  | { status: 'refused'; reason: IdentityRefusal };

/**
 * What an application tells of a borrower against what is known. Nothing that is known is replaced but the name, which
 * people change. `isRepeat`: the application was kept before, and is sent again: it may tell what it told then.
 */
export function judgeIdentity(
  known: KnownIdentity,
  stated: Identity,
  { isRepeat = false }: { isRepeat?: boolean | undefined } = {},
): IdentityVerdict {
  const differs = (field: IdentityField) => stated[field] !== undefined && known[field].at(-1) !== stated[field];
  const isOther = (field: IdentityField) => known[field].length > 0 && differs(field);
  if (isOther('idNumber')) return { status: 'refused', reason: 'other-id-number' };
  if (isRepeat) {
    const isNew = (field: IdentityField) => isOther(field) && !known[field].includes(stated[field] ?? '');
    if (isNew('phone')) return { status: 'refused', reason: 'other-phone' };
    if (isNew('name')) return { status: 'refused', reason: 'other-content' };
    return { status: 'kept', added: IDENTITY_FIELDS.filter((field) => known[field].length === 0 && differs(field)) };
  }
  if (isOther('phone')) return { status: 'refused', reason: 'other-phone' };
  return { status: 'kept', added: IDENTITY_FIELDS.filter(differs) };
}

export interface PhoneVersion {
  version: number;
  phone: string;
  /** Business milliseconds from which on it was the borrower's phone. */
  atMs: number;
}

/** Where notices of money go, and whether a fresher phone than that waits out its cool-down. */
export interface PhoneForMoney {
  phone: PhoneVersion | undefined;
  isCoolingDown: boolean;
}

/**
 * The first phone is trusted at once; a later one once it has been the borrower's for the whole cool-down, without
 * another change between. So a phone that was set back within its cool-down is never trusted, and who goes back to the
 * trusted one waits for nothing.
 */
export function phoneForMoney(
  /** The oldest first. */
  versions: readonly PhoneVersion[],
  { asOfMs, coolDownMs }: { asOfMs: number; coolDownMs: number },
): PhoneForMoney {
  let trusted = versions[0];
  versions.forEach((each, index) => {
    const untilMs = versions[index + 1]?.atMs ?? asOfMs;
    if (untilMs - each.atMs >= coolDownMs) trusted = each;
  });
  return { phone: trusted, isCoolingDown: versions.at(-1)?.phone !== trusted?.phone };
}

/** Versions whose phones are told of a change: the one that it replaces, and the trusted one where that is another. */
export function toldOfChange(
  before: readonly PhoneVersion[],
  cooling: { asOfMs: number; coolDownMs: number },
): PhoneVersion[] {
  const replaced = before.at(-1);
  const { phone: trusted } = phoneForMoney(before, cooling);
  return [replaced, trusted].flatMap((each, index) =>
    each === undefined || (index > 0 && each.phone === replaced?.phone) ? [] : [each],
  );
}

/** Of the changes since an instant those of which an older phone is not told yet: no notice of it was ever planned. */
export function changesToTell<Change extends { version: number; toVersion: number; atMs: number }>(
  changes: readonly Change[],
  { sinceMs, plannedKeys }: { sinceMs: number; plannedKeys: readonly string[] },
): Change[] {
  return changes
    .filter((change) => change.atMs >= sinceMs && !plannedKeys.includes(phoneChangeKey(change)))
    .sort((one, other) => one.version - other.version || one.toVersion - other.toVersion);
}

/** The account through whose step a borrower is told: an open one before a closed one, the newest first. */
export function accountToTell<Account extends { accountId: string; stage: Stage; openedAtMs: number }>(
  accounts: readonly Account[],
): Account | undefined {
  const rank = ({ stage }: Account) => (isClosed({ stage }) ? 1 : 0);
  return [...accounts].sort(
    (one, other) =>
      rank(one) - rank(other) || other.openedAtMs - one.openedAtMs || (one.accountId < other.accountId ? -1 : 1),
  )[0];
}
