/**
 * A debit lane's sweep: what is due is checked against the books as they are now, and then debited, put off or taken
 * back; what is in doubt is asked about; money that settled is told to its account.
 *
 * Money moves once: a debit is committed as attempted, with its reference, before the rail is called, and one that was
 * attempted is asked about before anything is sent. It is booked once: it is told until that is on record, under a
 * payment id that follows from the reference.
 */

import { debitOnce, inquireOnce } from '../../adapters/rails/debitOnce';
import type { DebitOutcome } from '../../adapters/rails/port';
import type { DebitActivities, DebitSweepResult } from '../../contracts/activities';
import { readAccount } from '../../db/credit/accounts';
import { markDebitTold } from '../../db/debits/debitAttempts';
import { claimDueDebits, type DebitRow } from '../../db/debits/plannedDebits';
import { measuresInForce } from '../../db/incidents/incidents';
import { debitLanes } from '../../db/messaging/outbox/lanes';
import { inTransaction, together } from '../../db/transaction';
import { prepareAttempt, prepareInquiry } from './debitJudgement';
import { keepOutcome } from './debitOutcome';
import {
  type AskedOf,
  type DebitDependencies,
  type DebitDisposition,
  pauseStopped,
  type SweepInput,
} from './debitSweep';

/** One sweep's batch. */
const BATCH = 40;
/** Debits that wait for the rail at a time: each holds a connection before and after, and none meanwhile. */
const AT_ONCE = 4;

export function createDebitActivities(deps: DebitDependencies): DebitActivities {
  return {
    /** Safe to retry: see the head of this file. */
    async sweepDebits(input): Promise<DebitSweepResult> {
      const due = await inTransaction(deps.pool, async (client) => {
        const [, inForce] = await together([debitLanes.answer(client, input), measuresInForce(client, input)]);
        await pauseStopped(client, input, inForce);
        return claimDueDebits(client, { ...input, limit: BATCH });
      });
      const counts = { settled: 0, refused: 0, cancelled: 0 };
      // All of them, also when one fails: what cannot be debited must not keep the lane from the others.
      await inTurns(due, async (debit) => {
        deps.heartbeat();
        const disposition = await lookAt(deps, input, debit);
        if (disposition !== 'open') counts[disposition] += 1;
      });
      const nextDueAtMs = await debitLanes.noteNextDue(deps.pool, input);
      return { ...counts, nextDueAtMs };
    },
  };
}

async function lookAt(deps: DebitDependencies, input: SweepInput, debit: DebitRow): Promise<DebitDisposition> {
  switch (debit.status) {
    case 'planned':
      return attempt(deps, input, debit);
    case 'settled':
      await tell(deps, input, debit);
      return 'open';
    case 'attempted':
    case 'pending':
    case 'unknown':
    case 'refused':
    case 'cancelled':
      return followUp(deps, input, debit);
  }
}

async function attempt(deps: DebitDependencies, input: SweepInput, debit: DebitRow): Promise<DebitDisposition> {
  const prepared = await inTransaction(deps.pool, (client) => prepareAttempt(client, deps, input, debit));
  if ('disposition' in prepared) return prepared.disposition;
  return conclude(deps, input, prepared, await send(deps, prepared, false));
}

/** Asks first. Only when the rail never took it, and it is still owed, the same reference is sent again. */
async function followUp(deps: DebitDependencies, input: SweepInput, debit: DebitRow): Promise<DebitDisposition> {
  const { asked, withdrawnBecause, isStopped } = await inTransaction(deps.pool, (client) =>
    prepareInquiry(client, deps, input, debit),
  );
  if (withdrawnBecause === undefined && !isStopped) {
    return conclude(deps, input, asked, await send(deps, asked, true));
  }
  deps.heartbeat();
  const found = await inquireOnce(deps.rail, asked.request);
  if (found.status !== 'not-found') return conclude(deps, input, asked, found);
  return conclude(
    deps,
    input,
    asked,
    withdrawnBecause === undefined ? HELD_BACK : { ...found, reason: withdrawnBecause },
  );
}

const HELD_BACK: DebitOutcome = { status: 'unknown', detail: 'never taken by the rail, and stopped by an incident' };

function send(deps: DebitDependencies, { request }: AskedOf, wasSent: boolean): Promise<DebitOutcome> {
  const pause = async (ms: number) => {
    deps.heartbeat();
    await deps.pause(ms);
  };
  return debitOnce(deps.rail, request, { pause, wasSent });
}

async function conclude(
  deps: DebitDependencies,
  input: SweepInput,
  asked: AskedOf,
  outcome: Parameters<typeof keepOutcome>[3],
): Promise<DebitDisposition> {
  deps.heartbeat();
  const disposition = await inTransaction(deps.pool, (client) => keepOutcome(client, input, asked, outcome));
  if (outcome.status === 'settled') {
    const { amountFen, settledOn } = outcome;
    await tell(deps, input, { ...asked.debit, amountFen, settledOn });
  }
  return disposition;
}

/**
 * What is told and not noted is told again by the next sweep, and counts once by its key: the books know a payment by its
 * id. The account's step reads the debit by itself, so that nobody else can tell of one.
 */
async function tell(deps: DebitDependencies, { asOfMs }: SweepInput, debit: DebitRow): Promise<void> {
  const { tenantId, accountId, reference, amountFen, settledOn } = debit;
  if (amountFen === null || settledOn === null) throw new Error(`debit ${reference} settled without amount and date`);
  const account = await readAccount(deps.pool, { tenantId, accountId });
  if (!account) throw new Error(`debit of account ${accountId}, which is not in the books`);
  await deps.tellPayment({ tenantId, accountId, product: account.product }, { reference, amountFen, settledOn });
  await markDebitTold(deps.pool, { tenantId, reference, atMs: asOfMs });
}

/** A few at a time, in their order; throws what failed first, after all have been tried. */
async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const turn = async () => {
    const failures: unknown[] = [];
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await work(item).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  };
  await together(Array.from({ length: AT_ONCE }, turn));
}
