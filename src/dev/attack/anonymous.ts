/**
 * Whoever has no key: many requests of every open route, from many addresses, and none of them changes what the lender
 * does. Measures are read from the books before and after, once the guard has looked.
 */
import { laneRung, workflowIds } from '../../contracts';
import { issueCodes } from '../../db/messaging/codes/verificationCodes';
import { inTransaction } from '../../db/transaction';
import { seeded } from '../../domain/values/random';
import { DAY_MS } from '../../domain/values/timeUnits';
import { accepted } from './bodies';
import { isWrite, nameOf, type Route } from './routeTable';
import { AttackTally } from './tally';
import { ATTACKED_TENANT } from './target';
import { isOurFault, until } from './wire';
import type { World } from './world';

export interface AnonymousOptions {
  seed: number;
  /** Requests of each open route that takes a body. */
  requests: number;
}

/** The route itself lets so many in at once; others are told to come again. */
const AT_ONCE = 4;
const GUARD_LOOKS_WITHIN_MS = 4_000;
/** Fewer than the limit of a phone, so that none is passed over. */
const CHECKS_OF_A_PHONE = 4;
/** The default of NOTICE_LANES. */
const LANES = 4;

export async function attackAnonymously(
  world: World,
  routes: readonly Route[],
  options: AnonymousOptions,
): Promise<AttackTally> {
  const tally = new AttackTally('anonymous');
  const phones = await phonesThatGotTexts(world, Math.ceil(options.requests / CHECKS_OF_A_PHONE));
  const before = await measures(world);
  for (const route of routes.filter(({ access }) => access === 'open')) {
    await flood(world, route, { phones, tally, ...options });
  }
  // As soon as the guard looks, which it does at every sweep.
  for (let lane = 0; lane < LANES; lane += 1) {
    await world.target.system.temporal.workflow
      .getHandle(workflowIds.noticeLane(ATTACKED_TENANT, lane))
      .signal(laneRung);
  }
  let changed: string[] = [];
  await until(async () => {
    const after = await measures(world);
    changed = after.filter((measure) => !before.includes(measure));
    return changed.length > 0;
  }, GUARD_LOOKS_WITHIN_MS);
  for (const measure of changed) tally.fault('stopped', `requests without a key opened: ${measure}`);
  if (changed.length === 0) tally.held();
  return tally;
}

/** Numbers that an adversary knows: each has got a text with a code, as if notices had gone out for a month. */
async function phonesThatGotTexts(world: World, count: number): Promise<string[]> {
  const { accountId } = await world.open('cash-loan');
  const [notice] = await world.target.rows<{ noticeId: string }>(
    'select notice_id as "noticeId" from notice where tenant_id = $1 and account_id = $2 limit 1',
    [ATTACKED_TENANT, accountId],
  );
  if (!notice) throw new Error('a new loan has no notice');
  const phones = Array.from({ length: count }, (_, at) => `1990001${String(at).padStart(4, '0')}`);
  const told = { noticeId: notice.noticeId, product: 'cash-loan', month: 1, maskedAmount: '3,***.**元' } as const;
  const now = Date.now();
  const issued = phones.map((phone) => ({ ...told, phone, code: phone.slice(-8) }));
  await inTransaction(world.target.system.pool, (client) =>
    issueCodes(client, world.target.noticeCodes(), {
      tenantId: ATTACKED_TENANT,
      issuedAtMs: now - DAY_MS,
      expiresAtMs: now + DAY_MS,
      issued,
    }),
  );
  return phones;
}

type Flood = AnonymousOptions & { phones: readonly string[]; tally: AttackTally };

async function flood(world: World, route: Route, { phones, tally, requests, seed }: Flood): Promise<void> {
  const random = seeded(seed);
  const { wire } = world.target;
  const count = isWrite(route) ? requests : Math.ceil(requests / 10);
  let sent = 0;
  const worker = async () => {
    for (; sent < count; ) {
      const phone = phones[sent % phones.length];
      sent += 1;
      const code = `WRONG${sent}`;
      const draw = {
        random,
        today: world.today(),
        freshId: () => code,
        hints: (field: string) => ({ phone, code })[field],
        fullness: 1,
      };
      const body = route.body && accepted(route.body, draw);
      const answer = await wire.once({
        method: route.method,
        path: route.url,
        ...(body === undefined ? {} : { body }),
      });
      if (isOurFault(answer)) tally.fault('stopped', `${nameOf(route)} answered ${answer.fault ?? answer.status}`);
      else if (answer.status >= 400) tally.refused();
      else tally.held();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** All that stops or narrows something now. */
async function measures({ target }: World): Promise<string[]> {
  const rows = await target.rows<{ measure: string }>(
    `select 'incident ' || reason_code || ' ' || incident_id || ' of ' || array_to_string(measures, ',') as measure
       from incident where tenant_id = $1 and lifted_at_ms is null
     union all select 'hold of a person ' || hold_id from contact_hold where tenant_id = $1
     union all select 'freeze of ' || account_id from account_fact where tenant_id = $1 and kind = 'frozen'`,
    [ATTACKED_TENANT],
  );
  return rows.map(({ measure }) => measure);
}
