/** Notices of an account's step: what it promises, and what it takes back. */
import { cancelPlanned, pastPromises, planNotices } from '../../db/messaging/outbox/notices';
import { phoneChangesToTell } from '../../db/origination/phoneChanges';
import { together } from '../../db/transaction';
import type { DerivedAccount } from '../../domain/credit/account';
import { isClosed } from '../../domain/credit/accountStages';
import { planForAccount } from '../../domain/credit/reminderLadder';
import { phoneCoolDownMs } from '../../domain/messaging/contact/contactRules';
import { type CancelReason, type PlannedNotice, phoneChangeKey } from '../../domain/messaging/outbox/notices';
import { metBecause } from '../../domain/messaging/outbox/noticeTruth';
import { DAY_MS } from '../../domain/values/timeUnits';
import type { Step } from './step';

/** Plans what the step promises, and takes back what is no longer owed. Returns when the first of it is due. */
export async function promiseNotices(step: Step, derived: DerivedAccount, lane: number): Promise<number | undefined> {
  const { client, input, account, policy, issued } = step;
  const { tenantId, accountId, asOfMs } = input;
  const { borrowerId } = account;
  const obligationKeys = derived.obligations.map(({ key }) => key);
  const keepObligationKeys = derived.obligations.flatMap(({ key, minimumFen }) => (minimumFen > 0 ? [key] : []));
  const reason = takenBackBecause(step, derived);
  const [, promises] = await together([
    cancelPlanned(client, { tenantId, accountId, keepObligationKeys, reason, atMs: asOfMs }),
    pastPromises(client, { tenantId, accountId, obligationKeys }),
  ]);
  const planned = planForAccount({
    before: account.advancedAtMs === null ? undefined : { stage: account.stage, statements: issued },
    after: derived,
    policy: policy.notices,
    zone: policy.zone,
    asOfMs,
    accountKey: accountId,
    promises,
  });
  const notices = [...planned, ...(await phoneChangeNotices(step))];
  if (notices.length === 0) return undefined;
  await planNotices(client, { tenantId, borrowerId, accountId, lane, notices });
  return Math.min(...notices.map(({ sendAfterMs }) => sendAfterMs));
}

/** What tells older phones of a change: by the step that the change asked for, or the first of a new account. */
async function phoneChangeNotices({ client, input, account, policy }: Step): Promise<PlannedNotice[]> {
  if (!input.arrivals.some(({ kind }) => kind === 'look' || kind === 'opening')) return [];
  const { tenantId, asOfMs } = input;
  const validForMs = phoneCoolDownMs(policy.notices) + policy.notices.expiresAfterDays * DAY_MS;
  const sinceMs = asOfMs - validForMs;
  const changes = await phoneChangesToTell(client, { tenantId, borrowerId: account.borrowerId, sinceMs });
  return changes.map(({ version, toVersion, atMs }) => ({
    kind: 'phone-changed',
    dedupeKey: phoneChangeKey({ version, toVersion }),
    obligationKey: undefined,
    toPhoneVersion: toVersion,
    priority: 0,
    sendAfterMs: asOfMs,
    expiresAtMs: atMs + validForMs,
  }));
}

/** Why a notice about an obligation that asks for nothing any more is taken back. */
function takenBackBecause({ input }: Step, derived: DerivedAccount): CancelReason {
  if (isClosed(derived)) return derived.stage;
  return input.arrivals.some(({ kind }) => kind === 'restructuring-approval') ? 'restructured' : metBecause(derived);
}
