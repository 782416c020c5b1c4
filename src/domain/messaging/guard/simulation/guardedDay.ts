/**
 * A day under guard, minute by minute: what is due is rendered, judged in groups as a sweep does, given to carriers,
 * and counted. An attacker changes the day through `at`, `add` and the carriers; the guard sees evidence alone.
 */

import type { NoticeKind } from '../../../policy/lendingPolicy';
import { SIGNATURE, TEMPLATES } from '../../../policy/shippedTemplates';
import type { Random } from '../../../values/random';
import { HOUR_MS, MINUTE_MS, MINUTES_PER_DAY } from '../../../values/timeUnits';
import { isQuiet } from '../../contact/contactRules';
import { render } from '../../outbox/noticeText';
import {
  GUARD_POLICY,
  type GuardAlarm,
  type GuardEvidence,
  type GuardMessage,
  type GuardPolicy,
  judgeMessages,
  promiseKey,
  type TemplateEvidence,
} from '../anomalyGuard';
import { Carrier } from './carriers';
import type { NormalDay } from './normalDay';
import type { SimulatedNotice } from './simulatedNotices';

export interface DayOutcome {
  alarms: { atMs: number; alarm: GuardAlarm }[];
  /** When the first thing of the attack happened; undefined on a normal day. */
  attackedAtMs: number | undefined;
  /** What the attack got done before and after the alarm: messages that left, or checks that failed. */
  unitsDone: number;
  sent: number;
  /** True notices that did not leave on their day. */
  unsent: number;
  /** Longest that a true notice waited for receipts. */
  longestWaitMs: number;
}

type Planned = SimulatedNotice & { plannedAtMs: number };

/** What is wrong after the alarm shows within hours. */
const AFTER_ALARM_MS = 3 * HOUR_MS;
const GROUP = 10;
/** Eight lanes of fifty. */
const PER_MINUTE = 400;
/** Share of true notices that a step of the day plans in a way that the books do not show. */
const UNPLANNED = 0.001;
const NO_CARRIER_MS = 5 * MINUTE_MS;
const IDLE_LOOK_MINUTES = 5;

export class GuardedDay {
  readonly templates: Map<NoticeKind, TemplateEvidence>;
  readonly carriers: Carrier[];
  readonly failedChecksAtMs: number[];
  /** Whether a message that leaves is the attack's. */
  isUnit: (notice: SimulatedNotice, carrier: Carrier, atMs: number) => boolean = ({ isAttack }) => isAttack;
  private readonly outcome: DayOutcome;
  private readonly acts: { atMs: number; act: () => void }[] = [];
  private readonly sentPromises: Set<string>;
  private readonly recipients = new Map<string, number>();
  private unplannedToday = 0;
  private readonly plan: ReadonlySet<string>;
  /** In the order of their time from the start of the run on; what waits is in `waiting`. */
  private queue: Planned[];
  private waiting: Planned[] = [];

  constructor(
    readonly day: NormalDay,
    readonly random: Random,
    private readonly policy: GuardPolicy = GUARD_POLICY,
  ) {
    this.templates = reviewedTemplates();
    this.carriers = day.carriers.map((each) => new Carrier(each, random));
    this.failedChecksAtMs = [...day.failedChecksAtMs];
    this.sentPromises = new Set(day.yesterday.map(promiseKey));
    for (const { recipient } of day.yesterday) this.recipients.set(recipient, 1);
    // Some are paid before they are sent.
    this.plan = new Set(day.notices.filter(() => !random.chance(UNPLANNED)).map(({ noticeId }) => noticeId));
    const unpaid = day.notices.filter(() => !random.chance(0.05));
    this.queue = unpaid.map((notice) => ({ ...notice, plannedAtMs: notice.sendAtMs }));
    this.outcome = { alarms: [], attackedAtMs: undefined, unitsDone: 0, sent: 0, unsent: 0, longestWaitMs: 0 };
  }

  /** Notices that are still to be sent. */
  get planned(): readonly SimulatedNotice[] {
    return this.queue;
  }

  at(atMs: number, act: () => void): void {
    this.acts.push({ atMs, act });
  }

  add(notice: SimulatedNotice): void {
    this.queue.push({ ...notice, plannedAtMs: notice.sendAtMs });
  }

  get isAlarmed(): boolean {
    return this.outcome.alarms.length > 0;
  }

  countUnit(atMs: number): void {
    this.outcome.attackedAtMs ??= atMs;
    this.outcome.unitsDone += 1;
  }

  /** Ends early some hours after an alarm. */
  run(): DayOutcome {
    this.queue.sort((one, other) => one.sendAtMs - other.sendAtMs);
    for (let minute = 0; minute < this.day.minutes; minute += 1) {
      const alarmedAtMs = this.outcome.alarms[0]?.atMs ?? Number.POSITIVE_INFINITY;
      if (this.day.startMs + minute * MINUTE_MS > alarmedAtMs + AFTER_ALARM_MS) return this.outcome;
      this.runMinute(minute);
    }
    this.outcome.unsent += [...this.queue, ...this.waiting].filter(({ isAttack }) => !isAttack).length;
    return this.outcome;
  }

  private runMinute(minute: number): void {
    const nowMs = this.day.startMs + minute * MINUTE_MS;
    for (const { act } of this.acts.filter(({ atMs }) => atMs > nowMs - MINUTE_MS && atMs <= nowMs)) act();
    for (const carrier of this.carriers) carrier.tell(nowMs);
    if (minute % MINUTES_PER_DAY === 0) this.unplannedToday = 0;
    const due = this.takeDue(nowMs);
    if (due.length === 0 && minute % IDLE_LOOK_MINUTES === 0) {
      this.raise(judgeMessages(this.evidence(nowMs, []), [], this.policy).alarms, nowMs);
    }
    for (let at = 0; at < due.length; at += GROUP) this.settleGroup(due.slice(at, at + GROUP), nowMs);
  }

  private takeDue(nowMs: number): Planned[] {
    const later = this.queue.findIndex(({ sendAtMs }) => sendAtMs > nowMs);
    this.waiting.push(...this.queue.splice(0, later < 0 ? this.queue.length : later));
    if (this.waiting.length === 0) return [];
    const quiet = isQuiet(nowMs, this.policy, this.policy.zone);
    // The contact rules put off what is true; an attacker passes them by.
    const isDue = (notice: Planned) => notice.sendAtMs <= nowMs && (notice.isAttack || !quiet);
    const due = new Set(this.waiting.filter(isDue).slice(0, PER_MINUTE));
    this.waiting = this.waiting.filter((notice) => !due.has(notice));
    return [...due];
  }

  private settleGroup(group: Planned[], nowMs: number): void {
    const drafts = group.flatMap((notice) => {
      const carrier = this.chooseCarrier(notice.kind, nowMs);
      if (carrier) return [{ notice, carrier, message: this.messageOf(notice, carrier) }];
      this.waiting.push({ ...notice, sendAtMs: nowMs + NO_CARRIER_MS });
      return [];
    });
    const messages = drafts.map(({ message }) => message);
    const { judgements, alarms } = judgeMessages(this.evidence(nowMs, messages), messages, this.policy);
    this.raise(alarms, nowMs);
    drafts.forEach(({ notice, carrier }, index) => {
      const judgement = judgements[index];
      if (notice.isAttack || this.isSpoiled(notice)) this.outcome.attackedAtMs ??= nowMs;
      if (judgement?.verdict === 'pass') this.send(notice, carrier, nowMs);
      else if (judgement?.verdict === 'wait') this.waiting.push({ ...notice, sendAtMs: judgement.untilMs });
      else if (!notice.isAttack) this.outcome.unsent += 1;
    });
  }

  private send(notice: Planned, carrier: Carrier, nowMs: number): void {
    if (this.isUnit(notice, carrier, nowMs) || this.isSpoiled(notice)) this.countUnit(nowMs);
    carrier.accept(nowMs);
    this.outcome.sent += 1;
    this.outcome.longestWaitMs = Math.max(this.outcome.longestWaitMs, nowMs - notice.plannedAtMs);
    this.sentPromises.add(promiseKey(notice));
    this.recipients.set(notice.recipient, (this.recipients.get(notice.recipient) ?? 0) + 1);
    if (!this.plan.has(notice.noticeId)) this.unplannedToday += 1;
  }

  /** Whether it is rendered from a wording that nobody reviewed, or changed afterwards. */
  private isSpoiled({ kind, tamper }: SimulatedNotice): boolean {
    return tamper !== undefined || this.templates.get(kind)?.body !== TEMPLATES[kind].body;
  }

  private messageOf(notice: SimulatedNotice, carrier: Carrier): GuardMessage {
    const { sendAtMs: _, isAttack: __, tamper, ...rest } = notice;
    const template = this.templates.get(notice.kind);
    const { body, signature, version } = template ?? { body: '', signature: SIGNATURE, version: 0 };
    const text = render(body, signature, notice.figures, { code: notice.code });
    const provider = carrier.day.name;
    return { ...rest, provider, templateVersion: version, released: [], text: tamper ? tamper(text) : text };
  }

  /** What an alarm has stopped goes nowhere: its kind, or every carrier. */
  private chooseCarrier(kind: NoticeKind, atMs: number): Carrier | undefined {
    const stops = this.outcome.alarms.flatMap(({ alarm }) => (alarm.stops === 'scope' ? [alarm.scope] : []));
    const isOpen = (carrier: Carrier) =>
      !carrier.isDown(atMs) &&
      !stops.some(
        ({ templateKind = kind, provider = carrier.day.name }) =>
          templateKind === kind && provider === carrier.day.name,
      );
    const open = this.carriers.filter(isOpen);
    const [first] = open;
    if (!first || open.length === 1) return first;
    return this.random.chance(first.day.share) ? first : open[1];
  }

  private raise(alarms: readonly GuardAlarm[], atMs: number): void {
    for (const alarm of alarms) this.outcome.alarms.push({ atMs, alarm });
  }

  private evidence(asOfMs: number, messages: readonly GuardMessage[]): GuardEvidence {
    const recent = this.failedChecksAtMs.filter((atMs) => atMs > asOfMs - HOUR_MS && atMs <= asOfMs);
    return {
      asOfMs,
      templates: [...this.templates.values()],
      unplanned: new Set(messages.map(({ noticeId }) => noticeId).filter((id) => !this.plan.has(id))),
      unplannedToday: this.unplannedToday,
      providers: this.carriers.map((carrier) => carrier.evidence()),
      sentToRecipient: new Map(messages.map(({ recipient }) => [recipient, this.recipients.get(recipient) ?? 0])),
      sentPromises: new Set(messages.map(promiseKey).filter((key) => this.sentPromises.has(key))),
      checks: {
        failedLastHour: recent.length,
        reportsLastHour: 0,
        usualFailedPerHour: this.day.usualFailedPerHour,
        usualReportsPerHour: 0,
      },
    };
  }
}

/** The wording itself stands for its hash. */
export function simulatedWordingHash(body: string, signature: string): string {
  return `${signature}|${body}`;
}

function reviewedTemplates(): Map<NoticeKind, TemplateEvidence> {
  const entries = Object.entries(TEMPLATES).map(([kind, { version, body, approvedBy }]) => {
    const hash = simulatedWordingHash(body, SIGNATURE);
    const review = { wordingHash: hash, approvedHash: hash, submittedBy: 'staff-0105', approvedBy };
    return { kind: kind as NoticeKind, version, status: 'active', body, signature: SIGNATURE, ...review };
  });
  return new Map(entries.map((each) => [each.kind, each]));
}
