/** What a borrower owes over all accounts, and what stands against new credit to the person. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Stage } from '../../../src/domain/credit/account';
import type { Frozen } from '../../../src/domain/credit/facts';
import { freezesInForce } from '../../../src/domain/credit/freezes';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { type BorrowerAccount, exposureOf, ownCreditOf } from '../../../src/domain/risk/exposure';
import { freezeOrLift } from '../../oracle/freezes';

const LOAN: BorrowerAccount = {
  product: 'cash-loan',
  stage: 'current',
  grantedFen: 1_000_000,
  outstandingFen: 400_000,
  pastDueSince: null,
  advancedAtMs: 1,
  months: 10,
  dailyRate: '0.0005',
  freezes: [],
};
const REVOLVING = { product: 'revolving', grantedFen: 500_000, outstandingFen: 20_000 } as const;
const CARD: BorrowerAccount = { ...LOAN, ...REVOLVING, months: null, dailyRate: null };
const STAGES: Stage[] = ['current', 'overdue', 'write-off-review', 'settled', 'written-off'];

const fact = (kind: Frozen['kind'], reason: string, valueDate: string): Frozen => ({
  kind,
  reason,
  valueDate,
  key: `${kind}/${reason}/${valueDate}`,
});

describe('exposure', () => {
  it('is the limit of an open card, what an open loan owes, and nothing of what is closed', () => {
    const committedFen = (...accounts: BorrowerAccount[]) => exposureOf(accounts).committedFen;
    expect(committedFen()).toBe(0);
    expect(committedFen(LOAN, CARD)).toBe(900_000);
    expect(committedFen({ ...LOAN, outstandingFen: 0, advancedAtMs: null })).toBe(1_000_000);
    expect(committedFen({ ...CARD, stage: 'settled' }, { ...LOAN, stage: 'written-off' })).toBe(0);
    expect(committedFen({ ...LOAN, stage: 'write-off-review' })).toBe(400_000);
  });

  it('takes of a month a part of each loan and the minimum of a whole limit, with the interest of 31 days', () => {
    const ours = (...accounts: BorrowerAccount[]) => ownCreditOf(accounts, defaultPolicy);
    expect(ours()).toEqual({ committedFen: 0, monthlyServiceFen: 0 });
    // 400,000 owed: 100,000 of principal and 6,200 of interest; 500,000 of limit: 50,000 and 7,750.
    expect(ours(LOAN)).toEqual({ committedFen: 400_000, monthlyServiceFen: 106_200 });
    expect(ours(CARD)).toEqual({ committedFen: 500_000, monthlyServiceFen: 57_750 });
    expect(ours(LOAN, CARD, { ...LOAN, stage: 'settled' })).toEqual({
      committedFen: 900_000,
      monthlyServiceFen: 163_950,
    });
    // The last part is what is left.
    expect(ours({ ...LOAN, outstandingFen: 1_000 }).monthlyServiceFen).toBe(1_016);
  });

  it('is overdue by any account that is past due, in review or written off', () => {
    const overdue = STAGES.filter((stage) => exposureOf([CARD, { ...LOAN, stage }]).isOverdue);
    expect(overdue).toEqual(['write-off-review', 'written-off']);
    expect(exposureOf([CARD, { ...LOAN, pastDueSince: '2026-03-02' }]).isOverdue).toBe(true);
  });

  it('is frozen by any reason that was not lifted since; on one date a lift counts after a freeze', () => {
    const isFrozen = (...freezes: Frozen[]) => exposureOf([CARD, { ...LOAN, freezes }]).isFrozen;
    expect(isFrozen()).toBe(false);
    expect(isFrozen(fact('frozen', 'A', '2026-03-05'), fact('lifted', 'B', '2026-03-06'))).toBe(true);
    expect(isFrozen(fact('lifted', 'A', '2026-03-05'), fact('frozen', 'A', '2026-03-05'))).toBe(false);
    expect(isFrozen(fact('frozen', 'A', '2026-03-07'), fact('lifted', 'A', '2026-03-05'))).toBe(true);
  });

  it('takes the freezes that the reference takes, whatever the order of the facts', () => {
    const dates = ['2026-03-05', '2026-03-06', '2026-03-07'];
    const drawn = fc
      .tuple(
        fc.constantFrom('frozen' as const, 'lifted' as const),
        fc.constantFrom('A', 'B'),
        fc.constantFrom(...dates),
      )
      .map(([kind, reason, date]) => fact(kind, reason, date));
    const property = fc.property(fc.array(drawn, { maxLength: 8 }), fc.constantFrom(...dates), (facts, asOf) => {
      const reasons = new Set<string>();
      const inOrder = [...facts].sort(
        (one, other) => one.valueDate.localeCompare(other.valueDate) || one.kind.localeCompare(other.kind),
      );
      for (const each of inOrder) if (each.valueDate <= asOf) freezeOrLift(reasons, each);
      expect(freezesInForce(facts, asOf)).toEqual([...reasons].sort());
    });
    fc.assert(property, { seed: 20261129, numRuns: 200 });
  });
});
