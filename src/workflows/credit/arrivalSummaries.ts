/** What a step is about, as the history of the Temporal Web UI shows it: what arrived, in the words of the credit. */

import type { IncidentMessage, TemplateStep } from '../../contracts/activities';
import { accountMessages } from '../../contracts/credit/accountMessages';
import type { Arrival } from '../../contracts/credit/arrivals';

const MOST_NAMED = 2;

/** `payment p-7, refund r-1`; many are counted. Undefined when nothing arrived: then it is the deadline's. */
export function arrivalWords(arrivals: readonly Arrival[]): string | undefined {
  if (arrivals.length === 0) return undefined;
  if (arrivals.length <= MOST_NAMED) return arrivals.map(wordsOf).join(', ');
  const counts = new Map<string, number>();
  for (const { kind } of arrivals) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} x ${kind}`).join(', ');
}

/** Of a signal nothing is judged before the step: what should be an id may be anything. */
function idOf(message: object | null | undefined, name: string): string {
  const id: unknown = (message as Record<string, unknown> | null | undefined)?.[name];
  return typeof id === 'string' ? id : 'without an id';
}

function wordsOf(arrival: Arrival): string {
  switch (arrival.kind) {
    case 'opening':
      return 'opening';
    case 'write-off-word':
      return `${idOf(arrival.word, 'decidedBy')}: ${idOf(arrival.word, 'decision')}`;
    case 'write-off':
      return `write-off by ${arrival.decidedBy.join(' and ')}`;
    case 'set-aside':
      return `what was set aside, ${String(arrival.asideId)}`;
    case 'look':
      return 'a look by the rules of now';
    default: {
      const { field, words } = accountMessages[arrival.kind];
      return words((name) => idOf((arrival as unknown as Record<string, object>)[field], name));
    }
  }
}

/** Undefined: a deadline has come. */
export function incidentWords(message: IncidentMessage | undefined): string | undefined {
  switch (message?.kind) {
    case undefined:
      return undefined;
    case 'start':
      return 'opening';
    case 'acknowledgement':
      return `acknowledged by ${message.acknowledgement.by}`;
    case 'measures-change':
      return `more is stopped, by ${message.change.by}`;
    case 'resume-approval':
      return `${message.approval.by} approves that it goes on`;
    case 'appeal':
      return `appeal ${message.appeal.appealId}`;
    case 'appeal-answer':
      return `appeal ${message.answer.appealId} answered by ${message.answer.by}`;
    case 'note':
      return `note of ${message.note.by}`;
    case 'review':
      return `review by ${message.review.by}`;
  }
}

export function templateWords(step: TemplateStep): string {
  switch (step.kind) {
    case 'begin':
      return 'checks of the draft';
    case 'decision':
      return `${step.decision.decidedBy}: ${step.decision.decision}`;
    case 'retirement':
      return `retired by ${step.retirement.decidedBy}`;
    case 'registered':
      return 'what providers answered';
    case 'look':
      return 'look at what has changed';
  }
}
