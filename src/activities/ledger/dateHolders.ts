/** What a business date waits for before it is closed, and when a person is called to it. */
import type { DailyCloseActivities, WaitedFor } from '../../contracts/activities';
import { readUnbookedDebits } from '../../db/debits/plannedDebits';
import { openForHeldClose } from '../../db/incidents/ruleIncidents';
import { listUnstepped, readOldestUnstepped } from '../../db/ledger/unsteppedAccounts';
import { createPolicyReader } from '../../db/policy/policyReader';
import type { Client } from '../../db/transaction';
import { heldTooLong, holdersSince, type OldestUnstepped, unsteppedOn, untoldOn } from '../../domain/ledger/endOfDay';
import type { IsoDate } from '../../domain/values/calendar';
import { endOfDateMs, SHANGHAI, type Zone } from '../../domain/values/clock';
import { HOUR_MS } from '../../domain/values/timeUnits';

/** As many are named of the accounts that hold a date. */
const HOLDERS_NAMED = 10;
/** Unless the deployment says otherwise. */
const CLOSE_WAITS_HOURS = 12;

export type EndedDates = Parameters<DailyCloseActivities['closeEndedDates']>[0];

export interface Waits {
  /** Of the evidence, and of the accounts of each policy. */
  zones: Zone[];
  /** The account that holds a date; undefined when none does. */
  holderOf(date: IsoDate): string | undefined;
  /** Accounts whose step of a date is missing, the oldest first. */
  holdersOf(date: IsoDate): ReturnType<typeof listUnstepped>;
}

/** As of the snapshot of the client. */
export async function readWaits(client: Client, { tenantId, asOfMs, patienceMs }: EndedDates): Promise<Waits> {
  const policies = createPolicyReader();
  const zoneOf = new Map<string, Zone>();
  const oldest: OldestUnstepped[] = [];
  for (const { policyVersion, accountId, sinceMs } of await readOldestUnstepped(client, { tenantId })) {
    const { zone } = await policies.version(client, tenantId, policyVersion);
    zoneOf.set(policyVersion, zone);
    if (accountId !== null && sinceMs !== null) oldest.push({ zone, accountId, sinceMs });
  }
  const zones = [SHANGHAI, ...zoneOf.values()];
  const debits = await readUnbookedDebits(client, { tenantId });
  return {
    zones,
    holderOf: (date) => unsteppedOn(date, oldest) ?? untoldOn(date, debits, { asOfMs, patienceMs, zones }),
    holdersOf(date) {
      const ends = [...zoneOf].map(([policyVersion, zone]) => ({ policyVersion, beforeMs: endOfDateMs(date, zone) }));
      return listUnstepped(client, { tenantId, ends, limit: HOLDERS_NAMED });
    },
  };
}

export interface HeldDate {
  waitsFor: WaitedFor;
  accounts: Awaited<ReturnType<Waits['holdersOf']>>;
}

/** The date, when something holds it. */
export async function heldDate(
  waits: Waits,
  date: IsoDate | undefined,
  { waited, asOfMs }: EndedDates,
): Promise<HeldDate | undefined> {
  const accountId = date === undefined ? undefined : waits.holderOf(date);
  if (date === undefined || accountId === undefined) return undefined;
  const accounts = await waits.holdersOf(date);
  const ids = accounts.map((account) => account.accountId);
  const holders = holdersSince(ids, waited, { businessDate: date, asOfMs });
  return { waitsFor: { businessDate: date, accountId, holders }, accounts };
}

/** A date that waits too long for the same account calls a person, once; it goes on waiting. */
export async function tellHolders(
  client: Client,
  { waitsFor, accounts }: HeldDate,
  {
    tenantId,
    asOfMs,
    patienceMs,
    closeWaitsHours = CLOSE_WAITS_HOURS,
  }: EndedDates & { closeWaitsHours?: number | undefined },
): Promise<WaitedFor> {
  const { businessDate, holders = [] } = waitsFor;
  const late = heldTooLong(holders, { asOfMs, patienceMs, waitsMs: closeWaitsHours * HOUR_MS });
  const found = late.flatMap((holder) =>
    accounts
      .filter(({ accountId }) => accountId === holder.accountId)
      .map(({ product }) => ({ businessDate, product, ...holder })),
  );
  if (found.length === 0) return waitsFor;
  const incidentId = await openForHeldClose(client, { tenantId, atMs: asOfMs, openedBy: 'daily-close', found });
  return { ...waitsFor, incidentId };
}
