/**
 * One thing asked for by several at once: the same business id under one Idempotency-Key, under several, and with other
 * content. Everybody is answered, one of them is done, and what was asked goes on; also while the database is slow.
 */
import { contentHash } from '../../db/contentHash';
import { type Random, seeded } from '../../domain/values/random';
import { accepted, mutationsOf, replaced } from './bodies';
import { type Door, doorsOf } from './doors';
import { isWrite, nameOf, type Route } from './routeTable';
import { AttackTally } from './tally';
import { ATTACKED_TENANT } from './target';
import { isOurFault, type WireAnswer } from './wire';
import type { World } from './world';

export interface RaceOptions {
  seed: number;
  /** Races on each route. */
  rounds: number;
  atOnce: number;
}

const KINDS = ['other keys', 'one key', 'other content'] as const;
type Kind = (typeof KINDS)[number];

/** An update that nobody answers is 503 after 10 s; asked again so often it is no trouble of the moment. */
const ANSWER_WITHIN_MS = 16_000;
const GOES_ON_WITHIN_MS = 30_000;
const SLOW_FOR_MS = 900;

export async function attackByRaces(
  world: World,
  routes: readonly Route[],
  options: RaceOptions,
): Promise<AttackTally> {
  const tally = new AttackTally('races');
  const queue = [...routes.filter((route) => isWrite(route) && route.isKeyed).entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [at, route] = next;
      for (const open of doorsOf(world, route))
        await raceAt(world, route, open, { tally, random: seeded(at + options.seed), ...options });
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, worker));
  return tally;
}

type Options = RaceOptions & { tally: AttackTally; random: Random };

async function raceAt(world: World, route: Route, open: () => Promise<Door>, options: Options): Promise<void> {
  const { tally, random, rounds } = options;
  try {
    let door = await open();
    for (let round = 0; round < rounds; round += 1) {
      const kind = KINDS[round % KINDS.length] ?? 'other keys';
      const race = { world, route, door, random, kind, count: random.between(3, 6), isSlow: round % 2 === 0 };
      const { answers, bodies } = await run(race);
      if (answers.every(isOfOtherProduct)) return;
      judge(tally, `${nameOf(route)} (${door.name}), ${race.count} with ${kind}`, { kind, answers, bodies });
      const goesOn = await door.goesOn(GOES_ON_WITHIN_MS);
      const facts = await factsOf(world, door, bodies[0]);
      tally.expect(facts <= 1, 'doubled', `${nameOf(route)}: ${race.count} at once with ${kind} became ${facts} facts`);
      const what = `${nameOf(route)}: ${door.name} goes on no more after ${race.count} at once with ${kind}`;
      if (!tally.expect(goesOn, 'stopped', what)) return;
      if (answers.some((answer) => door.isSpent(answer))) door = await open();
    }
  } catch (error) {
    tally.fault('stopped', `${nameOf(route)}: the way to it is barred: ${(error as Error).message}`);
  }
}

interface Race {
  world: World;
  route: Route;
  door: Door;
  random: Random;
  kind: Kind;
  count: number;
  isSlow: boolean;
}

async function run({ world, route, door, random, kind, count, isSlow }: Race) {
  const draw = { random, today: world.today(), freshId: () => world.freshId('race'), hints: door.hints, fullness: 1 };
  const body = route.body && accepted(route.body, draw);
  const bodies = Array.from({ length: count }, (_, at) => (kind === 'other content' ? varied(route, body, at) : body));
  const path = route.url.replace(/:(\w+)/g, (_, name: string) => door.params[name] ?? 'nothing-of-it');
  const key = world.freshId('race-key');
  // One caller: the same request of another one is another request.
  const apiKey = world.target.wire.key();
  const slowness = isSlow ? await slowDown(world, door) : undefined;
  const answers = await Promise.all(
    bodies.map((each, at) =>
      world.target.wire.insist(
        {
          method: route.method,
          path,
          apiKey,
          idempotencyKey: kind === 'one key' ? key : `${key}-${at}`,
          ...(each === undefined ? {} : { body: each }),
        },
        ANSWER_WITHIN_MS,
      ),
    ),
  );
  await slowness?.isOver;
  return { answers, bodies };
}

/** The account's row held by another for a moment, as by a long report: messages meet in one workflow task. */
async function slowDown({ target }: World, { params: { id } }: Door): Promise<{ isOver: Promise<void> }> {
  const client = await target.reader.connect();
  await client.query('begin');
  await client.query('select 1 from credit_account where tenant_id = $1 and account_id = $2 for update', [
    ATTACKED_TENANT,
    id,
  ]);
  const isOver = new Promise<void>((resolve) => {
    setTimeout(() => {
      void client
        .query('rollback')
        .catch(() => undefined)
        .then(() => client.release())
        .finally(resolve);
    }, SLOW_FOR_MS);
  });
  return { isOver };
}

/** The same business id with another amount, number or text, where the schema takes one. */
function varied(route: Route, body: unknown, at: number): unknown {
  if (at === 0 || body === undefined) return body;
  for (const { path, place } of mutationsOf(body)) {
    // A name beside the principal is no content.
    if (/Id$|Version$|^version$|^kind$|^by$|By$/.test(place)) continue;
    for (const value of [at * 100 + 7, at, `other ${at}`, `other-${at}`, `0.000${at}`]) {
      const other = replaced(body, path, value);
      if (route.body?.safeParse(other).success) return other;
    }
  }
  return body;
}

function isOfOtherProduct({ status, body }: WireAnswer): boolean {
  return status === 422 && String(body?.type).endsWith(':wrong-product');
}

function judge(tally: AttackTally, what: string, race: { kind: Kind; answers: WireAnswer[]; bodies: unknown[] }): void {
  const { kind, answers, bodies } = race;
  for (const answer of answers) {
    if (isOurFault(answer)) tally.fault('stopped', `${what}: answered ${answer.fault ?? answer.status}`);
    else if (answer.status === 503 || answer.status === 429) tally.fault('stopped', `${what}: never answered`);
    else if (answer.status >= 400) tally.refused();
    else tally.held();
  }
  // By content: an answer that was kept has its fields in another order.
  const distinct = new Set(answers.map(({ status, body }) => contentHash([status, body ?? null])));
  // A key is shown once: who sends the same again at once is told that it is made.
  const isShownOnce = answers.some(({ body }) => typeof body?.key === 'string');
  if (kind === 'one key' && !isShownOnce)
    tally.expect(distinct.size === 1, 'doubled', `${what}: one request, ${distinct.size} answers`);
  // What has no id of its own, such as a note, is named by its Idempotency-Key alone: two of them are two.
  if (kind !== 'other content' || idsIn(bodies[0]).length === 0) return;
  const done = new Set(answers.flatMap((answer, at) => (isDone(answer) ? [JSON.stringify(bodies[at])] : [])));
  tally.expect(done.size <= 1, 'doubled', `${what}: ${done.size} contents of one id were done`);
}

/** The ids in a body that the race made. */
function idsIn(body: unknown): unknown[] {
  const fields: [string, unknown][] = Object.entries(body ?? {});
  return fields.flatMap(([name, value]) => (/Id$/.test(name) && /^race-\d+$/.test(String(value)) ? [value] : []));
}

/** How many facts of the account have an id that the race made. */
async function factsOf({ target }: World, { params: { id } }: Door, body: unknown): Promise<number> {
  const made = idsIn(body);
  const [row] = await target.rows<{ count: number }>(
    `select count(*) as count from account_fact
      where tenant_id = $1 and account_id = $2 and split_part(business_key, '/', 2) = any($3)`,
    [ATTACKED_TENANT, id, made],
  );
  return row?.count ?? 0;
}

/** Said to be done, and not only taken in: what is taken in is judged by the books. */
function isDone({ status, body }: WireAnswer): boolean {
  return (status === 200 || status === 201) && ['approved', 'accepted', 'opened'].includes(body?.status);
}
