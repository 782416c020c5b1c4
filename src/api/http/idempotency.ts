/**
 * A write happens once for its Idempotency-Key, however often it is sent.
 *
 * The key is recorded before the write and its answer after. A record that has no answer belongs to an attempt that
 * died or still runs, and doing it again is safe: the workflow id, the update id (made of the key) and the business
 * key in the payload make the second write the first one. So no lock is held while a workflow is asked, and a lost
 * answer costs the caller one more request.
 *
 * What the business refused (422) is such an answer too, so that a request that was on its way for long is not done
 * after its caller has read the refusal. But a refusal can become an approval with time, such as a purchase over the
 * limit when a payment has come: after {@link REFUSALS_STAND_HOURS} the same request with the same key is judged anew,
 * under a name of its own towards the workflow. What was approved stays, until the record is purged; with other input
 * the key stays refused until then.
 *
 * What is refused before anything happened (400, 401, 403, 404, most 409) is not stored: it is judged anew each time.
 */
import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { requestKey } from '../../contracts/fields';
import { keyJudgedAnew } from '../../contracts/names';
import { beginRequest, completeRequest, firstArrival } from '../../db/operations/idempotency';
import { type Client, inTransaction } from '../../db/transaction';
import { type ApiContext, businessNowMs } from '../context';
import { callerOf } from './authentication';
import { zodOf } from './messageSchemas';
import { conflict, type Problem, sendProblem } from './problems';

/** Unless the deployment says otherwise. Longer than any client tries again by itself. */
const REFUSALS_STAND_HOURS = 24;

/** Of every write. Other headers pass. */
export const writeHeaders = z.looseObject({
  'idempotency-key': zodOf(requestKey).describe('Names this request: the same key is never done twice. A UUID fits.'),
});

export interface WriteAnswer {
  status: number;
  body: unknown;
  /** What a repeat is answered, where `body` shows a secret that is not kept. */
  kept?: unknown;
}

export interface IdempotentWrite {
  /** Written together with the record of the key, or not at all. */
  prepare?: (client: Client) => Promise<void>;
  /** Done after that is committed. `arrivedAtMs` is the business instant of the first attempt. */
  perform: (arrivedAtMs: number) => Promise<WriteAnswer>;
}

/** Does the write of a request, or answers as it was answered before. */
export async function answerOnce(
  context: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  write: IdempotentWrite,
): Promise<FastifyReply> {
  const ref = { tenantId: callerOf(request).tenantId, idempotencyKey: givenKeyOf(request) };
  const { refusalsStandHours = REFUSALS_STAND_HOURS } = context;
  const begun = await inTransaction(context.pool, async (client) => {
    const seal = (hash: string) => context.vault.fingerprint(ref.tenantId, 'request', hash);
    const { principal } = callerOf(request);
    const asked = { ...ref, ...inputOf(request), principal, seal, refusalsStandHours };
    const begin = await beginRequest(client, asked);
    if (begin.outcome === 'conflict') throw usedOtherwise();
    if (begin.outcome === 'completed') return begin;
    triesOf.set(request, begin.tries);
    await write.prepare?.(client);
    return {
      outcome: 'at-work',
      arrivedAtMs: await firstArrival(client, { ...ref, nowMs: businessNowMs(context) }),
    } as const;
  });
  if (begun.outcome === 'completed') {
    reply.header('Idempotency-Replayed', 'true');
    return send(reply, { status: begun.responseStatus, body: begun.responseBody });
  }
  const answer = await write.perform(begun.arrivedAtMs);
  const { status: responseStatus, body: responseBody } = { ...answer, body: answer.kept ?? answer.body };
  const stands = await inTransaction(context.pool, (client) =>
    completeRequest(client, { ...ref, responseStatus, responseBody }),
  );
  // Of one request that came twice at once there is one answer; what is shown once is no part of it.
  return send(reply, stands ? { status: stands.responseStatus, body: stands.responseBody } : answer);
}

/** Of a request whose record was begun. */
const triesOf = new WeakMap<FastifyRequest, number>();

/**
 * What the request is called towards a workflow: the id of the update it becomes, and the business key of an
 * acceptance. Its Idempotency-Key; of one that is judged anew another, or the workflow would answer as before.
 */
export function keyOf(request: FastifyRequest): string {
  const given = givenKeyOf(request);
  const tries = triesOf.get(request) ?? 1;
  return tries === 1 ? given : keyJudgedAnew(tries, hash('sha256', given).slice(0, 40));
}

function givenKeyOf(request: FastifyRequest): string {
  return String(request.headers['idempotency-key']);
}

/** The input's identity: what is asked of what. The record keeps a keyed hash only: a plain one of a phone could be guessed. */
function inputOf({ method, routeOptions, params, body }: FastifyRequest): { route: string; input: unknown } {
  return { route: `${method} ${routeOptions.url}`, input: { params, body } };
}

function usedOtherwise() {
  return conflict(
    'idempotency-key-reused',
    'The Idempotency-Key was used before with other input, or by another principal: send a new key, or the same input as before.',
    { field: 'idempotency-key' },
  );
}

function send(reply: FastifyReply, { status, body }: WriteAnswer): FastifyReply {
  if (status >= 400) return sendProblem(reply, body as Problem);
  return reply.code(status).send(body);
}
