/** What the two tables of facts say together: the order of a date, and which product takes which kind. */
import { describe, expect, it } from '@jest/globals';
import type { Terms } from '../../../src/domain/credit/account';
import { deriveAccount } from '../../../src/domain/credit/derive';
import { FACT_KIND_NAMES, type Fact, factKindRow } from '../../../src/domain/credit/factKinds';
import { inFactOrder } from '../../../src/domain/credit/facts';
import { openingFactOf } from '../../../src/domain/credit/historicalOrder';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';

const DAY = '2026-01-10';
const TERMS: Record<Terms['product'], Terms> = {
  'cash-loan': {
    product: 'cash-loan',
    principalFen: 300_000,
    dailyRate: '0.0004',
    months: 3,
    method: 'level',
    startDate: DAY,
  },
  revolving: { product: 'revolving', limitFen: 1_000_000, openDate: DAY, dueDay: 10 },
};

function fold(terms: Terms, ...facts: Fact[]) {
  return deriveAccount({ terms, facts: [openingFactOf(terms), ...facts], issued: [] }, defaultPolicy, '2026-02-01');
}

function factOfKind(kind: string): Fact {
  return { kind, key: `${kind}/1`, valueDate: DAY, billableFrom: DAY, amountFen: 1, reason: 'X' } as unknown as Fact;
}

describe('the kinds of facts', () => {
  it('count on one date in the order that decision 0015 says, whatever the order of the table', () => {
    const facts = FACT_KIND_NAMES.map(factOfKind);
    const order = [
      'disbursed opened rate-corrected purchased confirmed refunded paid reversed instalment-settled instalment-started',
      'restructured credit-returned written-off frozen lifted',
    ];
    expect(inFactOrder(facts).map(({ kind }) => kind)).toEqual(order.join(' ').split(' '));
  });

  const foreign = FACT_KIND_NAMES.flatMap((kind) => {
    const { only } = factKindRow(kind);
    if (only === undefined) return [];
    return [[kind, only === 'cash-loan' ? 'revolving account' : 'cash loan', only] as const];
  });

  it.each(foreign)('%s does not belong to a %s', (kind, other, only) => {
    const terms = TERMS[only === 'cash-loan' ? 'revolving' : 'cash-loan'];
    expect(() => fold(terms, factOfKind(kind))).toThrow(`fact ${kind}/1 (${kind}) does not belong to a ${other}`);
  });

  it('of a version that is not this one stop the fold: without the fact its account would be wrong', () => {
    expect(() => fold(TERMS['cash-loan'], factOfKind('forgiven'))).toThrow('facts of kind forgiven are not known');
    expect(() => fold(TERMS.revolving, factOfKind('forgiven'))).toThrow('facts of kind forgiven are not known');
  });
});
