/** What arrives at a step of an account, and what is known of it: from the table of messages, and what comes by itself. */
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { factKeys } from '../names';
import { decideWriteOff } from './account';
import { accountMessages, type MessageAnswer, type ReadId } from './accountMessages';

type Messages = typeof accountMessages;
type MessageKind = keyof Messages;

type MessageOf<Row> = Row extends { definition: SignalDefinition<[infer Message]> }
  ? Message
  : Row extends { definition: UpdateDefinition<MessageAnswer, [infer Message]> }
    ? Message
    : never;

type Arrived<Kind extends MessageKind> = {
  [Name in 'kind' | Messages[Kind]['field']]: Name extends 'kind' ? Kind : MessageOf<Messages[Kind]>;
};

/** What becomes a fact of the fold by itself, or was one in histories of before. */
export type FactArrivalKind =
  | { [Kind in MessageKind]: Messages[Kind]['isFact'] extends true ? Kind : never }[MessageKind]
  | 'opening'
  | 'write-off';

/** What arrived at an account since its last step. */
export type Arrival =
  | { [Kind in MessageKind]: Arrived<Kind> }[MessageKind]
  /** The first step: the loan is paid out, or the account's limit is opened. */
  | { kind: 'opening' }
  /** A word for or against writing off, with the id of its update: handled by the review that it is for. */
  | { kind: 'write-off-word'; word: MessageOf<{ definition: typeof decideWriteOff }>; key: string }
  /**
   * In histories from before words were counted in the books: two names, which count for nothing any more. `reasons`:
   * of the two, in their order; absent in histories from before they were asked for.
   */
  | { kind: 'write-off'; decidedBy: [string, string]; reasons?: [string, string] | undefined }
  /** What was set aside is taken again, as two people decided: docs/operations.md. */
  | { kind: 'set-aside'; asideId: number }
  /** Nothing has arrived: the account is looked at by the rules of now. */
  | { kind: 'look' };

/** What is common to the rows, for a kind that is not known yet. */
interface MessageRow {
  form: 'signal' | 'update';
  definition: { name: string };
  field: string;
  description: string;
  words(id: ReadId): string;
  keyOf?(message: object): string;
}

const ROWS: Partial<Record<Arrival['kind'], MessageRow>> = accountMessages;

/** Of a message that was sent; undefined of what comes by itself, and of the word that a review handles. */
function rowOfArrival({ kind }: Arrival): MessageRow | undefined {
  return ROWS[kind];
}

/** Where the message of an arrival is, and by which name it was sent; undefined where nobody sent one. */
export function sentAs(arrival: Arrival): { field: string; name: string } | undefined {
  if (arrival.kind === 'write-off-word') return { field: 'word', name: decideWriteOff.name };
  const row = rowOfArrival(arrival);
  return row && { field: row.field, name: row.definition.name };
}

/** Of what asks: the key that its answer has had since before answers belonged to arrivals. */
export function keyOfAsked(arrival: Arrival): { kind: Arrival['kind']; key: string } | undefined {
  const { kind } = arrival;
  if (kind === 'write-off-word') return { kind, key: factKeys.writeOffWord(arrival.key) };
  const row = rowOfArrival(arrival);
  if (!row?.keyOf) return undefined;
  return { kind, key: row.keyOf((arrival as unknown as Record<string, object>)[row.field] as object) };
}
