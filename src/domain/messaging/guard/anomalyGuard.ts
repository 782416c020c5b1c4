/**
 * The anomaly guard (docs/anomaly-guard.md): judges the messages of a group between their drafting and their attempt.
 * What is suspicious is held until a person's word; what only owes receipts waits by itself. Pure: the caller reads the
 * evidence in the same transaction, under the guard's lock, so that two groups do not count past each other.
 */

import type { WordingName } from '../outbox/wordings';
import { disallowedInWording } from './disallowedContent';
import type {
  GuardAlarm,
  GuardEvidence,
  GuardFinding,
  GuardJudgement,
  GuardMessage,
  GuardRule,
  TemplateEvidence,
} from './guardEvidence';
import { checkDisallowed, checkHours, checkSchedule, checkTemplateVersion, checkText } from './guardMessageRules';
import { GUARD_POLICY, type GuardPolicy } from './guardPolicy';
import {
  checkChecks,
  checkProvider,
  checkRepeats,
  checkVolume,
  countIn,
  type GuardTally,
  tallyOf,
  waitsUntilMs,
} from './guardSurroundingRules';

export type * from './guardEvidence';
export { GUARD_RULES } from './guardEvidence';
export type { GuardPolicy } from './guardPolicy';
export { GUARD_POLICY } from './guardPolicy';
export { promiseKey } from './guardSurroundingRules';

export interface GuardResult {
  /** One for each message, in their order. */
  judgements: GuardJudgement[];
  alarms: GuardAlarm[];
}

/** What a person's word can release: never what the text says, nor when it is sent. */
const RELEASABLE: ReadonlySet<GuardRule> = new Set<GuardRule>([
  'schedule',
  'promise',
  'recipient',
  'volume',
  'receipt-silence',
  'receipt-failures',
  'foreign-receipts',
]);

/** Rules whose finding is about the wording of a kind, so that one message is enough to stop the kind. */
const STOPS_KIND: ReadonlySet<GuardRule> = new Set<GuardRule>(['text', 'figures', 'foreign', 'template', 'volume']);
/** Rules about a provider as a whole. */
export const OF_PROVIDER: ReadonlySet<GuardRule> = new Set<GuardRule>([
  'receipt-silence',
  'receipt-failures',
  'foreign-receipts',
]);
const SAMPLES = 5;

export function judgeMessages(
  evidence: GuardEvidence,
  messages: readonly GuardMessage[],
  policy: GuardPolicy = GUARD_POLICY,
): GuardResult {
  const { asOfMs } = evidence;
  const isOn = ({ rule }: GuardFinding): boolean => !policy.switchedOff.includes(rule);
  // Whoever has no key can make these: they call a person, and hold nothing.
  const openSignals = checkChecks(evidence.checks, policy).filter(isOn);
  const ofProviders = new Map(
    evidence.providers.map((each) => [each.provider, checkProvider(each, asOfMs, policy).filter(isOn)]),
  );
  const tally = tallyOf(evidence);
  const wordings = wordingsOf(evidence, messages, policy);
  const judgements = messages.map((message): GuardJudgement => {
    const { noticeId, released } = message;
    const findings = [
      ...findingsOf(message, evidence, { tally, wording: wordings.get(wordingOf(message)) }, policy),
      ...(ofProviders.get(message.provider) ?? []),
    ].filter((found) => isOn(found) && !(released.includes(found.rule) && RELEASABLE.has(found.rule)));
    if (findings.length > 0) return { noticeId, verdict: 'hold', findings };
    const untilMs = waitsUntilMs(tally, message, asOfMs, policy);
    if (untilMs !== undefined && !policy.switchedOff.includes('receipt-window')) {
      const detail = `${policy.receiptWindow} messages without a receipt`;
      return { noticeId, verdict: 'wait', untilMs, findings: [{ rule: 'receipt-window', detail }] };
    }
    countIn(tally, message, evidence);
    return { noticeId, verdict: 'pass', findings };
  });
  return { judgements, alarms: alarmsOf({ messages, judgements, openSignals, ofProviders }, policy) };
}

interface Wording {
  template: TemplateEvidence;
  /** What is foreign in it. */
  foreign: string | undefined;
}

function wordingOf({ kind, wording }: GuardMessage): WordingName {
  return wording ?? kind;
}

/** Those in question, each looked at once. */
function wordingsOf(
  { templates }: GuardEvidence,
  messages: readonly GuardMessage[],
  policy: GuardPolicy,
): Map<WordingName, Wording> {
  const names = new Set(messages.map(wordingOf));
  const asked = templates.filter(({ kind }) => names.has(kind));
  return new Map(
    asked.map((template) => {
      const foreign = disallowedInWording(template.body, template.signature, policy);
      return [template.kind, { template, foreign }];
    }),
  );
}

function findingsOf(
  message: GuardMessage,
  evidence: GuardEvidence,
  { tally, wording }: { tally: GuardTally; wording: Wording | undefined },
  policy: GuardPolicy,
): GuardFinding[] {
  const template = wording?.template;
  return [
    ...checkTemplateVersion(template, message),
    ...checkText(template, message),
    ...checkDisallowed(wording?.foreign, message, policy),
    ...checkHours(evidence.asOfMs, policy),
    ...checkSchedule(message, evidence.asOfMs, policy),
    ...checkRepeats(tally, message, policy),
    ...checkVolume(tally, evidence, message, policy),
  ];
}

interface Judged {
  messages: readonly GuardMessage[];
  judgements: readonly GuardJudgement[];
  openSignals: readonly GuardFinding[];
  ofProviders: ReadonlyMap<string, readonly GuardFinding[]>;
}

/** One alarm for each rule and scope: of open signals and of providers also when no message of theirs is in the group. */
function alarmsOf({ messages, judgements, openSignals, ofProviders }: Judged, policy: GuardPolicy): GuardAlarm[] {
  const heldBy = (rule: GuardRule, belongs: (message: GuardMessage) => boolean): string[] =>
    messages.flatMap((message, index) => {
      const judgement = judgements[index];
      const isHeld = judgement?.verdict === 'hold' && judgement.findings.some((found) => found.rule === rule);
      return isHeld && belongs(message) ? [message.noticeId] : [];
    });
  const alarm = (finding: GuardFinding, scope: GuardAlarm['scope'], ids: string[], stops: GuardAlarm['stops']) => ({
    rule: finding.rule,
    detail: finding.detail,
    scope,
    stops,
    held: ids.length,
    sampleNoticeIds: ids.slice(0, SAMPLES),
  });
  const kinds = [...new Set(messages.map(({ kind }) => kind))];
  return [
    ...openSignals.map((found) => alarm(found, {}, [], 'nothing')),
    ...[...ofProviders].flatMap(([provider, findings]) =>
      findings.map((found) => {
        const ids = heldBy(found.rule, (message) => message.provider === provider);
        return alarm(found, { provider }, ids, 'scope');
      }),
    ),
    ...kinds.flatMap((templateKind) =>
      ownFindings(messages, judgements, templateKind).map((found) => {
        const ids = heldBy(found.rule, ({ kind }) => kind === templateKind);
        const stopsKind = STOPS_KIND.has(found.rule) || ids.length >= policy.heldStopsKind;
        return alarm(found, { templateKind }, ids, stopsKind ? 'scope' : 'held');
      }),
    ),
  ];
}

/** The first finding of each rule among the messages of a kind, those of providers aside. */
function ownFindings(
  messages: readonly GuardMessage[],
  judgements: readonly GuardJudgement[],
  kind: string,
): GuardFinding[] {
  const found = judgements.flatMap((judgement, index) =>
    messages[index]?.kind === kind && judgement.verdict === 'hold' ? judgement.findings : [],
  );
  const own = found.filter(({ rule }) => !OF_PROVIDER.has(rule));
  return own.filter(({ rule }, index) => own.findIndex((other) => other.rule === rule) === index);
}
