/** What is told of settings that are not usable. */
import { isBlank } from './setting';
import { SECRET_SETTINGS, type SettingName } from './settings';

/** Thrown with one line per faulty variable; the values of secrets are never repeated. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export function refuseFaults(faults: readonly string[]): void {
  if (faults.length > 0) throw new ConfigError(`The configuration is not usable:\n${faults.join('\n')}`);
}

export function settingFault(name: SettingName, raw: string | undefined, fix: string): string {
  if (isBlank(raw)) return `  ${name} is not set: give ${fix}`;
  const shown = SECRET_SETTINGS.has(name) ? 'its value (not shown: it is a secret)' : JSON.stringify(raw);
  return `  ${name}: ${shown} is not valid: give ${fix}`;
}
