/** A message in order, and evidence in which it is: the cases change one thing each. */
import type {
  GuardEvidence,
  GuardMessage,
  TemplateEvidence,
} from '../../../../src/domain/messaging/guard/anomalyGuard';
import { render } from '../../../../src/domain/messaging/outbox/noticeText';
import { noticeKindOf, type WordingName } from '../../../../src/domain/messaging/outbox/wordings';
import { defaultPolicy } from '../../../../src/domain/policy/defaultPolicy';
import { SIGNATURE, TEMPLATES } from '../../../../src/domain/policy/shippedTemplates';
import { atWallTimeMs, SHANGHAI } from '../../../../src/domain/values/clock';

export const TODAY = '2026-07-07';
export const TEN_MS = atWallTimeMs(TODAY, '10:00', SHANGHAI);
export const MINUTE_MS = 60_000;
export const CODE = '7KQ4XR2M';

export function templateOf(kind: WordingName, change: Partial<TemplateEvidence> = {}): TemplateEvidence {
  const { version, body, approvedBy } = TEMPLATES[kind];
  const review = { wordingHash: 'hash', approvedHash: 'hash', submittedBy: 'staff-0105', approvedBy };
  return { kind, version, status: 'active', body, signature: SIGNATURE, ...review, ...change };
}

export function messageOf(change: Partial<GuardMessage> = {}, template = templateOf('due-soon')): GuardMessage {
  const figures = {
    productName: '借款',
    amountFen: 123_456,
    minimumFen: 123_456,
    penaltyFen: 1234,
    dueDate: '2026-07-10',
    daysPastDue: 0,
    month: 7,
    ...change.figures,
  };
  const code = 'code' in change ? change.code : CODE;
  return {
    noticeId: 'notice-1',
    kind: noticeKindOf(template.kind),
    wording: template.kind,
    lane: 1,
    provider: 'carrier-a',
    accountId: 'account-1',
    recipient: 'hash-of-phone-1',
    dedupeKey: 'due-soon/instalment-3/3',
    templateVersion: template.version,
    ladder: defaultPolicy.notices,
    released: [],
    code,
    text: render(template.body, template.signature, figures, { code }),
    ...change,
    figures,
  };
}

export function evidenceOf(change: Partial<GuardEvidence> = {}): GuardEvidence {
  return {
    asOfMs: TEN_MS,
    templates: [templateOf('due-soon')],
    unplanned: new Set(),
    unplannedToday: 0,
    providers: [providerOf()],
    sentToRecipient: new Map(),
    sentPromises: new Set(),
    checks: { failedLastHour: 1, reportsLastHour: 0, usualFailedPerHour: 1, usualReportsPerHour: 0.1 },
    ...change,
  };
}

export function providerOf(
  change: Partial<GuardEvidence['providers'][number]> = {},
): GuardEvidence['providers'][number] {
  return {
    provider: 'carrier-a',
    unconfirmedAtMs: taken(5, MINUTE_MS),
    lastAttemptAtMs: TEN_MS - 1000,
    recentFailures: Array(50).fill(false),
    foreignReceipts: 0,
    ...change,
  };
}

/** So many, all taken so long ago. */
export function taken(count: number, agoMs: number): number[] {
  return Array(count).fill(TEN_MS - agoMs);
}
