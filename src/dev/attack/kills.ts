/**
 * SIGKILL of the API, the worker, PostgreSQL and Temporal in the middle of mixed writes. Callers do what they are told to:
 * what is not answered is sent again under the same Idempotency-Key. What was acknowledged is in the books exactly once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, seeded } from '../../domain/values/random';
import { AttackTally } from './tally';
import { ATTACKED_TENANT, type Killable } from './target';
import { until, type WireAnswer } from './wire';
import type { Account, World } from './world';

export interface KillOptions {
  seed: number;
  writes: number;
  /** In their order, spread evenly over the writes. */
  kills: readonly Killable[];
}

const CALLERS = 8;
const ACCOUNTS = 3;
/** A killed server is back within seconds, on a busy machine within many. */
const ANSWERED_WITHIN_MS = 120_000;
const BOOKED_WITHIN_MS = 60_000;

interface Write {
  kind: 'payment' | 'purchase' | 'refund' | 'note' | 'mandate' | 'application';
  id: string;
  account: Account;
  amountFen: number;
  answer?: WireAnswer;
}

export async function attackByKills(world: World, options: KillOptions): Promise<AttackTally> {
  const tally = new AttackTally('kills');
  const random = seeded(options.seed);
  const accounts = await Promise.all(
    Array.from({ length: ACCOUNTS * 2 }, (_, at) => world.open(at % 2 === 0 ? 'revolving' : 'cash-loan')),
  );
  const incidentId = await world.openIncident();
  const writes = Array.from({ length: options.writes }, (_, at) => writeOf(random, accounts, at));
  let begun = 0;
  const caller = async () => {
    for (; begun < writes.length; ) {
      const write = writes[begun++] as Write;
      write.answer = await send(world, write, incidentId);
    }
  };
  const killing = killByTurns(world, tally, options, () => begun);
  await Promise.all(Array.from({ length: CALLERS }, caller));
  await killing;
  for (const account of accounts) {
    const goesOn = await world.goesOn(account.accountId, BOOKED_WITHIN_MS);
    tally.expect(goesOn, 'stopped', `a ${account.product} account takes no payment after the kills`);
  }
  await Promise.all(writes.map((write) => judge(world, tally, write, incidentId)));
  await moneyIsThere(world, tally, writes, accounts);
  return tally;
}

function writeOf(random: Random, accounts: readonly Account[], at: number): Write {
  const kind = random.pick([
    'payment',
    'payment',
    'payment',
    'purchase',
    'purchase',
    'refund',
    'note',
    'mandate',
    'application',
  ] as const);
  const product = kind === 'purchase' || kind === 'refund' ? 'revolving' : undefined;
  const account = random.pick(accounts.filter((each) => product === undefined || each.product === product));
  return { kind, id: `killed-${at}`, account, amountFen: random.between(1, 900) };
}

function send(world: World, { kind, id, account, amountFen }: Write, incidentId: string): Promise<WireAnswer> {
  const of = `/v1/accounts/${account.accountId}`;
  const sent: Record<Write['kind'], [path: string, body: object]> = {
    payment: [`${of}/payments`, { paymentId: id, amountFen }],
    purchase: [`${of}/purchases`, { purchaseId: id, amountFen }],
    refund: [`${of}/refunds`, { refundId: id, amountFen: 1, purchaseId: 'never-bought' }],
    note: [`/v1/incidents/${incidentId}/notes`, { by: 'staff-notes', text: `note ${id}.` }],
    mandate: [`${of}/mandate`, { changeId: id, mandateId: `mandate-${id}` }],
    application: ['/v1/applications', world.application('cash-loan', id)],
  };
  const [path, body] = sent[kind];
  return world.target.wire.insist({ method: 'POST', path, body, idempotencyKey: `key-${id}` }, ANSWERED_WITHIN_MS);
}

/** Each when its share of the writes has begun. */
async function killByTurns(
  world: World,
  tally: AttackTally,
  { kills, writes }: KillOptions,
  begun: () => number,
): Promise<void> {
  for (const [at, part] of kills.entries()) {
    const dueAt = Math.floor(((at + 0.5) * writes) / kills.length);
    while (begun() < dueAt) await sleep(20);
    const isBack = await world.target.kill(part);
    tally.expect(isBack, 'stopped', `${part} did not come back after it was killed`);
  }
}

async function judge(world: World, tally: AttackTally, write: Write, incidentId: string): Promise<void> {
  const { kind, id, answer } = write;
  const status = answer?.status ?? 0;
  if (status === 0 || status >= 500)
    return tally.fault('stopped', `a ${kind} was never answered: ${answer?.fault ?? status}`);
  const isRefusal = status >= 400 || answer?.body?.status === 'declined';
  if (isRefusal && kind !== 'refund' && status !== 422)
    return tally.fault('lost', `a good ${kind} was answered ${status}`);
  let times = 0;
  const wanted = isRefusal ? 0 : 1;
  await until(
    async () => {
      times = await timesInTheBooks(world, write, incidentId);
      return times === wanted;
    },
    BOOKED_WITHIN_MS,
    500,
  );
  if (times > wanted && isRefusal) return tally.fault('lost', `a ${kind} was refused, and is in the books`);
  if (times > 1) return tally.fault('doubled', `a ${kind} is in the books ${times} times (${id})`);
  if (times < wanted) return tally.fault('lost', `a ${kind} was acknowledged, and is not in the books (${id})`);
  if (isRefusal) tally.refused();
  else tally.held();
}

async function timesInTheBooks({ target }: World, write: Write, incidentId: string): Promise<number> {
  const { kind, id, account } = write;
  const ofAccount = [ATTACKED_TENANT, account.accountId, `%/${id}`];
  const facts = `select (select count(*) from account_fact where tenant_id = $1 and account_id = $2 and business_key like $3)`;
  const queries: Record<Write['kind'], [sql: string, values: unknown[]]> = {
    payment: [`${facts} as times`, ofAccount],
    purchase: [`${facts} as times`, ofAccount],
    // A signal: what is not taken as a fact is kept as refused.
    refund: [
      `${facts} + (select count(distinct business_key) from refused_arrival
         where tenant_id = $1 and account_id = $2 and business_key like $3) as times`,
      ofAccount,
    ],
    note: [
      'select count(*) as times from incident_event where tenant_id = $1 and incident_id = $2 and body::text like $3',
      [ATTACKED_TENANT, incidentId, `%note ${id}.%`],
    ],
    mandate: [
      'select count(*) as times from mandate_change where tenant_id = $1 and account_id = $2 and change_id like $3',
      [ATTACKED_TENANT, account.accountId, id],
    ],
    application: [
      `select count(*) as times from application where tenant_id = $1 and application_id = $2 and stage <> 'assessing'`,
      [ATTACKED_TENANT, id],
    ],
  };
  const [sql, values] = queries[kind];
  const [row] = await target.rows<{ times: number }>(sql, values);
  return row?.times ?? 0;
}

/** By the sums of the books, whatever the keys say. */
async function moneyIsThere(
  world: World,
  tally: AttackTally,
  writes: readonly Write[],
  accounts: readonly Account[],
): Promise<void> {
  for (const { accountId, product } of accounts) {
    const acknowledged = writes.filter(
      ({ kind, account, answer }) => kind === 'payment' && account.accountId === accountId && answer?.status === 202,
    );
    // And the one fen with which it was asked whether it goes on.
    const wantedFen = acknowledged.reduce((sum, { amountFen }) => sum + amountFen, 1);
    const [row] = await world.target.rows<{ sumFen: number }>(
      `select coalesce(sum(amount_fen), 0)::bigint as "sumFen" from posting
        where tenant_id = $1 and account_id = $2 and ledger_account = 'collections'`,
      [ATTACKED_TENANT, accountId],
    );
    const foundFen = row?.sumFen ?? 0;
    const what = `a ${product} account was paid ${wantedFen} fen, and its books have ${foundFen}`;
    tally.expect(foundFen >= wantedFen, 'lost', what);
    tally.expect(foundFen <= wantedFen, 'doubled', what);
  }
}
