/**
 * The suppliers of data that the demo's policy asks: sandboxes in this process, one for each kind, that show of each
 * invented borrower what was invented for it. Nobody real is asked about persons whom there is not, whatever file of
 * suppliers the environment names.
 */
import { randomBytes } from 'node:crypto';
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
export function planOutage(suppliers: DemoSuppliers, agenda: Agenda, from: { startDate: IsoDate; zone: Zone }): void {
  const supplier = suppliers.byKind[FAILING];
  const on = addDays(from.startDate, OUTAGE_DAY);
  const set = (date: IsoDate, what: string, mood: SandboxSupplier['mood']) =>
    agenda.add({
      atMs: atWallTimeMs(date, FAILS_AT, from.zone),
      what: `the ${FAILING} source ${what}`,
      run: async () => {
        supplier.mood = mood;
      },
    });
  set(on, 'fails', 'wrong');
  set(addDays(on, 1), 'is back', undefined);
}
