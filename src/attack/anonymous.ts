/**
 * Whoever has no key: many requests of every open route, from many addresses, and none of them changes what the lender
 * does. Measures are read from the books before and after, once the guard has looked.
 */
import { seeded } from '../demo/random';
import { accepted } from './bodies';
import { isWrite, nameOf, type Route } from './routeTable';
import { Tally } from './tally';
import { TENANT } from './target';
import { isOurFault, until } from './wire';
import type { World } from './world';

export interface AnonymousOptions {
  seed: number;
  /** Requests of each open route that takes a body. */
  requests: number;
}

/** The route itself lets so many in at once; others are told to come again. */
const AT_ONCE = 4;
const GUARD_LOOKS_WITHIN_MS = 8_000;

export async function attackAnonymously(
  world: World,
  routes: readonly Route[],
  options: AnonymousOptions,
): Promise<Tally> {
  const tally = new Tally('anonymous');
  const random = seeded(options.seed);
  const { wire } = world.target;
  await world.open('revolving');
  const before = await measures(world);
  for (const route of routes.filter(({ access }) => access === 'open')) {
    const count = isWrite(route) ? options.requests : Math.ceil(options.requests / 10);
    let sent = 0;
    const worker = async () => {
      for (; sent < count; ) {
        sent += 1;
        const phone = `1990001${String(sent % 10_000).padStart(4, '0')}`;
        const hints = (field: string) => (field === 'phone' ? phone : undefined);
        const draw = { random, freshId: () => `CODE${sent}`, hints, fullness: 1 };
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
  // The guard looks whenever a lane sweeps: new accounts ring every lane.
  await Promise.all(Array.from({ length: 6 }, () => world.open('cash-loan')));
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

/** All that stops or narrows something now. */
async function measures({ target }: World): Promise<string[]> {
  const rows = await target.rows<{ measure: string }>(
    `select 'incident ' || reason_code || ' ' || incident_id || ' of ' || array_to_string(measures, ',') as measure
       from incident where tenant_id = $1 and lifted_at_ms is null
     union all select 'hold of a person ' || hold_id from contact_hold where tenant_id = $1
     union all select 'freeze of ' || account_id from account_fact where tenant_id = $1 and kind = 'frozen'`,
    [TENANT],
  );
  return rows.map(({ measure }) => measure);
}
