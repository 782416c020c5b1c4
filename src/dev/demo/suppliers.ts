/**
 * The suppliers of data that the demo's policy asks: sandboxes in this process, one for each kind, that show of each
 * invented borrower what was invented for it. Nobody real is asked about persons whom there is not, whatever file of
 * suppliers the environment names.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SandboxSupplier, startSandboxSupplier } from '../../adapters/sources/sandboxSupplier';
import { SUPPLIED_KINDS, type SuppliedKind } from '../../domain/origination/dataSources';
import { addDays, type IsoDate } from '../../domain/values/calendar';
import { atWallTimeMs, type Zone } from '../../domain/values/clock';
import type { DataSourceSettings } from '../../platform/config/dataSources';
import type { Agenda } from './agenda';
import { OUTAGE_DAY, type Persona } from './personas';

export interface DemoSuppliers {
  settings: DataSourceSettings;
  byKind: Record<SuppliedKind, SandboxSupplier>;
  stop(): Promise<void>;
}

const FAILING: SuppliedKind = 'financial-record';
const FAILS_AT = '08:00';
const ASKED_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 20;

export async function startSuppliers(personas: readonly Persona[]): Promise<DemoSuppliers> {
  const key = { keyId: 'demo-1', secret: randomBytes(32).toString('hex') };
  const facts = new Map(personas.map((persona) => [persona.borrowerId, persona.facts]));
  const figuresOf = (kind: SuppliedKind, borrowerId: string) => {
    const { identity, finances, behaviour } = facts.get(borrowerId) ?? { identity: {}, finances: {}, behaviour: {} };
    return { identity: { identity }, 'financial-record': { finances }, consumption: { behaviour } }[kind];
  };
  const started: [SuppliedKind, SandboxSupplier][] = [];
  const stop = async () => {
    await Promise.all(started.map(([, supplier]) => supplier.close()));
  };
  try {
    for (const kind of SUPPLIED_KINDS) {
      started.push([kind, await startSandboxSupplier({ ...key, figuresOf, now: () => Date.now() })]);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const settings = started.map(([kind, { url }]) => [kind, { supplier: `sandbox-${kind}`, url, ...key }] as const);
  return {
    settings: Object.fromEntries(settings),
    byKind: Object.fromEntries(started) as DemoSuppliers['byKind'],
    stop,
  };
}

/**
 * For a business day the financial record is answered outside of its contract. A supplier that is away is let rest for 30
 * seconds of real time, which are 36 business days of the demo: that would be another story.
 */
export function planOutage({ byKind }: DemoSuppliers, agenda: Agenda, sample: Sample): void {
  const supplier = byKind[FAILING];
  const on = addDays(sample.startDate, OUTAGE_DAY);
  const plan = (date: IsoDate, what: string, run: (atMs: number) => Promise<void>) => {
    const atMs = atWallTimeMs(date, FAILS_AT, sample.zone);
    agenda.add({ atMs, what: `the ${FAILING} source ${what}`, run: () => run(atMs) });
  };
  plan(on, 'fails', async () => {
    supplier.mood = 'wrong';
  });
  plan(addDays(on, 1), 'is back', async (atMs) => {
    // The clock stands for this step: a day of it is short, and who applied on that day asks in it.
    if (sample.resumedAtMs === undefined || sample.resumedAtMs < atMs) await askedByAll(supplier, sample.personas);
    supplier.mood = undefined;
  });
}

interface Sample {
  personas: readonly Persona[];
  startDate: IsoDate;
  zone: Zone;
  /** Where a run before this one stopped. */
  resumedAtMs: number | undefined;
}

/** Who withdraws the consent may do so before anybody is asked. */
async function askedByAll({ asked }: SandboxSupplier, personas: readonly Persona[]): Promise<void> {
  const meant = personas.filter(({ appliesOnDay, behaviour }) => {
    return appliesOnDay === OUTAGE_DAY && behaviour !== 'consent-withdrawn';
  });
  const giveUpAtMs = Date.now() + ASKED_WITHIN_MS;
  const isAsked = () => meant.every(({ borrowerId }) => asked.some((question) => question.borrowerId === borrowerId));
  while (!isAsked() && Date.now() < giveUpAtMs) await sleep(LOOK_EVERY_MS);
}
