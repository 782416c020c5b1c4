/**
 * What is known just before notices are sent: the accounts as their books are now, how their borrowers may be
 * contacted, the wordings. Read in a few statements for a whole group.
 */

import { type ContactStatus, readContactStatuses } from '../../db/messaging/contact/contactStatuses';
import type { NoticeRow } from '../../db/messaging/outbox/notices';
import { countMoreImportant } from '../../db/messaging/outbox/notices';
import { activeTemplates, type TemplateRow } from '../../db/messaging/templates/templates';
import { lockBorrowers } from '../../db/origination/borrowers';
import { readPhones } from '../../db/origination/identities';
import { type Client, together } from '../../db/transaction';
import type { DerivedAccount } from '../../domain/credit/account';
import { autoDebitOf, comingDebit } from '../../domain/debits/autoDebit';
import { type MeasuresInForce, stoppedBy } from '../../domain/incidents/incidents';
import { phoneCoolDownMs } from '../../domain/messaging/contact/contactRules';
import { noticeKindOf, WORDING_NAMES, type WordingName, wordingsFor } from '../../domain/messaging/outbox/wordings';
import { type PhoneVersion, phoneForMoney } from '../../domain/origination/identity';
import type { AutoDebitPolicy, LendingPolicy } from '../../domain/policy/lendingPolicy';
import { dateAt, endOfDateMs, type WallTime, type Zone } from '../../domain/values/clock';
import { type AccountNow, accountsNow } from '../credit/accountsNow';
import { registrationsOf } from './noticeMessage';
import type { NoticeDependencies, SweepInput } from './sweep';

export interface NoticeReading {
  /** As of the sweep's instant, folded from the same facts that the books are booked from. */
  account: DerivedAccount;
  policy: LendingPolicy;
  contactStatus: ContactStatus;
  /** Where quiet hours and days are counted: the borrower's, else the policy's. */
  zone: Zone;
  /** Planned for the borrower later today, and of higher priority. */
  moreImportantToday: number;
  /** The active text of the best wording that there is one of. */
  template: TemplateRow | undefined;
  /** When the debit of its obligation's due date is made, while that is ahead. */
  debitAt: WallTime | undefined;
  /** Codes of that wording at the providers that take registered texts only, by their names. */
  registered: ReadonlyMap<string, string>;
  /** Decrypted only when it is needed. */
  reach(): Reach;
}

/** The phone that a notice goes to, and whether the inbox has it as well. */
interface Reach {
  phone: string | undefined;
  /** The borrower's phone was changed: it is the one of before, which the borrower may have no more. */
  isOldPhone: boolean;
}

/**
 * One reading for each notice, in their order. The borrowers' rows are locked before anything is read, so that what is
 * counted about a person stays as it was counted: a lane owns its borrowers, but two sweeps can meet, when an attempt
 * that timed out still runs, or the number of lanes was changed while notices were planned.
 */
export async function readGroup(
  client: Client,
  deps: NoticeDependencies,
  input: SweepInput,
  { group, inForce }: { group: readonly NoticeRow[]; inForce: Promise<readonly MeasuresInForce[]> },
): Promise<NoticeReading[]> {
  const { tenantId, asOfMs } = input;
  const [borrowerIds, accountIds] = [unique(group, 'borrowerId'), unique(group, 'accountId')];
  const [measures, , accounts, standings, texts, phones] = await together([
    inForce,
    lockBorrowers(client, { tenantId, borrowerIds }),
    accountsNow(client, deps, input, accountIds),
    readContactStatuses(client, { tenantId, about: group, asOfMs }),
    textsOf(client, deps, input, unique(group, 'kind')),
    readPhones(client, deps.vault, { tenantId, borrowerIds }),
  ]);
  const read = group.map((notice, index) => {
    const contactStatus = standings[index] as ContactStatus;
    const known = accounts.get(notice.accountId);
    if (!known) throw new Error(`notice of account ${notice.accountId}, which is not in the books`);
    const { account, policy } = known;
    const debit = debitOf(known, notice, { asOfMs, inForce: measures });
    const text = bestOf(texts, notice, account, debit?.takes);
    return {
      account,
      policy,
      contactStatus,
      zone: zoneOf(contactStatus, policy),
      reach: () => reachOf(notice, phones(notice.borrowerId), { policy, asOfMs }),
      template: text?.template,
      registered: text?.registered ?? new Map<string, string>(),
      debitAt: debit?.at,
    };
  });
  const counts = await countFor(client, input, group, read);
  return read.map((each, index) => ({ ...each, moreImportantToday: counts[index] ?? 0 }));
}

function unique<Key extends keyof NoticeRow>(group: readonly NoticeRow[], key: Key): NoticeRow[Key][] {
  return [...new Set(group.map((notice) => notice[key]))];
}

/**
 * Every notice is of money: while a changed phone is fresh all go to the one that is trusted. What tells of a change goes
 * to the phone that it names.
 */
function reachOf(
  { toPhoneVersion }: NoticeRow,
  phones: readonly PhoneVersion[],
  { policy, asOfMs }: { policy: LendingPolicy; asOfMs: number },
): Reach {
  if (toPhoneVersion !== null) {
    return { phone: phones.find(({ version }) => version === toPhoneVersion)?.phone, isOldPhone: true };
  }
  const { phone, isCoolingDown } = phoneForMoney(phones, { asOfMs, coolDownMs: phoneCoolDownMs(policy.notices) });
  return { phone: phone?.phone, isOldPhone: isCoolingDown };
}

function zoneOf({ utcOffsetMinutes }: ContactStatus, policy: LendingPolicy): Zone {
  return utcOffsetMinutes === null ? policy.zone : { name: "the borrower's", utcOffsetMinutes };
}

/** Who has a mandate is told the hour of the debit, from the policy; not while an incident stops debits. */
function debitOf(
  { row, account, policy }: AccountNow,
  { borrowerId, obligationKey }: NoticeRow,
  { asOfMs, inForce }: { asOfMs: number; inForce: readonly MeasuresInForce[] },
) {
  if (row.mandateId === null || obligationKey === null) return undefined;
  if (stoppedBy(inForce, { measure: 'auto-debit', product: row.product, borrowerId }) !== undefined) return undefined;
  return comingDebit(account, obligationKey, { policy: autoDebitOf(policy), zone: policy.zone, asOfMs });
}

/** Of the wordings that are true of the account the first that has an active text. */
function bestOf(
  texts: ReadonlyMap<WordingName, Text>,
  { kind }: NoticeRow,
  { product, daysPastDue }: DerivedAccount,
  debit: AutoDebitPolicy['amount'] | undefined,
): Text | undefined {
  const names = wordingsFor(kind, { isLoan: product === 'cash-loan', isPastDue: daysPastDue > 0, debit });
  const name = names.find((each) => texts.has(each));
  return name && texts.get(name);
}

type Text = { template: TemplateRow; registered: ReadonlyMap<string, string> };

/** By their wordings, of every variant of the kinds. */
async function textsOf(
  client: Client,
  deps: NoticeDependencies,
  { tenantId }: SweepInput,
  kinds: readonly NoticeRow['kind'][],
): Promise<Map<WordingName, Text>> {
  const names = WORDING_NAMES.filter((name) => kinds.includes(noticeKindOf(name)));
  const templates = await activeTemplates(client, { tenantId, kinds: names });
  const texts = [...templates].map(async ([kind, template]) => {
    const registered = await registrationsOf(client, deps, { tenantId, kind, version: template.version });
    return [kind, { template, registered }] as const;
  });
  return new Map(await together(texts));
}

/** Nothing goes before what is of the highest priority, so that it is not asked. */
async function countFor(
  client: Client,
  { tenantId, asOfMs }: SweepInput,
  group: readonly NoticeRow[],
  read: readonly { zone: Zone }[],
): Promise<number[]> {
  const asked = group.flatMap(({ borrowerId, priority }, index) => {
    const zone = read[index]?.zone;
    return zone && priority > 1 ? [{ index, borrowerId, priority, toMs: endOfDateMs(dateAt(asOfMs, zone), zone) }] : [];
  });
  const found = await countMoreImportant(client, { tenantId, fromMs: asOfMs, asked });
  const counts = group.map(() => 0);
  asked.forEach(({ index }, place) => {
    counts[index] = found[place] ?? 0;
  });
  return counts;
}
