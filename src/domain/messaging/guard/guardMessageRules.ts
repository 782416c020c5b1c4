/** What a message says by itself: its template, its text and figures, its hour, and its place in the plan. */

import { daysBetween } from '../../values/calendar';
import { dateAt } from '../../values/clock';
import { isSamePrincipal } from '../../values/principals';
import { isQuiet } from '../contact/contactRules';
import { noticeKind } from '../outbox/noticeKinds';
import { promiseOf } from '../outbox/notices';
import { render } from '../outbox/noticeText';
import { disallowedInText } from './disallowedContent';
import type { GuardFinding, GuardMessage, TemplateEvidence } from './guardEvidence';
import type { GuardPolicy } from './guardPolicy';

/** What each variable may look like: a wrong value of the right form is a wrong figure, all else a wrong text. */
const FORMS: Readonly<Record<string, string>> = {
  product: '[\\p{Script=Han}]{1,10}',
  amount: '-?[\\d,]{1,15}\\.\\d{2}元',
  minimum: '-?[\\d,]{1,15}\\.\\d{2}元',
  penalty: '-?[\\d,]{1,15}\\.\\d{2}元',
  dueDate: '\\d{1,2}月\\d{1,2}日',
  days: '\\d{1,4}',
  month: '\\d{1,2}',
  debitAt: '\\d{2}:\\d{2}',
  code: '[A-Z0-9]{6,12}',
};

/** The wording that goes out is the one that another person reviewed. */
export function checkTemplateVersion(template: TemplateEvidence | undefined, message: GuardMessage): GuardFinding[] {
  const found = (detail: string): GuardFinding[] => [{ rule: 'template', detail }];
  if (!template) return found('no active template of this wording');
  if (template.version !== message.templateVersion) return found('rendered from another version than the active one');
  if (template.status !== 'active') return found(`version ${template.version} is ${template.status}`);
  if (template.approvedHash === null) return found(`version ${template.version} has no review on record`);
  if (template.wordingHash !== template.approvedHash) return found('the wording is not the one that was reviewed');
  if (!template.submittedBy || !template.approvedBy || isSamePrincipal(template.submittedBy, template.approvedBy)) {
    return found('it was not reviewed by another person');
  }
  return [];
}

/** The text is its template filled with what the books say, to the sign. */
export function checkText(template: TemplateEvidence | undefined, message: GuardMessage): GuardFinding[] {
  if (!template) return [{ rule: 'text', detail: 'no template to compare with' }];
  if (message.text === expectedText(template, message)) return [];
  const variable = differingVariable(template, message);
  return variable === undefined
    ? [{ rule: 'text', detail: 'differs from its template outside the variables' }]
    : [{ rule: 'figures', detail: `{${variable}} is not what the books say` }];
}

/** `inWording`: what was found in the wording, which the messages of a kind share. */
export function checkDisallowed(
  inWording: string | undefined,
  { text, code }: GuardMessage,
  policy: GuardPolicy,
): GuardFinding[] {
  const detail = inWording ?? disallowedInText(text, code, policy);
  return detail === undefined ? [] : [{ rule: 'foreign', detail }];
}

export function checkHours(asOfMs: number, policy: GuardPolicy): GuardFinding[] {
  return isQuiet(asOfMs, policy, policy.zone) ? [{ rule: 'hours', detail: 'inside the quiet hours' }] : [];
}

/** Whether the ladder of the account could have planned it for now: what was put in by hand mostly has no place there. */
export function checkSchedule(message: GuardMessage, asOfMs: number, policy: GuardPolicy): GuardFinding[] {
  const detail = offSchedule(message, daysPastDueOf(message, asOfMs, policy));
  return detail === undefined ? [] : [{ rule: 'schedule', detail }];
}

function offSchedule({ kind, dedupeKey, ladder }: GuardMessage, daysPastDue: number | undefined): string | undefined {
  const parts = promiseOf(dedupeKey).split('/');
  const rungDay = Number(parts.at(-1));
  if (kind === ladder.onDisbursement?.kind) return parts.join('/') === kind ? undefined : 'no promise of its kind';
  if (kind === ladder.onSettlement?.kind) return isPromise(parts, kind, 2) ? undefined : 'no promise of its kind';
  if (kind === ladder.onPayment?.kind) return isPromise(parts, kind, 3) ? undefined : 'no promise of its kind';
  // About the person: no ladder plans it. Who was to be told of a change is on record for the rule of volumes.
  if (noticeKind(kind).claim === 'borrower') return isPromise(parts, kind, 3) ? undefined : 'no promise of its kind';
  if (daysPastDue === undefined) return 'speaks of an obligation that is not in the books';
  if (kind === ladder.onBill?.kind) {
    if (!isPromise(parts, kind, 2)) return 'no promise of its kind';
    return daysPastDue > 0 ? 'announces a bill that is past due' : undefined;
  }
  const before = ladder.beforeDue.find((rung) => rung.kind === kind && rung.daysBefore === rungDay);
  if (before) {
    if (!isPromise(parts, kind, 3)) return 'no promise of its kind';
    return -daysPastDue <= rungDay && daysPastDue <= 0 ? undefined : `${daysPastDue} days past due, for ${-rungDay}`;
  }
  const after = ladder.afterDue.find((rung) => rung.kind === kind && rung.daysPastDue === rungDay);
  if (!after || !isPromise(parts, 'overdue', 3)) return 'no rung of the ladder';
  return daysPastDue >= rungDay ? undefined : `${daysPastDue} days past due, for ${rungDay}`;
}

function isPromise(parts: readonly string[], first: string, length: number): boolean {
  return parts.length === length && parts[0] === first;
}

function daysPastDueOf({ figures }: GuardMessage, asOfMs: number, policy: GuardPolicy): number | undefined {
  return figures.dueDate === undefined ? undefined : daysBetween(figures.dueDate, dateAt(asOfMs, policy.zone));
}

function expectedText({ body, signature }: TemplateEvidence, { figures, code }: GuardMessage): string | undefined {
  try {
    return render(body, signature, figures, { code });
  } catch {
    return undefined;
  }
}

/** The first variable whose value alone is wrong; undefined when the fixed parts differ. */
function differingVariable(template: TemplateEvidence, message: GuardMessage): string | undefined {
  const names: string[] = [];
  const pattern = template.body.split(/(\{[^{}]*\})/).map((part) => {
    const name = /^\{(.*)\}$/.exec(part)?.[1];
    if (name === undefined) return escaped(part);
    names.push(name);
    return `(${FORMS[name] ?? '(?!)'})`;
  });
  const match = new RegExp(`^${escaped(`【${template.signature}】`)}${pattern.join('')}$`, 'u').exec(message.text);
  if (!match) return undefined;
  return names.find((name, index) => match[index + 1] !== valueNow(name, message)) ?? names[0];
}

function valueNow(name: string, { figures, code }: GuardMessage): string | undefined {
  try {
    return render(`{${name}}`, '', figures, { code }).slice('【】'.length);
  } catch {
    return undefined;
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
