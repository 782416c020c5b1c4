/** Who a borrower is: the versions without their values, and the change of a phone (docs/contact-rules.md). */
import { keepPhoneChange } from '../../activities/origination/phoneChange';
import { lookAgain } from '../../contracts/credit/account';
import { accountClient } from '../../contracts/credit/accountClient';
import { listIdentityVersions, type PhoneChange } from '../../db/origination/identities';
import { accountToTell } from '../../db/origination/phoneChanges';
import { createPolicyReader, type PolicyReader } from '../../db/policy/policyReader';
import type { IdentityRefusal } from '../../domain/origination/identity';
import { type ApiContext, businessNowMs, businessToday } from '../context';
import { callerOf } from '../http/authentication';
import { answerOnce, writeHeaders } from '../http/idempotency';
import { conflict, type ProblemError } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { borrowerParams } from '../messaging/contactSchemas';
import { problems } from '../schemas';
import { identityVersions, phoneChangeBody, phoneChanged } from './identitySchemas';
import { mustKnowBorrower } from './knownBorrower';

export const identityRoutes: Routes = (app, context) => {
  changing(app, context, createPolicyReader());
  reading(app, context);
};

interface BorrowerRef {
  tenantId: string;
  borrowerId: string;
}

function changing(app: App, context: ApiContext, policies: PolicyReader): void {
  app.post(
    '/v1/borrowers/:id/phone-changes',
    keyed('phones:change', 'contacts', {
      summary: "Change a borrower's phone",
      description:
        'The old phone is told. Until the cool-down of the policy is over, notices of money go there and to the inbox; a first ' +
        'phone has none.',
      headers: writeHeaders,
      params: borrowerParams,
      body: phoneChangeBody,
      response: { 200: phoneChanged, ...problems(400, 401, 403, 404, 409, 413, 415, 503) },
    }),
    async (request, reply) => {
      const { tenantId, keyId } = callerOf(request);
      const ref = { tenantId, borrowerId: request.params.id };
      const { changeId, phone } = request.body;
      let kept: Kept | undefined;
      return answerOnce(context, request, reply, {
        prepare: async (client) => {
          await mustKnowBorrower(client, ref);
          const asked = { ...ref, changeId, phone, recordedBy: keyId };
          const now = { atMs: businessNowMs(context), today: businessToday(context) };
          kept = keptOr(await keepPhoneChange(client, { vault: context.vault, policies }, { ...asked, ...now }));
        },
        perform: async () => {
          if (!kept) throw new Error('a change is answered after it was kept');
          if (kept.status === 'changed' || kept.status === 'repeated') await tellOldPhone(context, ref);
          return { status: 200, body: { changeId, ...kept } };
        },
      });
    },
  );
}

type Kept = Extract<PhoneChange, { version: number }>;

function keptOr(done: PhoneChange): Kept {
  if (done.status === 'refused') throw identityConflict(done.reason);
  if (done.status !== 'conflict') return done;
  const detail = 'A change of this id came with another phone: send a new changeId.';
  throw conflict('phone-change-used', detail, { field: 'changeId' });
}

/** Through a step of an account, which plans the notice. Told twice it plans nothing more. */
async function tellOldPhone(context: ApiContext, ref: BorrowerRef): Promise<void> {
  const account = await accountToTell(context.pool, ref);
  if (!account) return;
  const start = { tenantId: ref.tenantId, ...account, clock: context.clock() };
  await accountClient(context.gateway, start).signal(lookAgain);
}

const IDENTITY_REFUSALS: Record<IdentityRefusal, () => ProblemError> = {
  'other-id-number': () =>
    conflict(
      'borrower-identity',
      'The borrower is known with another identity number, which never changes; nothing was kept. Send the number that is ' +
        'known, or another borrowerId for another person.',
      { field: 'borrower.idNumber' },
    ),
  'other-phone': () =>
    conflict(
      'borrower-phone',
      'The borrower is known with another phone, and an application does not change it; nothing was kept. Change it by ' +
        'POST /v1/borrowers/{id}/phone-changes (scope phones:change), then send the application again.',
      { field: 'borrower.phone' },
    ),
  'other-content': () =>
    conflict(
      'application-id-used',
      'The application was received before with other content: send a new applicationId.',
      {
        field: 'applicationId',
      },
    ),
  erased: () =>
    conflict(
      'borrower-erased',
      'What identified this borrower was erased: the id takes nobody else. Send another one.',
      {
        field: 'borrowerId',
      },
    ),
};

export function identityConflict(reason: IdentityRefusal): ProblemError {
  return IDENTITY_REFUSALS[reason]();
}

function reading(app: App, context: ApiContext): void {
  app.get(
    '/v1/borrowers/:id/identity',
    keyed('contacts:read', 'contacts', {
      summary: 'Read when a name, an identity number and a phone came, from where, and by which key',
      params: borrowerParams,
      response: { 200: identityVersions, ...problems(400, 401, 403, 404, 503) },
    }),
    async (request) => {
      const ref = { tenantId: callerOf(request).tenantId, borrowerId: request.params.id };
      await mustKnowBorrower(context.pool, ref);
      return { items: await listIdentityVersions(context.pool, ref) };
    },
  );
}
