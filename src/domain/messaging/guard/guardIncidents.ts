/** What an alarm of the guard stops, as an incident: figures and ids of a few notices, and no personal data. */

import type { IncidentScope, Measure } from '../../incidents/incidents';
import type { GuardAlarm, GuardJudgement, GuardMessage, GuardRule } from './guardEvidence';

export interface GuardIncident {
  /** The same rule in the same scope is one incident as long as it is in force. */
  dedupeKey: string;
  measures: readonly Measure[];
  scope: IncidentScope;
  reasonCode: string;
  body: object;
}

/** Names no notice that is about to leave: the incident holds what the guard holds, and stops nothing else. */
const HELD_SEGMENT = 'held-by-guard';

export function incidentOfAlarm({ rule, scope, stops, detail, held, sampleNoticeIds }: GuardAlarm): GuardIncident {
  const of = scope.templateKind ?? scope.provider ?? 'all';
  return {
    dedupeKey: `guard/${rule}/${of}/${stops}`,
    measures: stops === 'nothing' ? [] : ['notices'],
    scope: stops === 'held' ? { ...scope, segment: HELD_SEGMENT } : scope,
    reasonCode: reasonCodeOf(rule),
    body: { rule, detail, held, sampleNoticeIds },
  };
}

function reasonCodeOf(rule: GuardRule): string {
  return `GUARD_${rule.toUpperCase().replaceAll('-', '_')}`;
}

/** Of the alarm of signals that anybody can give. */
export const OPEN_SIGNALS_REASON = reasonCodeOf('code-checks');

/** The alarm that a finding of a message belongs to. */
export function alarmFor(
  alarms: readonly GuardAlarm[],
  { rule }: GuardJudgement['findings'][number],
  { kind, provider }: Pick<GuardMessage, 'kind' | 'provider'>,
): GuardAlarm | undefined {
  return alarms.find(
    (alarm) =>
      alarm.rule === rule &&
      (alarm.scope.templateKind ?? kind) === kind &&
      (alarm.scope.provider ?? provider) === provider,
  );
}
