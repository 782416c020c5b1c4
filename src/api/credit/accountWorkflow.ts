/** How the routes of an account reach its row and its workflow, and what they refuse alike. */
import type { FastifyRequest } from 'fastify';
import type { Datable } from '../../contracts';
import { type AccountClient, accountClient } from '../../contracts/credit/accountClient';
import type { UpdateOutcome } from '../../contracts/gateway';
import { type AccountRef, type AccountRow, readAccount } from '../../db/credit/accounts';
import type { Reader } from '../../db/transaction';
import { startOf as startOfTerms } from '../../domain/credit/account';
import { isClosed } from '../../domain/credit/accountStages';
import type { Product } from '../../domain/policy/lendingPolicy';
import { PRODUCT_TABLE } from '../../domain/policy/products';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import type { IsoDate } from '../../domain/values/calendar';
import { dateAt } from '../../domain/values/clock';
import type { ApiContext } from '../context';
import { actingFor } from '../http/acting';
import type { WriteAnswer } from '../http/idempotency';
import { invalidInput, notFound, unavailable, unprocessable } from '../http/problems';

/** What is wrong is what the path names. */
export const AT_ID = { field: 'id' };
/** Statuses with which a write on an account can be refused. */
export const REFUSALS = [400, 401, 403, 404, 409, 413, 415, 422, 503];

export async function knownAccount(reader: Reader, ref: AccountRef): Promise<AccountRow> {
  const row = await readAccount(reader, ref);
  if (!row) throw notFound('There is no such account.', AT_ID);
  return row;
}

/** Refuses what an account of this product does not have. */
export function onlyOf(product: Product, account: AccountRow, what: string): void {
  if (account.product === product) return;
  throw unprocessable('wrong-product', `Only ${PRODUCT_TABLE[product].words}s have ${what}, and this account is none.`);
}

/** The account's workflow, to which the caller of the request speaks. */
export function workflowOf(
  context: ApiContext,
  request: FastifyRequest,
  { tenantId, accountId, product }: AccountRow,
): AccountClient {
  return accountClient(actingFor(context, request), { tenantId, accountId, product, clock: context.clock() });
}

/** An account without a workflow is closed, or its workflow is just being started: then it is tried again later. */
async function onlyIfClosed({ pool }: ApiContext, account: AccountRow): Promise<string> {
  const { stage } = await knownAccount(pool, account);
  if (isClosed({ stage })) return stage;
  throw unavailable('The workflow of the account');
}

export interface AnswersOf<Result> {
  /** What was asked for, as a rejection names it: `change`. */
  what: string;
  answered(result: Result): WriteAnswer;
  /** Where the account is closed and no workflow could answer. */
  closed(): WriteAnswer;
}

/** What an update of an account's workflow came to, as the answer of its route. */
export async function answerOf<Result>(
  context: ApiContext,
  account: AccountRow,
  outcome: UpdateOutcome<Result>,
  { what, answered, closed }: AnswersOf<Result>,
): Promise<WriteAnswer> {
  switch (outcome.status) {
    case 'answered':
      return answered(outcome.answer);
    case 'rejected':
      throw invalidInput(`The ${what} is not valid: ${outcome.detail}.`);
    case 'not-running':
      await onlyIfClosed(context, account);
      return closed();
  }
}

/** As {@link bookedAtOpening}, of what counts from the date of what it is about: only the account's step knows that. */
export function countsLater({ terms }: AccountRow, date: IsoDate | undefined) {
  if (date === undefined || date >= startOfTerms(terms)) return {};
  return { reasonCodes: ['DATED_BEFORE_RELATED' satisfies ReasonCode] };
}

/** What is dated before the account is taken, counts from the opening, and is told so. */
export function bookedAtOpening({ terms }: AccountRow, date: IsoDate | undefined) {
  const start = startOfTerms(terms);
  if (date === undefined || date >= start) return {};
  return { bookedOn: start, reasonCodes: ['DATED_BEFORE_OPENING' satisfies ReasonCode] };
}

/** The date that was told, or that of the first arrival, marked as ours: a repeat on another day is the same message. */
export function dateOr<Name extends string>(
  { zone }: ApiContext,
  name: Name,
  date: IsoDate | undefined,
  arrivedAtMs: number,
): Record<Name, IsoDate> & Datable {
  const named = { [name]: date ?? dateAt(arrivedAtMs, zone) } as Record<Name, IsoDate>;
  const ours: Datable = date === undefined ? { undated: true } : {};
  return { ...named, ...ours };
}
