/** The fields that messages are made of, whichever way they come; what each takes is said in `domain/acceptedValues.ts`. */

import { PRODUCTS } from '../domain/policy/lendingPolicy';
import {
  isAcceptedDate,
  isAcceptedInstant,
  isAcceptedInstantMs,
  isPlainCharacters,
  MAX_AMOUNT_FEN,
} from '../domain/values/acceptedValues';
import { isIsoDate } from '../domain/values/calendar';
import { countCharacters } from '../domain/values/characters';
import type { BusinessClock } from '../domain/values/clock';
import { isPersonalNumber } from '../domain/values/personalNumbers';
import type { Actor } from '../domain/values/principals';
import { isOurKey } from './names';
import {
  also,
  choice,
  described,
  type Field,
  isTrue,
  matching,
  NOT_ACCEPTED,
  newly,
  object,
  opaque,
  optional,
  text,
  type Words,
  WRONG_FORM,
  whole,
  wordsFor,
} from './schema';

/** Ids become keys and workflow ids: letters, digits and `._:-`, at most 100 characters. */
export const id = matching(
  /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/,
  wordsFor('1 to 100 letters, digits or ._:- such as "order-2031"'),
);

/** An id that a caller gives where we give ids as well: in the form that is ours two things would share one key. */
export function callersId(beginning: string): Field<string, false> {
  const words: Words = {
    must: `must not begin with ${beginning}, which is reserved`,
    fix: `send an id that does not begin with ${beginning}`,
  };
  return also(id, {
    holds: (value) => !value.startsWith(beginning),
    fault: `begins with ${beginning}, which is reserved`,
    words,
  });
}

/** What a caller names a request: never in the form that the API gives one that it judges anew. */
export const requestKey = also(id, {
  holds: (value) => !isOurKey(value),
  fault: 'begins with again- and a number, which is reserved',
  words: {
    must: 'must not begin with again- and a number, which is reserved',
    fix: 'send an id that does not begin with again- and a number',
  },
});

/** An id of a person, staff or borrower: never what identifies the person elsewhere as well. */
export const personId = also(id, {
  holds: (value) => !isPersonalNumber(value),
  fault: 'is a phone number or an identity number, which is personal data',
  words: wordsFor('an id that you give, such as "staff-31": a phone or identity number is personal data'),
});

export const amountFen = whole(
  1,
  MAX_AMOUNT_FEN,
  wordsFor('a whole number of fen above 0, such as 12345 for 123.45 CNY'),
);

/** Known sums that may be nothing, such as the debt service of a borrower without debts. */
export const knownFen = whole(0, MAX_AMOUNT_FEN);

export const date = text(
  wordsFor('a date such as "2026-07-10"'),
  [
    { holds: isIsoDate, fault: NOT_ACCEPTED },
    {
      holds: isAcceptedDate,
      fault: NOT_ACCEPTED,
      words: wordsFor('a date from 1900-01-01 to 2199-12-31'),
    },
  ],
  { format: 'date' },
);

/** A moment, from 1900 to 2199. */
export const instant = text(
  wordsFor('an instant with its offset, such as "2026-08-01T10:20:00+08:00"'),
  [{ holds: isAcceptedInstant, fault: WRONG_FORM }],
  { format: 'date-time' },
);

/** A daily rate: below one, because one would double the debt in a day. */
export const dailyRate = matching(
  /^0(\.\d{1,14})?$/,
  wordsFor('a daily rate below 1 with at most 14 decimals, as text such as "0.0004"'),
);

/** A decimal from 0 to 1. */
export const ratio = matching(
  /^(0(\.\d{1,14})?|1(\.0{1,14})?)$/,
  wordsFor('a decimal from 0 to 1 as text, such as "0.985"'),
);

export const product = choice(PRODUCTS);

/** In characters. What is said here is read by people: what is longer belongs in a document that it names. */
const MAX_TEXT = 2000;

/** What people write, counted as people count. */
function prose(max: number, words: Words): Field<string, false> {
  return text(
    words,
    [
      { holds: (value) => value.trim() !== '' && countCharacters(value) <= max, fault: 'is empty, or too long' },
      {
        holds: isPlainCharacters,
        fault: 'has a control character, or half of a character that takes two',
        words: {
          must: 'must have no control characters but ends of lines, and no half of a character that takes two',
          fix: 'leave out control characters but ends of lines, and halves of characters',
        },
      },
    ],
    { minLength: 1, maxLength: max },
  );
}

export const reason = described(
  prose(MAX_TEXT, wordsFor(`a text of 1 to ${MAX_TEXT} characters, without personal data`)),
  'Without personal data.',
);

/** What messages of the contracts have beside what is told: who sends them, and whether the date is ours. */
export const acted = { actor: optional(opaque<Actor>()) };
export const undated = { undated: optional(isTrue()) };

const CLOCK_WHAT = 'the deployment\'s business clock, such as {"realEpochMs":0,"businessEpochMs":0,"speed":1}';

const anyClock = opaque<BusinessClock>(wordsFor(CLOCK_WHAT), [{ holds: isClock, fault: 'is no business clock' }]);

/** The deployment's business clock. Of instants that no deployment shows, workflows of before went on. */
export const businessClock = newly(
  opaque<BusinessClock>(wordsFor(CLOCK_WHAT), [
    { holds: isClock, fault: 'is no business clock' },
    {
      holds: hasAcceptedInstants,
      fault: 'shows an instant out of bounds',
      words: {
        must: 'must have epochs from 1900 to 2199, in milliseconds since 1970',
        fix: 'send epochs from 1900 to 2199, in milliseconds since 1970',
      },
    },
  ]),
  anyClock,
);

/** What the signal `clockMoved` brings. */
export const movedClock = object({ clock: businessClock });

function isClock(value: unknown): value is BusinessClock {
  const clock: Partial<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  const isWhole = Number.isSafeInteger(clock.realEpochMs) && Number.isSafeInteger(clock.businessEpochMs);
  return isWhole && typeof clock.speed === 'number' && clock.speed >= 1;
}

function hasAcceptedInstants(value: unknown): boolean {
  const { realEpochMs, businessEpochMs } = value as BusinessClock;
  return isAcceptedInstantMs(realEpochMs) && isAcceptedInstantMs(businessEpochMs);
}
