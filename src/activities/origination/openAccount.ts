/** Taking up an offer: one account for one acceptance key, within the offer, the law, and the confirmed cost sheet. */

import { isRestDay } from '../../adapters/calendars/restDays';
import type { OpenAccount } from '../../contracts/activities';
import { isOurKey } from '../../contracts/names';
import { type AcceptanceResult, acceptOffer } from '../../contracts/origination/application';
import { contentHash } from '../../db/contentHash';
import { findAcceptance, insertAccount, readBorrowerExposure } from '../../db/credit/accounts';
import { withoutActor } from '../../db/evidence/actorSeals';
import { lockBorrower } from '../../db/origination/borrowers';
import type { Client } from '../../db/transaction';
import { drawnBy } from '../../domain/credit/account';
import { acceptanceContextOf, judgeAcceptance } from '../../domain/origination/offerAcceptance';
import { UNVERIFIED } from '../../domain/values/principals';
import type { BookDependencies } from '../bookDependencies';
import { sentToApplication } from '../credit/senders';
import { restrictionNow } from '../incidents/restrictions';
import { confirmationOf, keepConfirmation } from './confirmedDisclosure';
import { knownApplication } from './knownApplication';

export async function openAccount(
  client: Client,
  { policies, actors }: Pick<BookDependencies, 'policies' | 'actors'>,
  input: OpenAccount,
): Promise<AcceptanceResult> {
  const { tenantId, applicationId, asOfMs } = input;
  const acceptance = withoutActor(input.acceptance);
  const { key } = acceptance;
  const row = await knownApplication(client, { tenantId, applicationId });
  const acceptanceHash = hashOfTerms(acceptance);
  const earlier = await findAcceptance(client, { tenantId, applicationId, acceptanceKey: key });
  if (earlier) {
    return earlier.acceptanceHash === acceptanceHash
      ? { status: 'opened', accountId: earlier.accountId }
      : { status: 'refused', reasonCodes: ['SAME_KEY_OTHER_CONTENT'] };
  }
  const openedBy = sentToApplication(actors, input, acceptOffer.name, input.acceptance);
  // The validator saw that somebody signed; here it is known whether it was the API, which alone gives such keys.
  if (isOurKey(key) && openedBy === UNVERIFIED) return { status: 'refused', reasonCodes: ['RESERVED_ID'] };
  const { borrowerId, offer } = row;
  if (!offer) return { status: 'refused', reasonCodes: ['NO_OPEN_OFFER'] };
  const policy = await policies.version(client, tenantId, offer.policyVersion);
  // Two acceptances of one borrower, of whatever applications, are judged one after the other: each alone may keep to
  // what a person may owe, and both together may not.
  await lockBorrower(client, { tenantId, borrowerId });
  const exposure = await readBorrowerExposure(client, { tenantId, borrowerId });
  const restriction = await restrictionNow(client, { tenantId, measure: 'draws', product: row.product, borrowerId });
  if (restriction) return { status: 'refused', reasonCodes: ['INCIDENT_MEASURE'], restriction };
  const judged = judgeAcceptance(
    acceptance,
    acceptanceContextOf({ ...row, offer, exposure, policy, asOfMs, isRestDay }),
  );
  if ('refusals' in judged) {
    return { status: 'refused', reasonCodes: judged.refusals, ...(judged.figures ? { figures: judged.figures } : {}) };
  }
  const { terms, sheet } = judged;
  const confirmed = confirmationOf(sheet, acceptance.costSheet);
  if (confirmed.status === 'refused') return confirmed;
  const accountId = accountIdOf(applicationId, exposure.accountsOfApplication(applicationId) + 1);
  // Of as many loans under one offer none is left out by a person who means it.
  if (accountId.length > LONGEST_ID) return { status: 'refused', reasonCodes: ['ABOVE_OFFERED_LIMIT'] };
  await insertAccount(client, {
    tenantId,
    accountId,
    applicationId,
    borrowerId,
    terms,
    policyVersion: policy.version,
    acceptanceKey: key,
    acceptanceHash,
    drawnFen: drawnBy(terms),
    openedAtMs: asOfMs,
    openedBy,
  });
  await keepConfirmation(client, { tenantId, accountId }, 'account', { ...confirmed, sheet, atMs: asOfMs });
  return { status: 'opened', accountId };
}

/** An account's id is an id of the contracts as well. */
const LONGEST_ID = 100;
/** With a dash and a number of four digits, or one character more and three digits. */
const LONGEST_STEM = 95;
/** Of the hash, as hex: as good as no two applications have the same. */
const HASH_DIGITS = 32;

/**
 * The application's id and which of its accounts it is. An application's id that leaves no room for the number is cut
 * and completed by its hash, to one character more than an id that is taken as it is: no other application can be
 * named so that its accounts have the same ids.
 */
export function accountIdOf(applicationId: string, number: number): string {
  if (applicationId.length <= LONGEST_STEM) return `${applicationId}-${number}`;
  const hash = contentHash(applicationId).slice(0, HASH_DIGITS);
  return `${applicationId.slice(0, LONGEST_STEM - HASH_DIGITS)}.${hash}-${number}`;
}

/**
 * The date is left out: a repeat that dated itself anew is the same acceptance, and no term rests on it. So is the
 * confirmation: it tells that the terms are known and is none of them, and acceptances from before it have none.
 */
function hashOfTerms(acceptance: object): string {
  return contentHash({ ...acceptance, acceptedOn: undefined, costSheet: undefined });
}
