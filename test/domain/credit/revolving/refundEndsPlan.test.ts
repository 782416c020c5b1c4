/** A refund that takes the last coming principal of an instalment plan ends it, and its coming fee is waived. */
import { describe, expect, it } from '@jest/globals';
import type { DerivedAccount, RevolvingTerms } from '../../../../src/domain/credit/account';
import type { Fact } from '../../../../src/domain/credit/facts';
import { deriveRevolving } from '../../../../src/domain/credit/revolving/revolving';
import { defaultPolicy } from '../../../../src/domain/policy/defaultPolicy';

const TERMS: RevolvingTerms = { product: 'revolving', limitFen: 1_000_000, openDate: '2026-03-05', dueDay: 10 };
const FACTS: Fact[] = [
  { kind: 'opened', key: 'opening', valueDate: '2026-03-05', limitFen: 1_000_000 },
  { kind: 'purchased', key: 'purchase/1', valueDate: '2026-03-12', amountFen: 60_000, billableFrom: '2026-03-12' },
  {
    kind: 'instalment-started',
    key: 'instalment/1',
    valueDate: '2026-03-20',
    principalFen: 60_000,
    months: 3,
    feeFen: 3_000,
  },
];

function refund(valueDate: string, amountFen: number): Fact {
  return { kind: 'refunded', key: `refund/${valueDate}`, valueDate, amountFen, billableFrom: valueDate };
}

function account(facts: Fact[], asOf: string): DerivedAccount {
  return deriveRevolving({
    terms: TERMS,
    facts: [...FACTS, ...facts],
    issued: [],
    policy: defaultPolicy.revolving,
    asOf,
  });
}

function feesOf({ entries }: DerivedAccount): string[] {
  return entries.flatMap(({ key }) => (key.startsWith('instalment-fee/') ? [key] : []));
}

describe('a refund of what a plan has still to bring', () => {
  it('ends the plan before its first bill, without a fee', () => {
    const after = account([refund('2026-03-25', 60_000)], '2026-07-01');
    expect(after.instalments?.plans).toEqual([]);
    expect(feesOf(after)).toEqual([]);
    expect(after.balances).toMatchObject({ principalFen: 0, feeFen: 0, creditFen: 0 });
  });

  it('leaves the fee of parts that were billed', () => {
    const bill: Fact = {
      kind: 'paid',
      key: 'payment/1',
      valueDate: '2026-04-05',
      amountFen: 21_000,
      intent: 'instalment',
    };
    const after = account([bill, refund('2026-04-20', 40_000)], '2026-07-01');
    expect(after.instalments?.plans).toEqual([]);
    expect(feesOf(after)).toEqual(['instalment-fee/2026-04-01']);
    expect(after.balances).toMatchObject({ principalFen: 0, feeFen: 0, creditFen: 0 });
  });

  it('of a part of it lets the plan and its fees go on until its last principal is billed', () => {
    const after = account([refund('2026-03-25', 30_000)], '2026-07-01');
    // 200.00 and 100.00 are left of three times 200.00.
    expect(feesOf(after)).toEqual(['instalment-fee/2026-04-01', 'instalment-fee/2026-05-01']);
  });
});
