/** What a run came to: its summary, and its faults. A ledger out of balance, a stuck workflow or a notice sent twice. */

import { createEvidenceAuditActivities } from '../../activities/evidence/evidenceAudit';
import { createDecisionReplay } from '../../activities/origination/decisionReplay';
import {
  readMissedApplications,
  readMissedDeadlines,
  readMissedDebits,
  readMissedNotices,
} from '../../db/credit/runChecks';
import { readCloseStanding, readOpenDates } from '../../db/ledger/dailyCloses';
import {
  readTrialBalance,
  readUnbalancedEntries,
  type TrialBalance,
  type UnbalancedEntry,
} from '../../db/ledger/trialBalance';
import { readDoubleSends } from '../../db/messaging/delivery/sink';
import { createPolicyReader } from '../../db/policy/policyReader';
import { datesToClose } from '../../domain/ledger/endOfDay';
import { isBalanced } from '../../domain/ledger/reconciliation';
import { addDays } from '../../domain/values/calendar';
import { businessTimeMs, SHANGHAI } from '../../domain/values/clock';
import { DAY_MS } from '../../domain/values/timeUnits';
import type { RunningSystem } from '../localSystem/system';
import type { Agenda } from './agenda';
import type { ApiClient } from './apiClient';

const LOOK_EVERY_MS = 500;
/** One says enough. */
const TO_CLOSE = { zones: [SHANGHAI], most: 1 };
/** Of dates and findings: more than a person reads at the end of a run. */
const MOST_TOLD = 10;
/** As long as a notice is good for: a lane looks at its debits by days, and a day of a fast clock is no time at all. */
const DEBIT_PATIENCE_MS = 3 * DAY_MS;

/** Waits until nothing that was due before the instant is left undone; says what still is after the bound. */
export async function settleUntil(system: RunningSystem, untilMs: number, withinMs: number): Promise<string[]> {
  const giveUpAtMs = Date.now() + withinMs;
  for (;;) {
    const beforeMs = Math.min(untilMs, businessTimeMs(system.clock, Date.now()));
    const behind = await whatIsBehind(system, beforeMs);
    if (behind.length === 0 || Date.now() > giveUpAtMs) return behind;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** One sentence for each account, application, notice and debit whose time has come without its workflow. */
async function whatIsBehind({ pool, tenantId }: RunningSystem, beforeMs: number): Promise<string[]> {
  const accounts = await readMissedDeadlines(pool, { tenantId, beforeMs });
  const applications = await readMissedApplications(pool, { tenantId, beforeMs });
  const notices = await readMissedNotices(pool, { tenantId, beforeMs });
  const debits = await readMissedDebits(pool, { tenantId, beforeMs: beforeMs - DEBIT_PATIENCE_MS });
  const { lastTried } = await readCloseStanding(pool, { tenantId });
  const unclosed = lastTried === null ? [] : datesToClose(addDays(lastTried, 1), { ...TO_CLOSE, asOfMs: beforeMs });
  return [
    ...accounts.map((accountId) => `account ${accountId} is stuck: its deadline has passed`),
    ...applications.map(({ applicationId, stage }) => `application ${applicationId} is stuck: it is still ${stage}`),
    ...notices.map(({ noticeId, lane }) => `notice ${noticeId} of lane ${lane} is stuck: it has expired unsent`),
    ...unclosed.map((date) => `the close of ${date} is behind: the date has ended`),
    ...debits.map(({ reference, status }) => `debit ${reference} is stuck: it is still ${status}, and not booked`),
  ];
}

export interface Summary {
  from: string;
  until: string;
  speed: number;
  wallSeconds: number;
  steps: { done: number; failures: string[] };
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the portfolio route's
  portfolio: any;
  ledger: TrialBalance & { balanced: boolean; unbalancedEntries: UnbalancedEntry[] };
  stuck: { behind: string[]; failedWorkflows: string[] };
  noticesSentTwice: string[];
  /** The last date that is closed, dates that were tried and are not, and what the audit of all that is recorded found. */
  closes: { closedThrough: string | null; openDates: string[] };
  audit: { records: number; findings: string[] };
  /** The credit decisions on record, and those that are decided otherwise now than they were. */
  decisions: { replayed: number; differing: string[] };
}

export interface RunFacts {
  from: string;
  until: string;
  wallSeconds: number;
  agenda: Pick<Agenda, 'done' | 'failures'>;
  stuck: string[];
}

export async function summarise(system: RunningSystem, api: ApiClient, facts: RunFacts): Promise<Summary> {
  const { from, until, wallSeconds, agenda, stuck } = facts;
  const { pool, tenantId } = system;
  const portfolio = await api.get('/v1/portfolio');
  const trial = await readTrialBalance(pool, { tenantId });
  const unbalancedEntries = await readUnbalancedEntries(pool, { tenantId });
  const replay = await createDecisionReplay({ pool, policies: createPolicyReader() }).replayDecisions({ tenantId });
  const { records, findings } = await createEvidenceAuditActivities({ pool }).auditEvidence({ tenantId });
  return {
    from,
    until,
    speed: system.clock.speed,
    wallSeconds,
    steps: { done: agenda.done, failures: agenda.failures },
    portfolio: portfolio.body,
    ledger: { ...trial, balanced: isBalanced(trial, unbalancedEntries), unbalancedEntries },
    stuck: { behind: stuck, failedWorkflows: await failedWorkflows(system) },
    closes: {
      closedThrough: (await readCloseStanding(pool, { tenantId })).lastSucceeded,
      openDates: await readOpenDates(pool, { tenantId, limit: MOST_TOLD }),
    },
    audit: {
      records,
      findings: findings.slice(0, MOST_TOLD).map(({ finding, what, detail }) => `${what}: ${finding}: ${detail}`),
    },
    decisions: {
      replayed: replay.decisions,
      differing: replay.differing
        .slice(0, MOST_TOLD)
        .map(({ decisionId, applicationId, what }) => `decision ${decisionId} of ${applicationId}: its ${what}`),
    },
    noticesSentTwice: (await readDoubleSends(pool, { tenantId })).map(({ reference }) => reference),
  };
}

/** Workflows of ours that ended other than by completing, or going on in a new run. */
async function failedWorkflows(system: RunningSystem): Promise<string[]> {
  const ids: string[] = [];
  const query = `ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut') AND CreditloomTenant = '${system.tenantId}'`;
  for await (const execution of system.temporal.workflow.list({ query })) ids.push(execution.workflowId);
  return ids;
}

/** One sentence for each fault; none when the run is sound. */
export function faultsOfRun(summary: Summary): string[] {
  const faults: string[] = [];
  if (!summary.ledger.balanced) faults.push(`the ledger does not balance: ${JSON.stringify(summary.ledger)}`);
  faults.push(...summary.stuck.behind);
  for (const workflowId of summary.stuck.failedWorkflows) faults.push(`workflow ${workflowId} failed`);
  for (const noticeId of summary.noticesSentTwice) faults.push(`notice ${noticeId} was sent twice`);
  for (const date of summary.closes.openDates) faults.push(`the close of ${date} found differences`);
  for (const failure of summary.steps.failures) faults.push(`a step of the portfolio failed: ${failure}`);
  for (const finding of summary.audit.findings) faults.push(`the audit found ${finding}`);
  for (const differing of summary.decisions.differing) faults.push(`decided again, ${differing} is another one`);
  return faults;
}
