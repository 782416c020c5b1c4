/** How borrowers may be contacted: holds, what they chose, and the inbox that they read (docs/contact-rules.md). */
import { readAccount } from '../../db/credit/accounts';
import { recordContactChoice } from '../../db/messaging/contact/contactChoices';
import { type ContactHold, compareHold, liftHold, listHolds, placeHold } from '../../db/messaging/contact/contactHolds';
import { saveContactProfile } from '../../db/messaging/contact/contactProfiles';
import { saveVaultContact } from '../../db/messaging/contact/vaultContacts';
import { markInboxRead, readInbox } from '../../db/messaging/outbox/inbox';
import { type Client, inTransaction } from '../../db/transaction';
import type { ContactField } from '../../db/vault';
import { type ApiContext, businessNowMs } from '../context';
import { callerOf } from '../http/authentication';
import { answerOnce, keyOf, writeHeaders } from '../http/idempotency';
import { conflict, invalidRequest, notFound } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { mustKnowBorrower } from '../origination/knownBorrower';
import { problems } from '../schemas';
import {
  borrowerParams,
  contactBody,
  contactKept,
  holdBody,
  holdLifted,
  holdList,
  holdParams,
  holdPlaced,
  inboxList,
  inboxParams,
  liftBody,
  regionHoldBody,
} from './contactSchemas';

const INBOX_SHOWN = 100;
const WRITE_PROBLEMS = problems(400, 401, 403, 409, 413, 415, 503);

export const contactRoutes: Routes = (app, context) => {
  placing(app, context);
  lifting(app, context);
  choosing(app, context);
  reading(app, context);
};

type Hold = Omit<ContactHold, 'tenantId' | 'placedAtMs' | 'untilAtMs' | 'liftedBy' | 'liftedAtMs'> & {
  principal: string;
};

/** A hold is kept with the record of its request; an id that is known with other content is refused. */
async function place(context: ApiContext, tenantId: string, hold: Hold, until: string | undefined) {
  const untilAtMs = until === undefined ? null : Date.parse(until);
  const placedAtMs = businessNowMs(context);
  return inTransaction(context.pool, async (client) => {
    await mustKnowSubject(client, { tenantId, ...hold });
    const isOver = untilAtMs !== null && untilAtMs <= placedAtMs;
    // One that was placed in time is the same hold when it is told again after its end.
    const status = await (isOver ? compareHold : placeHold)(client, { tenantId, ...hold, placedAtMs, untilAtMs });
    if (status === 'unknown') {
      const fix = 'send an instant that is still to come, or leave it out';
      throw invalidRequest([{ field: 'until', fault: 'has passed', fix }]);
    }
    if (status === 'conflict') {
      throw conflict('hold-exists', 'A hold of this id was placed with other content: send a new holdId.', {
        field: 'holdId',
      });
    }
    return { status: 201, body: { holdId: hold.holdId, status } };
  });
}

/** A hold of nobody, or of an account that the borrower has not, would stop nothing. */
async function mustKnowSubject(
  client: Client,
  { tenantId, borrowerId, accountId }: Pick<ContactHold, 'tenantId' | 'borrowerId' | 'accountId'>,
): Promise<void> {
  if (borrowerId === null) return;
  await mustKnowBorrower(client, { tenantId, borrowerId });
  const account = accountId === null ? undefined : await readAccount(client, { tenantId, accountId });
  if (accountId === null || account?.borrowerId === borrowerId) return;
  throw notFound('The borrower has no such account.', { field: 'accountId' });
}

function placing(app: App, context: ApiContext): void {
  app.post(
    '/v1/borrowers/:id/holds',
    keyed('contacts:write', 'contacts', {
      summary: 'Stop notices to a borrower: a dispute, hardship, a death, a court',
      description: 'A borrower, or an account of the borrower, that is not there is 404.',
      headers: writeHeaders,
      params: borrowerParams,
      body: holdBody,
      response: { 201: holdPlaced, ...WRITE_PROBLEMS, ...problems(404) },
    }),
    async (request, reply) => {
      const { tenantId, principal } = callerOf(request);
      const { holdId, kind, placedBy = principal, until, accountId = null } = request.body;
      const hold = { holdId, kind, placedBy, principal, accountId, borrowerId: request.params.id, region: null };
      return answerOnce(context, request, reply, { perform: () => place(context, tenantId, hold, until) });
    },
  );
  app.post(
    '/v1/holds',
    keyed('contacts:write', 'contacts', {
      summary: 'Stop notices to everybody in a region: a disaster',
      headers: writeHeaders,
      body: regionHoldBody,
      response: { 201: holdPlaced, ...WRITE_PROBLEMS },
    }),
    async (request, reply) => {
      const { tenantId, principal } = callerOf(request);
      const { holdId, kind, placedBy = principal, until, region } = request.body;
      const hold = { holdId, kind, placedBy, principal, region, accountId: null, borrowerId: null };
      return answerOnce(context, request, reply, { perform: () => place(context, tenantId, hold, until) });
    },
  );
}

function lifting(app: App, context: ApiContext): void {
  app.post(
    '/v1/holds/:holdId/lift',
    keyed('contacts:write', 'contacts', {
      summary: 'Lift a hold: the ladder goes on with its next step',
      headers: writeHeaders,
      params: holdParams,
      body: liftBody,
      response: { 200: holdLifted, ...problems(400, 401, 403, 404, 409, 413, 415, 503) },
    }),
    async (request, reply) => {
      const { tenantId, principal } = callerOf(request);
      const { holdId } = request.params;
      const { liftedBy = principal } = request.body;
      return answerOnce(context, request, reply, {
        perform: async () => {
          const lift = { tenantId, holdId, liftedBy, principal, atMs: businessNowMs(context) };
          const isLifted = await inTransaction(context.pool, (client) => liftHold(client, lift));
          if (!isLifted) throw notFound('There is no such hold in force.');
          return { status: 200, body: { holdId, status: 'lifted' } };
        },
      });
    },
  );
}

function choosing(app: App, context: ApiContext): void {
  app.put(
    '/v1/borrowers/:id/contact',
    keyed('contacts:write', 'contacts', {
      summary:
        'Say where a borrower lives, whether courtesies are wanted by text, and an e-mail address or a push token',
      headers: writeHeaders,
      params: borrowerParams,
      body: contactBody,
      response: { 200: contactKept, ...WRITE_PROBLEMS, ...problems(404) },
    }),
    async (request, reply) => {
      const ref = { tenantId: callerOf(request).tenantId, borrowerId: request.params.id };
      const { wantsCourtesy, utcOffsetMinutes, region, segment, email, pushToken } = request.body;
      return answerOnce(context, request, reply, {
        prepare: async (client) => {
          await mustKnowBorrower(client, ref);
          await saveContactProfile(client, { ...ref, utcOffsetMinutes, region, segment });
          for (const [field, value] of Object.entries({ email, pushToken })) {
            if (value === undefined) continue;
            await saveVaultContact(client, context.vault, { ...ref, field: field as ContactField, value });
          }
          if (wantsCourtesy === undefined) return;
          const choiceKey = `request/${keyOf(request)}`;
          const choice = { ...ref, choiceKey, wantsCourtesy, source: 'borrower' as const };
          await recordContactChoice(client, { ...choice, atMs: businessNowMs(context) });
        },
        perform: async () => ({ status: 200, body: { status: 'kept' } }),
      });
    },
  );
}

function reading(app: App, context: ApiContext): void {
  app.get(
    '/v1/borrowers/:id/holds',
    keyed('contacts:read', 'contacts', {
      summary: 'Read the holds of a borrower, ended ones as well',
      params: borrowerParams,
      response: { 200: holdList, ...problems(400, 401, 403, 404, 503) },
    }),
    async (request) => {
      const ref = { tenantId: callerOf(request).tenantId, borrowerId: request.params.id };
      await mustKnowBorrower(context.pool, ref);
      return { items: await listHolds(context.pool, ref) };
    },
  );
  app.get(
    '/v1/borrowers/:id/inbox',
    keyed('contacts:read', 'contacts', {
      summary: 'Read the inbox of a borrower, the newest message first',
      params: borrowerParams,
      response: { 200: inboxList, ...problems(400, 401, 403, 404, 503) },
    }),
    async (request) => {
      const ref = { tenantId: callerOf(request).tenantId, borrowerId: request.params.id };
      await mustKnowBorrower(context.pool, ref);
      return { items: await readInbox(context.pool, { ...ref, limit: INBOX_SHOWN }) };
    },
  );
  app.post(
    '/v1/borrowers/:id/inbox/:messageId/read',
    keyed('contacts:write', 'contacts', {
      summary: 'Note that a message of the inbox was read',
      headers: writeHeaders,
      params: inboxParams,
      response: { 200: contactKept, ...problems(400, 401, 403, 404, 409, 503) },
    }),
    async (request, reply) => {
      const { id: borrowerId, messageId } = request.params;
      const { tenantId } = callerOf(request);
      return answerOnce(context, request, reply, {
        perform: async () => {
          const asked = { tenantId, borrowerId, messageId, atMs: businessNowMs(context) };
          const isKnown = await inTransaction(context.pool, (client) => markInboxRead(client, asked));
          if (!isKnown) throw notFound('There is no such message in the inbox of this borrower.');
          return { status: 200, body: { status: 'kept' } };
        },
      });
    },
  );
}
