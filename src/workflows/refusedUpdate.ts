/** How an update is refused: by a type of our own, which the API tells from all trouble. */
import { ApplicationFailure, currentUpdateInfo } from '@temporalio/workflow';
import { requestKey } from '../contracts/fields';
import { isOurKey, OUR_UPDATES, UPDATE_REFUSED } from '../contracts/names';
import { type Field, ruleOf } from '../contracts/schema';
import { refusalsOf } from '../contracts/schemaJudge';
import type { Acted } from '../domain/values/principals';

/** A list can be long, and a failure is kept. */
const MOST_DETAILS = 100;

/** Not the message, but when or how it comes. */
const UNTIMELY: readonly object[] = [];

/**
 * For validators, and for a handler whose message waited and came to nothing: callers are told that nothing was done of
 * it. The details are the faults as a problem document has them, each with field, fault and fix.
 */
export function refusedUpdate(sentence: string, errors = UNTIMELY): ApplicationFailure {
  return ApplicationFailure.nonRetryable(sentence, UPDATE_REFUSED, errors);
}

/**
 * An update that breaks the contract, or whose time it is not, is rejected before it is in the history. Whoever speaks
 * Temporal can send anything: none, a number, null.
 */
export function validatedBy<Message>(
  schema: Field | ((message: Message) => Field),
  untimely: (message: Message) => string | undefined = () => undefined,
): (message: Message) => void {
  return (message) => {
    const errors = refusalsOf(typeof schema === 'function' ? schema(message) : schema, message);
    const [first] = errors;
    const details = errors.slice(0, MOST_DETAILS).map(({ field, fault, fix }) => ({ field, fault, fix }));
    if (first) throw refusedUpdate(first.sentence, details);
    const fault = misnamed(message as Acted) ?? untimely(message);
    if (fault) throw refusedUpdate(fault);
  };
}

/** The API gives such names to requests that it judges anew, and signs them: another one would be their answer. */
function misnamed({ actor }: Acted): string | undefined {
  const id = currentUpdateInfo()?.id ?? '';
  if (actor !== undefined || !id.startsWith(OUR_UPDATES) || !isOurKey(id.slice(OUR_UPDATES.length))) return undefined;
  return `the update id ${ruleOf(requestKey).words.must}`;
}
