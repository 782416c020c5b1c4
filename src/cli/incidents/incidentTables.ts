/** What the commands on incidents found, as lines for people. */
import type { IncidentEventRow } from '../../db/incidents/incidentEvents';
import type { IncidentRow } from '../../db/incidents/incidents';
import { stopsWhat } from '../../domain/incidents/incidents';

export function incidentLine(row: IncidentRow): string {
  const { incidentId, stage, reasonCode, openedByKind, openedBy } = row;
  const what = `${stopsWhat(row)} for ${scopeText(row)}`;
  return `${incidentId}  ${stage}  ${what}  (${reasonCode}, ${instant(row.openedAtMs)} by ${openedByKind} ${openedBy})`;
}

export function incidentLines(row: IncidentRow, events: readonly IncidentEventRow[]): string[] {
  const approvals = [row.firstApprovalBy, row.secondApprovalBy].filter((person) => person !== null);
  return [
    incidentLine(row),
    `  borrowers turn to ${row.remedyChannel}; exempt after an appeal: ${row.exemptBorrowerIds.join(', ') || 'nobody'}`,
    `  approved to go on: ${approvals.join(', ') || 'nobody'}; its workflow ${row.workflowSeenAtMs === null ? 'has not started' : 'runs or has ended'}`,
    ...events.map(({ kind, atMs, by, body }) => `  ${instant(atMs)}  ${kind}  ${by}  ${JSON.stringify(body)}`),
  ];
}

function scopeText({ scope }: IncidentRow): string {
  const parts = Object.entries(scope).map(([field, value]) => `${field} ${value}`);
  return parts.join(', ') || 'the whole tenant';
}

/** Business time. */
function instant(atMs: number): string {
  return new Date(atMs).toISOString();
}
