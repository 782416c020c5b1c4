/** What arrives at a step of an account, and what is known of it: from the table of messages, and what comes by itself. */
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { UndatedFact } from '../../domain/credit/factKinds';
import type { IsoDate } from '../../domain/values/calendar';
import { factKeys } from '../names';
import type { Field as MessageSchema } from '../schema';
import { sentenceOf } from '../schemaJudge';
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
type FactArrivalKind =
  | { [Kind in MessageKind]: Messages[Kind] extends { becomes: object } ? Kind : never }[MessageKind]
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

/** A message that becomes a fact. */
type MessageOfFact = Extract<Arrival, { kind: Exclude<FactArrivalKind, 'opening' | 'write-off'> }>;

/** What becomes a fact. */
export type FactArrival = Extract<Arrival, { kind: FactArrivalKind }>;

/** What is common to the rows, for a kind that is not known yet. */
interface MessageRow {
  form: 'signal' | 'update';
  definition: { name: string };
  field: string;
  description: string;
  words(id: ReadId): string;
  schema: MessageSchema;
  keyOf?(message: object): string;
  becomes?: { date: string; isDecision?: true; fact(message: object): UndatedFact };
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
  return { kind, key: row.keyOf(messageOf(arrival, row)) };
}

/** Whether it is a message that becomes a fact. */
export function becomesFact(arrival: Arrival): boolean {
  return rowOfArrival(arrival)?.becomes !== undefined;
}

/** What a message says of the fact that it becomes. */
export interface ToldOfFact {
  content: UndatedFact;
  /** The field of the date, and the date. */
  dateField: string;
  date: IsoDate;
  undated?: true | undefined;
  isDecision: boolean;
  /** A name beside the principal. */
  decidedBy?: string | undefined;
}

/** Of a message that is an object, judged or not. */
export function toldOfFact(arrival: MessageOfFact): ToldOfFact {
  const row = rowOfArrival(arrival);
  if (!row?.becomes) throw new TypeError(`an arrival of kind ${arrival.kind} becomes no fact`);
  const message = messageOf(arrival, row) as Record<string, never>;
  const { date: dateField, isDecision = false, fact } = row.becomes;
  const { undated, decidedBy } = message as { undated?: true; decidedBy?: unknown };
  return {
    content: fact(message),
    dateField,
    date: message[dateField] as unknown as IsoDate,
    undated,
    isDecision,
    decidedBy: typeof decidedBy === 'string' ? decidedBy : undefined,
  };
}

/**
 * How a message breaks its contract, in one sentence. That is judged here of signals alone, which have no other door: an
 * update was judged by its validator. What was told before something was asked must be taken for ever.
 */
export function faultOfSignal(arrival: Arrival): string | undefined {
  const row = rowOfArrival(arrival);
  return row?.form === 'signal' ? sentenceOf(row.schema, messageOf(arrival, row), 'before') : undefined;
}

function messageOf(arrival: Arrival, { field }: MessageRow): object {
  return (arrival as unknown as Record<string, object>)[field] as object;
}
