/** API keys, managed by a caller whose key has `keys:manage`. A key is shown once, and no record of the answer has it. */
import type { FastifyRequest } from 'fastify';
import { keyIdOf, type MadeKey, makeKey, type RotationRefusal, rotateKey } from '../../activities/operations/apiKeys';
import { listApiKeys, lockApiKey, revokeApiKey } from '../../db/operations/apiKeys';
import { type Client, inTransaction } from '../../db/transaction';
import { DAY_MS } from '../../domain/values/timeUnits';
import type { ApiContext } from '../context';
import { type Caller, callerOf } from '../http/authentication';
import { answerOnce, keyOf, type WriteAnswer, writeHeaders } from '../http/idempotency';
import { conflict, forbidden, notFound, type ProblemError } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { problems } from '../schemas';
import { keyBody, keyList, keyMade, keyParams, keyRevoked, revocationBody, rotationBody } from './keySchemas';
import { createKey, hashKey } from './keys';

export const keyRoutes: Routes = (app, context) => {
  listing(app, context);
  making(app, context);
  rotating(app, context);
  revoking(app, context);
};

const REFUSALS = [400, 401, 403, 404, 409, 413, 415, 503];

function listing(app: App, context: ApiContext): void {
  app.get(
    '/v1/keys',
    keyed('keys:manage', 'keys', {
      summary: 'List the API keys',
      response: { 200: keyList, ...problems(400, 401, 403, 503) },
    }),
    async (request) => {
      const rows = await listApiKeys(context.pool, { tenantId: callerOf(request).tenantId });
      return { items: rows.map(({ tenantId: _, ...row }) => row) };
    },
  );
}

function making(app: App, context: ApiContext): void {
  app.post(
    '/v1/keys',
    keyed('keys:manage', 'keys', {
      summary: 'Make an API key for a person or a system',
      description:
        'It is shown once, and gets no scope that the key that asks has not. Whoever may make keys can make two for two ' +
        'principals: give this scope to nobody who decides.',
      headers: writeHeaders,
      body: keyBody,
      response: { 201: keyMade, ...problems(...REFUSALS) },
    }),
    async (request, reply) => {
      const caller = callerOf(request);
      const { label, principal, scopes, expiresInDays } = request.body;
      refuseMore(caller, scopes);
      const expiresAtMs = expiresInDays === undefined ? null : context.now() + expiresInDays * DAY_MS;
      const { tenantId, principal: createdBy } = caller;
      return answerOnce(context, request, reply, {
        perform: async () => {
          const keyId = idOf(label, request);
          const asked = { tenantId, keyId, label, principal, scopes, expiresAtMs, createdBy };
          const made = await inTransaction(context.pool, (client) => makeKey(client, createKey(), asked));
          if (made === 'known') throw alreadyMade(keyId);
          return answerOf(made);
        },
      });
    },
  );
}

function rotating(app: App, context: ApiContext): void {
  app.post(
    '/v1/keys/:keyId/rotation',
    keyed('keys:manage', 'keys', {
      summary: 'Give a key a successor',
      description:
        'For the same principal and scopes. The old one works on for the overlap, so that its holders can change over.',
      headers: writeHeaders,
      params: keyParams,
      body: rotationBody,
      response: { 201: keyMade, ...problems(...REFUSALS) },
    }),
    async (request, reply) => {
      const caller = callerOf(request);
      const { tenantId, principal: by } = caller;
      const { keyId } = request.params;
      return answerOnce(context, request, reply, {
        perform: async () => {
          const made = await inTransaction(context.pool, async (client) => {
            const label = await mayChange(client, caller, keyId);
            const successorId = idOf(label, request);
            const { overlapHours } = request.body;
            return rotateKey(client, createKey(), {
              tenantId,
              keyId,
              overlapHours,
              nowMs: context.now(),
              successorId,
              by,
            });
          });
          if (typeof made === 'string') throw notRotated(keyId, made);
          return answerOf(made);
        },
      });
    },
  );
}

function revoking(app: App, context: ApiContext): void {
  app.post(
    '/v1/keys/:keyId/revocation',
    keyed('keys:manage', 'keys', {
      summary: 'Revoke a key',
      description: 'It works on for ten seconds at most.',
      headers: writeHeaders,
      params: keyParams,
      body: revocationBody,
      response: { 200: keyRevoked, ...problems(...REFUSALS) },
    }),
    async (request, reply) => {
      const { tenantId } = callerOf(request);
      const { keyId } = request.params;
      return answerOnce(context, request, reply, {
        perform: async () => {
          await inTransaction(context.pool, async (client) => {
            if (!(await lockApiKey(client, { tenantId, keyId }))) throw unknown();
            await revokeApiKey(client, { tenantId, keyId });
          });
          return { status: 200, body: { keyId, status: 'revoked' } };
        },
      });
    },
  );
}

/** Nobody gives what the own key has not. */
function refuseMore({ scopes: own }: Caller, scopes: readonly string[]): void {
  const lacking = scopes.find((scope) => !own.includes(scope));
  if (lacking !== undefined) throw forbidden(lacking);
}

async function mayChange(client: Client, caller: Caller, keyId: string): Promise<string> {
  const row = await lockApiKey(client, { tenantId: caller.tenantId, keyId });
  if (!row) throw unknown();
  refuseMore(caller, row.scopes);
  return row.label;
}

/** Of the request, so that one that is sent twice makes one key. */
function idOf(label: string, request: FastifyRequest): string {
  return keyIdOf(label, hashKey(`${callerOf(request).tenantId}/${keyOf(request)}`));
}

function answerOf({ key, keyId, principal, scopes, expiresAtMs = null }: MadeKey): WriteAnswer {
  const body = { keyId, principal, scopes, expiresAtMs };
  return { status: 201, body: { ...body, key }, kept: { ...body, key: null } };
}

function alreadyMade(keyId: string): ProblemError {
  const detail = `The key ${keyId} was made by an earlier attempt of this request, whose answer was lost: revoke it, and send a new Idempotency-Key.`;
  return conflict('key-made', detail, { field: 'idempotency-key' });
}

const REFUSED: Record<Exclude<RotationRefusal, 'unknown' | 'known'>, string> = {
  ended: 'The key has expired or was revoked: make a new one.',
  rotated: 'The key was rotated already: rotate its successor.',
};

function notRotated(keyId: string, refused: RotationRefusal): ProblemError {
  if (refused === 'unknown') return unknown();
  if (refused === 'known') return alreadyMade(keyId);
  return conflict(`key-${refused}`, REFUSED[refused], { field: 'keyId' });
}

function unknown(): ProblemError {
  return notFound('There is no such key.', { field: 'keyId' });
}
