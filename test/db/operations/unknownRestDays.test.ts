/** That the calendar of rest days ends before the accounts do: told once, and at every start. Dates and table are fixed. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { lastKnownOf, REST_DAYS_KNOWN_UNTIL } from '../../../src/adapters/calendars/restDays';
import { listWarnings } from '../../../src/db/risk/warnings';
import { addMonthsClamped } from '../../../src/domain/values/calendar';
import { tellUnknownRestDays } from '../../../src/platform/wiring/unknownRestDays';
import { CASH_LOAN, openOnTerms, purchase, REVOLVING, stepsOn } from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
/** Ends while the loans of these tests go on. */
const TABLE = { holidays: { '2025-10-01': 'National Day', '2026-01-01': 'New Year' } };
const knownUntil = lastKnownOf(TABLE);

describe('at a start', () => {
  const told = (until = knownUntil) => tellUnknownRestDays(database.pool, { tenantId: TENANT, knownUntil: until });
  beforeAll(async () => {
    await openOnTerms(database.pool, 'long', CASH_LOAN);
    await openOnTerms(database.pool, 'alike', CASH_LOAN);
    await openOnTerms(database.pool, 'moved', {
      ...CASH_LOAN,
      product: 'cash-loan',
      months: 1,
      dueDates: ['2026-11-09'],
    } as typeof CASH_LOAN);
    await openOnTerms(database.pool, 'card', REVOLVING);
  });

  it('nothing is told of another tenant, nor while every account is due within what is known', async () => {
    expect(await tellUnknownRestDays(database.pool, { tenantId: 'nobody', knownUntil })).toBeUndefined();
    expect(await told('2026-11-09')).toBeUndefined();
    expect(await told('2026-11-08')).toContain('1 open account is due after it, up to 2026-11-09:');
  });

  it('open accounts that are due later are counted, those with a bill too, and closed ones are not', async () => {
    expect(await told()).toBe(
      'rest days are known until 2025-12-31, and 3 open accounts are due after it, up to 2026-11-09: ' +
        'once the next year is announced, install a version that has it',
    );
    const counted = async () => /and (\d+) open/.exec((await told()) ?? '')?.[1];
    const step = stepsOn(database.pool);
    await step('card', '2026-03-03', { kind: 'opening' }, purchase('p-1', 100_000, '2026-03-03'));
    await step('card', '2026-06-20');
    expect(await counted()).toBe('4');
    await step('alike', '2026-03-02', { kind: 'opening' });
    const all = { paymentId: 'all', amountFen: 1_100_000, paidOn: '2026-03-03', intent: 'payoff' as const };
    expect(await step('alike', '2026-03-03', { kind: 'payment', payment: all })).toMatchObject({
      state: { stage: 'settled' },
    });
    expect(await counted()).toBe('3');
  });
});

it('is warned of once for all accounts of the tenant, by the first that is due after it', async () => {
  const step = stepsOn(database.pool);
  const startDate = addMonthsClamped(REST_DAYS_KNOWN_UNTIL, -2);
  for (const accountId of ['first', 'second']) {
    await openOnTerms(database.pool, accountId, { ...CASH_LOAN, startDate } as typeof CASH_LOAN);
    await step(accountId, startDate, { kind: 'opening' });
    await step(accountId, startDate);
  }
  const warnings = await listWarnings(database.pool, { tenantId: TENANT, limit: 10 });
  const told = warnings.filter(({ rule }) => rule === 'REST_DAYS_UNKNOWN');
  expect(told).toMatchObject([{ accountId: 'first', episodeKey: `REST_DAYS_UNKNOWN/${REST_DAYS_KNOWN_UNTIL}` }]);
});
