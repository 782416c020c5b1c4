/**
 * Delivery receipts: SMPP 3.4, 5.3.2 (parameters) and appendix B (text). The parameters come first and the text second,
 * because carriers leave out either. A final state is told only by a word or state of the tables below; where both are
 * there and disagree, nobody knows.
 */
import { createHash } from 'node:crypto';
import type { ProviderReceipt } from '../../port';
import { decodeText, UCS2 } from './encoding';
import type { Delivery } from './frames';
import { type IdForm, idOfReceipt } from './messageIds';

type Status = ProviderReceipt['status'];

export interface ReceiptOptions {
  idForm: IdForm;
  /** Words of the carrier's own that mean "will not be delivered", such as `MBBLACK`; compared in upper case. */
  undeliveredWords: readonly string[];
}

const RECEIPTED_MESSAGE_ID = 0x001e;
const MESSAGE_STATE = 0x0427;

/** SMPP 3.4, 5.2.28. `ACCEPTED` and `UNKNOWN` say nothing of the phone. */
const STATES: Readonly<Record<number, readonly [word: string, status: Status]>> = {
  0: ['SCHEDULED', 'pending'],
  1: ['ENROUTE', 'pending'],
  2: ['DELIVRD', 'delivered'],
  3: ['EXPIRED', 'undelivered'],
  4: ['DELETED', 'undelivered'],
  5: ['UNDELIV', 'undelivered'],
  6: ['ACCEPTD', 'pending'],
  7: ['UNKNOWN', 'pending'],
  8: ['REJECTD', 'undelivered'],
};

/** Appendix B, its states written out, and `NOROUTE` (facts 3.5). */
const WORDS: ReadonlyMap<string, Status> = new Map<string, Status>([
  ...Object.values(STATES),
  ...(['DELIVERED'] as const).map((word) => [word, 'delivered'] as const),
  ...(['UNDELIVERABLE', 'UNDELIVERED', 'REJECTED', 'NOROUTE'] as const).map((word) => [word, 'undelivered'] as const),
]);

/** The state of a query_sm_resp, as a receipt would tell it. */
export function statusOfState(state: number): Status {
  return STATES[state]?.[1] ?? 'pending';
}

/** Bits 2 to 5 of esm_class (SMPP 3.4, 5.2.12). */
const MESSAGE_TYPE = 0x3c;
const RECEIPT_TYPE = 0x04;
const INTERMEDIATE_TYPE = 0x20;

/**
 * Whether a delivery tells of a message of ours. By what the SMSC says alone and never by its text: anybody with a
 * phone can write `id:… stat:DELIVRD`.
 */
export function isReceipt({ esmClass, tlvs, cutTag }: Delivery): boolean {
  const type = esmClass & MESSAGE_TYPE;
  const isNamed = tlvs.has(RECEIPTED_MESSAGE_ID) || cutTag === RECEIPTED_MESSAGE_ID;
  return type === RECEIPT_TYPE || type === INTERMEDIATE_TYPE || isNamed;
}

/** Undefined when no message is named. Never throws, and never tells a final state that was not told. */
export function parseReceipt(delivery: Delivery, options: ReceiptOptions): ProviderReceipt | undefined {
  const { tlvs, message, dataCoding, esmClass } = delivery;
  const fields = readFields(message, dataCoding, options);
  const [byParameter, byText] = [cString(tlvs.get(RECEIPTED_MESSAGE_ID)), fields.id].map((named) =>
    named === undefined ? undefined : idOfReceipt(named, options.idForm),
  );
  const providerMessageId = byParameter ?? byText;
  if (providerMessageId === undefined) return undefined;
  const state = tlvs.get(MESSAGE_STATE);
  // One byte by the standard; some write a longer number.
  const isNumber = state !== undefined && state.length >= 1 && state.length <= 4;
  const reported = judge(isNumber ? state.readUIntBE(0, state.length) : undefined, fields.stat, options);
  // An intermediate notification is about a try, not about the end.
  const status = (esmClass & MESSAGE_TYPE) === INTERMEDIATE_TYPE ? 'pending' : reported.status;
  const code = /^0*$/.test(fields.err ?? '') ? reported.code : `${reported.code}/${fields.err}`;
  return { providerMessageId, receiptKey: keyOf([providerMessageId, code, fields.done ?? '']), status, code };
}

function judge(
  state: number | undefined,
  word: string | undefined,
  { undeliveredWords }: ReceiptOptions,
): { status: Status; code: string } {
  const byState = state === undefined ? undefined : STATES[state];
  const byWord = word === undefined ? undefined : (WORDS.get(word) ?? ownWord(word, undeliveredWords));
  if (byState !== undefined && byWord !== undefined && byState[1] !== byWord)
    return { status: 'pending', code: `${byState[0]}-OR-${word}` };
  if (byState !== undefined) return { status: byState[1], code: word ?? byState[0] };
  return { status: byWord ?? 'pending', code: word ?? 'NO-STATE' };
}

function ownWord(word: string, undeliveredWords: readonly string[]): Status | undefined {
  return undeliveredWords.includes(word) ? 'undelivered' : undefined;
}

interface Fields {
  id?: string | undefined;
  /** Upper case. */
  stat?: string | undefined;
  err?: string | undefined;
  done?: string | undefined;
}

/**
 * In the coding that it names, unless no field is there then: SMSCs copy the coding of the message that a receipt is
 * about, and write its own text in ASCII; or leave it 0, and write UCS-2.
 */
function readFields(message: Buffer, dataCoding: number, options: ReceiptOptions): Fields {
  const read = (coding: number) => parseFields(decodeText(message, coding), options);
  const isTold = ({ id, stat }: Fields) => id !== undefined || stat !== undefined;
  const asTold = read(dataCoding);
  return isTold(asTold) ? asTold : ([read(0), read(UCS2)].find(isTold) ?? asTold);
}

/**
 * `id:IIII sub:001 dlvrd:001 submit date:… done date:… stat:DELIVRD err:000 text:…`, in any order and case, divided by
 * blanks, commas or semicolons. What follows `text:` is the message itself and tells nothing. Some carriers leave out
 * the name of the state, and nothing else: a word that is known, between the done date and the error, is the state.
 */
function parseFields(text: string, { undeliveredWords }: ReceiptOptions): Fields {
  const reported = text.slice(0, MOST_TEXT).split(/(?:^|[\s,;])text\s*[:=]/i, 1)[0] ?? '';
  const field = (name: string, value: string) =>
    new RegExp(`(?:^|[\\s,;])${name}\\s{0,3}[:=]\\s{0,3}(?!${NEXT_FIELD})(${value})(?=$|[\\s,;\\0])`, 'i').exec(
      reported,
    )?.[1];
  // A word that is not known may be whatever the carrier likes to put there.
  const nameless = NAMELESS_STATE.exec(reported)?.[1]?.toUpperCase();
  const isKnown = nameless !== undefined && (WORDS.has(nameless) || undeliveredWords.includes(nameless));
  // Not so many digits that it could be a phone number.
  const stat = field('(?:stat|status|state)', '(?!\\S*\\d{7})[a-z0-9:_-]{1,20}')?.toUpperCase();
  return {
    id: field('id', '[\\x21-\\x2b\\x2d-\\x3a\\x3c-\\x7e]{1,64}'),
    stat: stat ?? (isKnown ? nameless : undefined),
    err: field('err(?:or)?', '(?!\\S*\\d{7})[a-z0-9:_-]{1,12}'),
    done: field('done[ _]?date', '\\d{6,14}'),
  };
}

/** What follows a field that is empty: its name and what it says are no value of the one before. */
const NEXT_FIELD = '(?:id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat|status|state|err|error|text)\\s{0,3}[:=]';
const NAMELESS_STATE =
  /(?:^|[\s,;])done[ _]?date\s{0,3}[:=]\s{0,3}[\d:./ -]{0,30}[\s,;]\s{0,3}(?:stat(?:us|e)?\s{1,3})?[:=]?([a-z]{1,20})[\s,;]{1,3}err(?:or)?\s{0,3}[:=]/i;

/** A receipt's text has about 130 characters; a message_payload may have 65,535. */
const MOST_TEXT = 600;

function cString(value: Buffer | undefined): string | undefined {
  return value?.toString('latin1').split('\0', 1)[0];
}

/** A doubled receipt has the same name, another state another. */
function keyOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
