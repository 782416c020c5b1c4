/** A life that goes on from a snapshot is the same life: what a step may fold from, and what must make it start anew. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countsFrom, type Fact } from '../../../../src/domain/credit/facts';
import { foldRevolving } from '../../../../src/domain/credit/revolving/revolving';
import {
  type CachedAccountState,
  cachedStateDate,
  isTouchedBy,
} from '../../../../src/domain/credit/revolving/revolvingStateCache';
import { defaultPolicy } from '../../../../src/domain/policy/defaultPolicy';
import { addDays } from '../../../../src/domain/values/calendar';
import { movementsFrom, revolvingTerms } from '../../lives';

const policy = { ...defaultPolicy.revolving, revolvingDailyRate: '0.0005', overdueDailyRate: '0.00065' };

const life = revolvingTerms.chain((terms) =>
  fc.tuple(
    fc.constant(terms),
    movementsFrom(terms.openDate, 300),
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 1, max: 90 }),
  ),
);

/** A plan, a held purchase and a freeze, so that a snapshot carries every kind of state. */
function withRarities(openDate: string, facts: readonly Fact[]): Fact[] {
  return [
    ...facts,
    {
      kind: 'instalment-started',
      key: 'plan/1',
      valueDate: addDays(openDate, 40),
      principalFen: 300_000,
      months: 6,
      feeFen: 13_500,
    },
    {
      kind: 'purchased',
      key: 'held/1',
      valueDate: addDays(openDate, 45),
      amountFen: 50_000,
      billableFrom: addDays(openDate, 45),
      awaitsConfirmation: true,
    },
    {
      kind: 'confirmed',
      key: 'confirmation/1',
      purchaseKey: 'held/1',
      valueDate: addDays(openDate, 120),
      billableFrom: addDays(openDate, 120),
    },
    { kind: 'frozen', key: 'freeze/1', valueDate: addDays(openDate, 60), reason: 'TEST' },
    { kind: 'rate-corrected', key: 'rate/1', valueDate: addDays(openDate, 70), revolvingDailyRate: '0.0004' },
  ];
}

describe('a snapshot', () => {
  it('resumes to the account that the whole life gives', () => {
    fc.assert(
      fc.property(life, ([terms, movements, through, later]) => {
        const facts = withRarities(terms.openDate, movements);
        const keepThrough = addDays(terms.openDate, through);
        const asOf = addDays(keepThrough, later);
        const whole = foldRevolving({ terms, facts, issued: [], policy, asOf }, { keepThrough });
        const { snapshot } = whole;
        expect(snapshot?.through).toBe(keepThrough);
        const rest = facts.filter((fact) => countsFrom(fact) > keepThrough);
        // As it comes back from the database.
        const from = JSON.parse(JSON.stringify(snapshot)) as CachedAccountState;
        const resumed = foldRevolving({ terms, facts: rest, issued: [], policy, asOf }, { from }).account;
        const { entries, statements, ...account } = whole.account;
        expect(resumed).toMatchObject(account);
        expect(resumed.statements).toEqual(statements.filter(({ billDate }) => billDate > keepThrough));
        expect(resumed.entries).toEqual(entries.slice(entries.length - resumed.entries.length));
        const before = entries.slice(0, entries.length - resumed.entries.length);
        expect(before.every(({ valueDate }) => valueDate <= keepThrough)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('is of the bill date before the last one', () => {
    expect(cachedStateDate('2026-05-01', 1)).toBe('2026-03-01');
    expect(cachedStateDate('2026-05-02', 1)).toBe('2026-04-01');
    expect(cachedStateDate('2026-05-31', 1)).toBe('2026-04-01');
    expect(cachedStateDate('2026-01-02', 1)).toBe('2025-12-01');
  });

  it('is touched by what counts from its date or before, and by the bounce of a payment that does', () => {
    const snapshot = { through: '2026-04-01' } as CachedAccountState;
    const paid = (valueDate: string): Fact => ({
      kind: 'paid',
      key: 'payment/1',
      valueDate,
      amountFen: 1,
      intent: 'instalment',
    });
    const reversed: Fact = { kind: 'reversed', key: 'reversal/1', valueDate: '2026-05-03', reverses: 'payment/1' };
    expect(isTouchedBy(snapshot, paid('2026-04-01'), undefined)).toBe(true);
    expect(isTouchedBy(snapshot, paid('2026-04-02'), undefined)).toBe(false);
    expect(isTouchedBy(snapshot, reversed, paid('2026-03-30'))).toBe(true);
    expect(isTouchedBy(snapshot, reversed, paid('2026-04-02'))).toBe(false);
  });
});
