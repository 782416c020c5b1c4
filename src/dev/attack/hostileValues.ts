/** Values that an adversary puts where a body has a text, a number, or anything. */
import { MAX_AMOUNT_FEN } from '../../domain/values/acceptedValues';
import { inventedResidentId } from '../../domain/values/residentId';

/** Texts that no schema should let reach a statement, or that only look harmless. */
export const HOSTILE_TEXTS: readonly string[] = [
  // First those that have stopped an account for good.
  'a\u0000b',
  '\u0000',
  'x\ud800',
  '\udc00y',
  '0000-01-01',
  '0000-01-01T00:00:00Z',
  '0001-01-01',
  '1899-12-31',
  '2200-01-01',
  '9999-12-31',
  '-000001-01-01',
  '2026-02-30',
  '2026-13-01',
  '9999-12-31T23:59:59+14:00',
  '0001-01-01T00:00:00+14:00',
  '2026-07-10T24:00:00Z',
  '1969-12-31T23:59:59Z',
  '',
  ' ',
  '\n',
  '\r\nX-Forwarded-For: 10.0.0.1',
  '\u001b[2J',
  '\u0085',
  '\u2028',
  '\u202e',
  '\ufeff',
  '\ufffe',
  'a'.repeat(100),
  'a'.repeat(101),
  '漢'.repeat(500),
  '𠮷'.repeat(500),
  'a'.repeat(5000),
  'debit:v-2-1.instalment-2.1',
  'debit/1',
  'payment/1',
  'disbursement',
  'temporal:unverified',
  '19900000001',
  inventedResidentId(8),
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '../../etc',
  '..%2f..',
  '%00',
  "'; select 1; --",
  '{{7*7}}',
  '1e21',
  'NaN',
  'null',
  'undefined',
  '\\u0000',
];

export const HOSTILE_NUMBERS: readonly number[] = [
  0,
  -0,
  -1,
  1.5,
  1e-7,
  1e21,
  1e308,
  2 ** 31,
  2 ** 53 - 1,
  MAX_AMOUNT_FEN,
  MAX_AMOUNT_FEN + 1,
  -(2 ** 63),
];

function deep(levels: number): unknown {
  let value: unknown = 'end';
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

export const HOSTILE_OTHERS: readonly unknown[] = [
  null,
  true,
  [],
  {},
  [[[]]],
  { toString: 'x', constructor: {} },
  deep(60),
];

/** How many of the hostile texts are always tried, however short the attack. */
export const CRITICAL_TEXTS = 6;
