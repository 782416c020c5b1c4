/** The suppliers that the configuration names, and the refusal of a policy that asks for one that is not there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpSource } from '../../adapters/sources/httpSource';
import type { DataSources } from '../../adapters/sources/port';
import { policiesFrom } from '../../db/policy/policies';
import type { Reader } from '../../db/transaction';
import { SUPPLIED_KINDS } from '../../domain/origination/dataSources';
import type { IsoDate } from '../../domain/values/calendar';
import { dateAt, SHANGHAI } from '../../domain/values/clock';
import type { Config } from '../config/config';
import { ConfigError } from '../config/configError';
import { type DataSourceSettings, readDataSources } from '../config/dataSources';

/** Those of a worker; throws {@link ConfigError} where a policy asks for one that is not there. */
export async function suppliedSources(
  reader: Reader,
  { dataSourcesFile, tenantId }: Pick<Config, 'dataSourcesFile' | 'tenantId'>,
  nowMs: number,
): Promise<DataSources> {
  const sources = createDataSources(readDataSources(dataSourcesFile));
  await refuseUnsupplied(reader, { tenantId, today: dateAt(nowMs, SHANGHAI), sources });
  return sources;
}

function createDataSources(settings: DataSourceSettings): DataSources {
  const now = () => Date.now();
  const pause = (ms: number) => sleep(ms);
  const found = SUPPLIED_KINDS.flatMap((kind) => {
    const given = settings[kind];
    return given ? [[kind, createHttpSource({ ...given, now, pause })] as const] : [];
  });
  return Object.fromEntries(found);
}

/**
 * Of the policy in force and those to come: an application would be referred for want of a source that there is nobody
 * for. Throws {@link ConfigError}.
 */
async function refuseUnsupplied(
  reader: Reader,
  { tenantId, today, sources }: { tenantId: string; today: IsoDate; sources: DataSources },
): Promise<void> {
  for (const policy of await policiesFrom(reader, { tenantId, date: today })) {
    const kinds = policy.assessment?.sources?.required.map(({ kind }) => kind) ?? [];
    const missing = kinds.filter((kind) => sources[kind] === undefined);
    if (missing.length === 0) continue;
    throw new ConfigError(
      `policy ${policy.version} asks for a source of ${missing.join(', ')}, and DATA_SOURCES_FILE names no supplier of ` +
        'it: add the supplier there (docs/data-sources.md), or put a policy in force that does not ask for it',
    );
  }
}
