/**
 * The answer of an HTTP rail, checked: an outcome, or one sentence that names the field, the fault and the fix. What
 * the rail sent is never repeated. Called only with a body whose signature was verified.
 */

import { DEBIT_REFUSAL_CLASSES } from '../../domain/debits/debitStatuses';
import { isAmountFen } from '../../domain/values/acceptedValues';
import { isIsoDate } from '../../domain/values/calendar';
import { isRailId } from './debitRequest';
import type { DebitInquiryOutcome } from './port';

/** Thrown for a signed answer that does not speak the wire format: the rail is to be mended, the debit is in doubt. */
export class RailAnswerError extends Error {
  override readonly name = 'RailAnswerError';
}

type Fields = Readonly<Record<string, unknown>>;

const STATUSES = ['settled', 'refused', 'pending', 'not-found'] as const;
/** Codes are kept and shown: no room in them for a sentence with a name in it. */
const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/** Reads the outcome of our reference; fields that are not known are passed over. Throws {@link RailAnswerError}. */
export function readAnswer(body: Buffer, reference: string): DebitInquiryOutcome {
  const fields = fieldsOf(body);
  if (fields.reference !== reference) throw fault('reference', 'must be that of the request');
  switch (oneOf('status', fields.status, STATUSES)) {
    case 'settled':
      return { status: 'settled', railId: railIdOf(fields), amountFen: amountOf(fields), settledOn: dateOf(fields) };
    case 'refused':
      return {
        status: 'refused',
        refusalClass: oneOf('class', fields.class, DEBIT_REFUSAL_CLASSES),
        code: codeOf(fields),
      };
    case 'pending':
      return { status: 'pending', railId: railIdOf(fields) };
    case 'not-found':
      return { status: 'not-found' };
  }
}

function fieldsOf(body: Buffer): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw fault('body', 'must be one JSON object in UTF-8');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw fault('body', 'must be one JSON object in UTF-8');
  }
  return parsed as Fields;
}

function railIdOf({ railId }: Fields): string {
  if (isRailId(railId)) return railId;
  throw fault('railId', 'must be 1 to 100 letters, digits or ._:-');
}

function amountOf({ amountFen }: Fields): number {
  if (isAmountFen(amountFen)) return amountFen;
  throw fault('amountFen', 'must be a whole number of fen above 0, such as 12345 for 123.45 CNY');
}

function dateOf({ settledOn }: Fields): string {
  if (typeof settledOn === 'string' && isIsoDate(settledOn)) return settledOn;
  throw fault('settledOn', 'must be a date such as "2026-07-10"');
}

function codeOf({ code }: Fields): string {
  if (typeof code === 'string' && CODE.test(code)) return code;
  throw fault('code', 'must be 1 to 40 letters, digits or ._-');
}

function oneOf<Choice extends string>(field: string, value: unknown, choices: readonly Choice[]): Choice {
  const known = choices.find((choice) => choice === value);
  if (known === undefined) throw fault(field, `must be one of ${choices.join(', ')}`);
  return known;
}

function fault(field: string, fix: string): RailAnswerError {
  return new RailAnswerError(`the rail's answer is not usable: ${field} ${fix}`);
}
