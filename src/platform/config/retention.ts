/** How long rows that callers make are kept, as settings say it. */
import { type GivenSettings, SETTINGS, type SettingName } from './settings';

export interface Retention {
  requestsDays: number;
  checksDays: number;
  reportsDays: number;
  troublesDays: number;
  refusalsHours: number;
}

export function readRetention(read: <Value>(name: SettingName) => Value): Retention {
  return {
    requestsDays: read('REQUESTS_KEPT_DAYS'),
    checksDays: read('CHECKS_KEPT_DAYS'),
    reportsDays: read('REPORTS_KEPT_DAYS'),
    troublesDays: read('TROUBLES_KEPT_DAYS'),
    refusalsHours: read('REFUSALS_STAND_HOURS'),
  };
}

/** What is kept for how long, for a command that asks for no more. What is given was checked when it was read. */
export function retentionOf(given: GivenSettings): Retention {
  return readRetention(<Value>(name: SettingName) => SETTINGS[name].schema.parse(given[name]) as Value);
}
