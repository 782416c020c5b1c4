/**
 * Money out of nothing: what goes back is bounded by what came in, what is drawn by what was offered, and what is told
 * many times counts once. Judged by the books, whatever the answers were.
 */
import { MAX_AMOUNT_FEN } from '../../domain/values/acceptedValues';
import { type Random, seeded } from '../../domain/values/random';
import { shuffled } from './bodies';
import { AttackTally } from './tally';
import { ATTACKED_TENANT } from './target';
import { until, type WireAnswer } from './wire';
import { type Account, REQUESTED_FEN, type World } from './world';

export interface MoneyOptions {
  seed: number;
  /** Accounts on which purchases, refunds, payments and returns come in random orders. */
  randomLives: number;
  deedsPerLife: number;
}

const HUGE_FEN = MAX_AMOUNT_FEN;
const SETTLED_WITHIN_MS = 15_000;

export async function attackForMoney(world: World, options: MoneyOptions): Promise<AttackTally> {
  const tally = new AttackTally('money');
  const random = seeded(options.seed);
  await Promise.all([
    refundsOfNothing(world, tally),
    creditFarAboveTheLimit(world, tally),
    drawsAtOnce(world, tally),
    purchasesAtOnce(world, tally),
    paymentToldOften(world, tally),
    returnsAtOnce(world, tally),
  ]);
  for (let life = 0; life < options.randomLives; life += 1)
    await randomLife(world, tally, random, options.deedsPerLife);
  await booksBalance(world, tally);
  return tally;
}

/** What the facts of an account come to. */
interface Sums {
  purchasedFen: number;
  refundedFen: number;
  paidFen: number;
  reversedCount: number;
  returnedFen: number;
}

async function sumsOf({ target }: World, accountId: string): Promise<Sums> {
  const [sums] = await target.rows<Sums>(
    `select coalesce(sum((body->>'amountFen')::bigint) filter (where kind = 'purchased'), 0)::bigint as "purchasedFen",
            coalesce(sum((body->>'amountFen')::bigint) filter (where kind = 'refunded'), 0)::bigint as "refundedFen",
            coalesce(sum((body->>'amountFen')::bigint) filter (where kind = 'paid'), 0)::bigint as "paidFen",
            count(*) filter (where kind = 'reversed') as "reversedCount",
            coalesce(sum((body->>'amountFen')::bigint) filter (where kind = 'credit-returned'), 0)::bigint as "returnedFen"
       from account_fact where tenant_id = $1 and account_id = $2`,
    [ATTACKED_TENANT, accountId],
  );
  if (!sums) throw new Error(`no facts of ${accountId}`);
  return sums;
}

/** Until all that was told before is a fact, or is kept as refused: a payment that comes after it is booked. */
async function settled(world: World, accountId: string, tally: AttackTally): Promise<void> {
  const goesOn = await world.goesOn(accountId, SETTLED_WITHIN_MS);
  tally.expect(goesOn, 'stopped', 'an account takes no payment after deeds about money');
}

function count(tally: AttackTally, { status }: WireAnswer): void {
  if (status >= 400) tally.refused();
  else tally.held();
}

async function refundsOfNothing(world: World, tally: AttackTally): Promise<void> {
  const { accountId } = await world.open('revolving');
  const path = `/v1/accounts/${accountId}`;
  // A key for purchases alone: whoever has it can neither pay nor be paid.
  const apiKey = world.target.keysByScope.get('purchases:write');
  const write = async (what: string, body: object) => {
    const sent = { method: 'POST', path: `${path}/${what}`, body, idempotencyKey: world.freshId('key'), apiKey };
    const answer = await world.target.wire.insist(sent, SETTLED_WITHIN_MS);
    count(tally, answer);
    return answer;
  };
  await write('refunds', { refundId: 'nothing', amountFen: HUGE_FEN });
  await write('refunds', { refundId: 'of-nobody', amountFen: 5_000_000, purchaseId: 'never-bought' });
  await settled(world, accountId, tally);
  const { refundedFen } = await sumsOf(world, accountId);
  tally.expect(refundedFen === 0, 'minted', 'refunds of purchases that never were are booked as credit');
  const bought = await write('purchases', { purchaseId: 'out-of-nothing', amountFen: 100 * REQUESTED_FEN });
  const isApproved = bought.status === 200 && bought.body.status === 'approved';
  tally.expect(!isApproved, 'minted', 'a purchase of 100 times the limit is approved out of refunds of nothing');
}

async function creditFarAboveTheLimit(world: World, tally: AttackTally): Promise<void> {
  const { accountId } = await world.open('revolving');
  await world.pay(accountId, world.freshId('pay'), 1000 * REQUESTED_FEN);
  await settled(world, accountId, tally);
  const purchase = { purchaseId: 'far-above', amountFen: 500 * REQUESTED_FEN };
  const bought = await world.write(`/v1/accounts/${accountId}/purchases`, purchase);
  count(tally, bought);
  const isApproved = bought.status === 200 && bought.body.status === 'approved';
  tally.expect(!isApproved, 'minted', 'a purchase of 500 times the limit out of credit needs no person');
}

async function drawsAtOnce(world: World, tally: AttackTally): Promise<void> {
  const { applicationId } = await world.apply('cash-loan');
  const offer = await world.target.wire.get(`/v1/offers/${applicationId}`);
  const limitFen = Number(offer.body.remainingFen ?? REQUESTED_FEN);
  const part = Math.max(100_000, Math.floor((limitFen * 0.4) / 10_000) * 10_000);
  const terms = { principalFen: part, months: 3, method: 'level' };
  const first = await world.accept(applicationId, terms);
  count(tally, first);
  const draws = await Promise.all(Array.from({ length: 5 }, () => world.accept(applicationId, terms, 'draws')));
  for (const draw of draws) count(tally, draw);
  const [drawn] = await world.target.rows<{ sumFen: number }>(
    `select coalesce(sum((terms->>'principalFen')::bigint), 0)::bigint as "sumFen" from credit_account
      where tenant_id = $1 and application_id = $2`,
    [ATTACKED_TENANT, applicationId],
  );
  tally.expect((drawn?.sumFen ?? 0) <= limitFen, 'minted', 'draws at once come to more than the offer');
}

async function purchasesAtOnce(world: World, tally: AttackTally): Promise<void> {
  const { accountId } = await world.open('revolving');
  const { body } = await world.target.wire.get(`/v1/accounts/${accountId}`);
  const limitFen: number = body.availableFen;
  const amountFen = Math.floor(limitFen * 0.4);
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, at) =>
      world.write(`/v1/accounts/${accountId}/purchases`, { purchaseId: `at-once-${at}`, amountFen }),
    ),
  );
  for (const answer of answers) count(tally, answer);
  const said = answers.filter(({ status, body: told }) => status === 200 && told.status === 'approved').length;
  const { purchasedFen } = await sumsOf(world, accountId);
  tally.expect(purchasedFen <= limitFen, 'minted', 'purchases at once come to more than the limit');
  const isTrue = purchasedFen === said * amountFen;
  tally.expect(
    isTrue,
    'lost',
    `${said} purchases were told as approved, and the books have ${purchasedFen / amountFen}`,
  );
}

async function paymentToldOften(world: World, tally: AttackTally): Promise<void> {
  const { accountId } = await world.open('cash-loan');
  const paymentId = world.freshId('often');
  const answers = await Promise.all(
    Array.from({ length: 6 }, () =>
      world.write(`/v1/accounts/${accountId}/payments`, { paymentId, amountFen: 12_345 }),
    ),
  );
  for (const answer of answers) count(tally, answer);
  await until(async () => (await world.booked(accountId, [paymentId])).size === 1, SETTLED_WITHIN_MS);
  const collectedFen = await collectedOf(world, accountId);
  tally.expect(collectedFen >= 12_345, 'lost', 'a payment that was told six times is not booked');
  tally.expect(collectedFen <= 12_345, 'doubled', 'a payment that was told six times is booked more than once');
  const reversals = await Promise.all(
    Array.from({ length: 4 }, (_, at) =>
      world.write(`/v1/accounts/${accountId}/payments/${paymentId}/reversal`, { reversalId: `back-${at}` }),
    ),
  );
  for (const answer of reversals) count(tally, answer);
  await settled(world, accountId, tally);
  const leftFen = await collectedOf(world, accountId);
  tally.expect(leftFen >= 0, 'minted', 'a payment bounced more than once');
}

/** What came in from the borrower by the books. */
async function collectedOf({ target }: World, accountId: string): Promise<number> {
  const [row] = await target.rows<{ sumFen: number }>(
    `select coalesce(sum(amount_fen), 0)::bigint as "sumFen" from posting
      where tenant_id = $1 and account_id = $2 and ledger_account = 'collections'`,
    [ATTACKED_TENANT, accountId],
  );
  return row?.sumFen ?? 0;
}

async function returnsAtOnce(world: World, tally: AttackTally): Promise<void> {
  const { accountId } = await world.open('revolving');
  await world.pay(accountId, world.freshId('credit'), 50_000);
  await settled(world, accountId, tally);
  const answers = await Promise.all(
    Array.from({ length: 4 }, (_, at) =>
      world.write(`/v1/accounts/${accountId}/credit-returns`, { returnId: `return-${at}`, amountFen: 50_000 }),
    ),
  );
  for (const answer of answers) count(tally, answer);
  const { returnedFen, paidFen } = await sumsOf(world, accountId);
  tally.expect(returnedFen <= paidFen, 'minted', 'more credit is paid back than there was');
}

/** Purchases, refunds, payments, bounces and returns in an order that nobody chose, some at once. */
async function randomLife(world: World, tally: AttackTally, random: Random, deeds: number): Promise<void> {
  const account = await world.open('revolving');
  const made = Array.from({ length: deeds }, (_, at) => deedOf(random, at));
  for (let from = 0; from < made.length; from += 4) {
    const batch = shuffled(made.slice(from, from + 4), random);
    const answers = await Promise.all(
      batch.map(({ path, body }) => world.write(`/v1/accounts/${account.accountId}/${path}`, body)),
    );
    for (const answer of answers) count(tally, answer);
  }
  await settled(world, account.accountId, tally);
  await lifeIsBounded(world, tally, account);
}

const AMOUNTS = [1, 99, 10_000, 25_000, 250_000, 3_000_000, HUGE_FEN];

function deedOf(random: Random, at: number): { path: string; body: object } {
  const amountFen = random.pick(AMOUNTS);
  const earlier = `thing-${Math.floor(random.next() * (at + 3))}`;
  const kind = random.pick(['purchase', 'purchase', 'refund', 'refund', 'payment', 'return', 'bounce'] as const);
  switch (kind) {
    case 'purchase':
      return { path: 'purchases', body: { purchaseId: `thing-${at}`, amountFen: Math.min(amountFen, 250_000) } };
    case 'refund':
      return {
        path: 'refunds',
        body: { refundId: `back-${at}`, amountFen, ...(random.next() < 0.5 ? { purchaseId: earlier } : {}) },
      };
    case 'payment':
      return { path: 'payments', body: { paymentId: `thing-${at}`, amountFen: Math.min(amountFen, 250_000) } };
    case 'return':
      return { path: 'credit-returns', body: { returnId: `return-${at}`, amountFen } };
    case 'bounce':
      return { path: `payments/${earlier}/reversal`, body: { reversalId: `bounce-${at}` } };
  }
}

async function lifeIsBounded(world: World, tally: AttackTally, { accountId }: Account): Promise<void> {
  const { refundedFen, purchasedFen, returnedFen, paidFen } = await sumsOf(world, accountId);
  tally.expect(refundedFen <= purchasedFen, 'minted', 'an account was refunded more than it bought');
  tally.expect(returnedFen <= paidFen + purchasedFen, 'minted', 'an account was paid back more than ever came in');
  const above = await world.target.rows<{ key: string }>(
    `select bought.business_key as key from account_fact bought
       join account_fact refund on refund.tenant_id = bought.tenant_id and refund.account_id = bought.account_id
        and refund.kind = 'refunded' and refund.body->>'purchaseKey' = bought.business_key
      where bought.tenant_id = $1 and bought.account_id = $2 and bought.kind = 'purchased'
      group by bought.business_key, bought.body
     having sum((refund.body->>'amountFen')::bigint) > (bought.body->>'amountFen')::bigint`,
    [ATTACKED_TENANT, accountId],
  );
  tally.expect(above.length === 0, 'minted', 'a purchase was refunded more than it cost');
}

async function booksBalance({ target }: World, tally: AttackTally): Promise<void> {
  const [row] = await target.rows<{ sumFen: number }>(
    'select coalesce(sum(amount_fen), 0)::bigint as "sumFen" from posting',
  );
  tally.expect(row?.sumFen === 0, 'minted', 'postings do not sum to zero');
}
