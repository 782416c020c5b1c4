/** What starts the runs that nobody but this system starts: accounts, lanes, housekeeping. */
import { DAY_MS, MINUTE_MS } from '../domain/values/timeUnits';
import type { AccountInput } from './credit/account';
import type { DebitLaneInput } from './debits/debitLane';
import { businessClock, date, id } from './fields';
import type { EndOfDayInput } from './ledger/endOfDay';
import type { NoticeLaneInput } from './messaging/noticeLane';
import type { HousekeepingInput } from './operations/housekeeping';
import { type Field, type FieldsOf, object, opaque, optional, whole, wordsFor } from './schema';

/** A lane that looks more often is rung anyway; less than a minute would be a poll. */
const MIN_LOOK_MS = MINUTE_MS;

/** Each goes on in another run with the input that it had, so what it does not know is passed over. */
const PASSED_OVER = { unknown: 'passed over' } as const;

export const accountInput = object(
  {
    tenantId: id,
    accountId: id,
    clock: businessClock,
    resumed: optional(opaque<NonNullable<AccountInput['resumed']>>()),
  } satisfies FieldsOf<AccountInput>,
  PASSED_OVER,
);

const lane = {
  tenantId: id,
  lane: whole(0, Number.MAX_SAFE_INTEGER, wordsFor('a whole number from 0, such as 3')),
  lookEveryMs: whole(
    MIN_LOOK_MS,
    Number.MAX_SAFE_INTEGER,
    wordsFor(`a whole number of at least ${MIN_LOOK_MS}, such as ${DAY_MS} for a day`),
  ),
  clock: businessClock,
  totals: optional(opaque<never>()),
};

export const noticeLaneInput = object(lane satisfies FieldsOf<NoticeLaneInput>, PASSED_OVER);
export const debitLaneInput = object(lane satisfies FieldsOf<DebitLaneInput>, PASSED_OVER);
export const housekeepingInput: Field = object({ tenantId: id } satisfies FieldsOf<HousekeepingInput>, PASSED_OVER);
export const endOfDayInput: Field = object(
  {
    tenantId: id,
    clock: businessClock,
    fromDate: optional(date),
    waited: optional(opaque<never>()),
  } satisfies FieldsOf<EndOfDayInput>,
  PASSED_OVER,
);
