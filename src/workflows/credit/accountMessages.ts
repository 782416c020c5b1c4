/** What can be told to an account and goes to its books by the next step: each message becomes an arrival. */
import type { UpdateDefinition } from '@temporalio/common';
import { setHandler } from '@temporalio/workflow';
import { lookAgain, takeAgain } from '../../contracts/credit/account';
import { accountMessages, type MessageAnswer } from '../../contracts/credit/accountMessages';
import { type Arrival, keyOfAsked } from '../../contracts/credit/arrivals';
import { validatedBy } from '../refusedUpdate';
import type { Inbox } from './inbox';

/** Signals are taken as they come, and judged by the step; updates wait for its answer. */
export function registerAccountHandlers(inbox: Inbox): void {
  for (const [kind, row] of Object.entries(accountMessages)) {
    if (row.form !== 'signal') continue;
    const { definition, field, description } = row;
    setHandler(definition, (message: unknown) => inbox.put(arrivalOf(kind, field, message)), { description });
  }
  setHandler(takeAgain, (ref) => inbox.put({ kind: 'set-aside', asideId: ref?.asideId }), {
    description: 'What was set aside is taken again, as two people decided',
  });
  setHandler(lookAgain, () => inbox.put({ kind: 'look' }), {
    description: 'Take a step now: the rules by which deadlines are found have changed',
  });
  for (const [kind, row] of Object.entries(accountMessages)) {
    if (row.form !== 'update') continue;
    const { definition, field, description } = row;
    const ask = (message: unknown) => {
      const arrival = arrivalOf(kind, field, message);
      return inbox.ask(keyOfAsked(arrival)?.key ?? kind, arrival);
    };
    setHandler(definition as UpdateDefinition<MessageAnswer, [unknown]>, ask, {
      validator: validatedBy(row.schema),
      description,
    });
  }
}

/** As the table says it. */
function arrivalOf(kind: string, field: string, message: unknown): Arrival {
  return { kind, [field]: message } as unknown as Arrival;
}
