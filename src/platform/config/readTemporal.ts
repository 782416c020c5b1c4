/** Reads how Temporal is reached: each variable by itself, then what they and the profile make together. */
import { refuseFaults, settingFault } from './configError';
import { isBlank } from './setting';
import { type GivenSettings, SETTINGS, type SettingName } from './settings';
import { type GivenTemporal, TEMPORAL_SETTINGS, type TemporalSettings, temporalSettings } from './temporal';
import { TEMPORAL_ADDRESS } from './temporalVariables';

const DEFAULT_NAMESPACE = 'default';

/** Each variable by itself, then what they and the profile make together. */
export function readTemporal(
  env: Record<string, string | undefined>,
  read: <Value>(name: SettingName) => Value,
  faults: string[],
): TemporalSettings {
  const before = faults.length;
  for (const name of TEMPORAL_SETTINGS) read(name);
  if (faults.length > before) return { address: '', namespace: '', apiKey: undefined };
  return connectionOf(env, faults);
}

function connectionOf(env: GivenTemporal, faults: string[]): TemporalSettings {
  const made = temporalSettings(env);
  faults.push(...made.faults.map(({ name, fault }) => `  ${name} ${fault}: give ${SETTINGS[name].fix}`));
  const { address, namespace = DEFAULT_NAMESPACE, apiKey, ...how } = made.settings;
  if (made.faults.length === 0 && !TEMPORAL_ADDRESS.test(address ?? '')) {
    const profile = isBlank(env.TEMPORAL_CONFIG_FILE) ? undefined : address;
    faults.push(settingFault('TEMPORAL_ADDRESS', profile, SETTINGS.TEMPORAL_ADDRESS.fix));
  }
  return { address: address ?? '', namespace, apiKey, ...how };
}

/** How a command reaches the Temporal of its settings. Throws ConfigError. */
export function temporalOf(given: GivenSettings): TemporalSettings {
  const faults: string[] = [];
  const settings = connectionOf(given, faults);
  refuseFaults(faults);
  return settings;
}
