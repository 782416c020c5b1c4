/** What goes back is bounded by what came in: random goods in random orders of arrival, against the oracle. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deriveAccount } from '../../../../src/domain/credit/derive';
import type { Fact } from '../../../../src/domain/credit/facts';
import { referenceFault } from '../../../../src/domain/credit/references';
import { type Goods, isGoods, judgeRefund, refundExcessOf } from '../../../../src/domain/credit/revolving/refundBounds';
import { defaultPolicy } from '../../../../src/domain/policy/defaultPolicy';
import { addDays, daysBetween } from '../../../../src/domain/values/calendar';
import { leftOn, refundDayOf, type Shop } from '../../../oracle/refundBounds';

const START = '2026-03-02';
const dateOf = (day: number) => addDays(START, day);
const bought = (id: string, amountFen: number, day = 0, isHeld = false): Goods => ({
  kind: 'purchased',
  key: `purchase/${id}`,
  valueDate: dateOf(day),
  amountFen,
  ...(isHeld ? { awaitsConfirmation: true } : {}),
});
const received = (id: string, day: number): Goods => ({
  kind: 'confirmed',
  key: `confirmation/${id}`,
  valueDate: dateOf(day),
  purchaseKey: `purchase/${id}`,
});
const refund = (id: string, amountFen: number, day: number, of?: string) => ({
  kind: 'refunded' as const,
  key: `refund/${id}`,
  valueDate: dateOf(day),
  amountFen,
  purchaseKey: of === undefined ? undefined : `purchase/${of}`,
});

describe('a refund', () => {
  it.each<[string, Goods[], ReturnType<typeof refund>, object]>([
    ['of nothing at all', [], refund('r', 1, 3), { refusal: 'REFUND_ABOVE_PURCHASES' }],
    ['of a purchase that is not known', [bought('a', 9)], refund('r', 1, 3, 'b'), { refusal: 'UNKNOWN_PURCHASE' }],
    ['of all that was bought', [bought('a', 9)], refund('r', 9, 3), { valueDate: dateOf(3) }],
    ['of a fen more', [bought('a', 9)], refund('r', 10, 3), { refusal: 'REFUND_ABOVE_PURCHASES' }],
    [
      'of a purchase, in parts',
      [bought('a', 9), refund('q', 5, 1, 'a')],
      refund('r', 4, 3, 'a'),
      { valueDate: dateOf(3) },
    ],
    [
      'of a purchase, a fen above it, beside other purchases',
      [bought('a', 9), bought('b', 99), refund('q', 5, 1, 'a')],
      refund('r', 5, 3, 'a'),
      { refusal: 'REFUND_ABOVE_PURCHASE' },
    ],
    [
      'of a purchase that one without a name took',
      [bought('a', 9), refund('q', 9, 1)],
      refund('r', 9, 3, 'a'),
      { refusal: 'REFUND_ABOVE_PURCHASES' },
    ],
    [
      'without a name, of what is only held',
      [bought('a', 9, 0, true)],
      refund('r', 1, 3),
      { refusal: 'REFUND_ABOVE_PURCHASES' },
    ],
    ['of the held purchase itself', [bought('a', 9, 0, true)], refund('r', 9, 3, 'a'), { valueDate: dateOf(3) }],
    [
      'without a name, of what was held and received later',
      [bought('a', 9, 0, true), received('a', 7)],
      refund('r', 9, 3),
      { valueDate: dateOf(7) },
    ],
    ['told with a date from before the purchase', [bought('a', 9, 5)], refund('r', 9, 3), { valueDate: dateOf(5) }],
    [
      'that would leave nothing for one that is on record for a later date',
      [bought('a', 9), bought('b', 9, 8), refund('q', 9, 6)],
      refund('r', 9, 3),
      { valueDate: dateOf(8) },
    ],
    [
      'of an account where more was refunded than bought before there were bounds',
      [bought('a', 9), refund('q', 50, 1)],
      refund('r', 1, 3, 'a'),
      { refusal: 'REFUND_ABOVE_PURCHASES' },
    ],
    [
      'of a hold on such an account: it gives nothing that could leave',
      [refund('q', 50, 1), bought('a', 9, 0, true)],
      refund('r', 9, 3, 'a'),
      { valueDate: dateOf(3) },
    ],
  ])('%s', (_, goods, asked, verdict) => {
    expect(judgeRefund(asked, goods)).toEqual(verdict);
  });
});

interface Told {
  kind: 'purchased' | 'confirmed' | 'refunded';
  day: number;
  fen: number;
  which: number;
  isHeld: boolean;
  isNamed: boolean;
}

const told: fc.Arbitrary<Told> = fc.record({
  kind: fc.constantFrom('purchased', 'purchased', 'confirmed', 'refunded', 'refunded'),
  day: fc.integer({ min: 0, max: 40 }),
  fen: fc.integer({ min: 1, max: 60 }),
  which: fc.integer({ min: 0, max: 5 }),
  isHeld: fc.boolean(),
  isNamed: fc.boolean(),
});

/** The goods of an account as they arrive: what the service would refuse is left out. Calls `onRefund` with each. */
function live(arrivals: readonly Told[], onRefund: (asked: ReturnType<typeof refund>, goods: Goods[]) => void) {
  const goods: Goods[] = [];
  const isKnown = (key: string) => goods.some((fact) => fact.key === key);
  const take = (fact: Goods) => !isKnown(fact.key) && referenceFault(fact, goods) === undefined && goods.push(fact);
  for (const [index, { kind, day, fen, which, isHeld, isNamed }] of arrivals.entries()) {
    const id = String(which);
    const named = goods.find((fact) => fact.key === `purchase/${id}`);
    // As an arrival is placed: never before what it names.
    const earliest = named ? Math.max(day, daysBetween(START, named.valueDate)) : day;
    if (kind === 'purchased' && !named) take(bought(id, fen, day, isHeld));
    if (kind === 'confirmed') take(received(id, earliest));
    if (kind !== 'refunded') continue;
    const asked = refund(String(index), fen, isNamed ? earliest : day, isNamed ? id : undefined);
    onRefund(asked, [...goods]);
    const verdict = judgeRefund(asked, goods);
    if ('valueDate' in verdict) goods.push({ ...asked, valueDate: verdict.valueDate });
  }
  return goods;
}

function shopOf(goods: readonly Goods[]): Shop {
  const day = ({ valueDate }: Goods) => daysBetween(START, valueDate);
  return {
    bought: goods.flatMap((fact) => {
      if (fact.kind !== 'purchased') return [];
      const confirmation = goods.find((each) => each.kind === 'confirmed' && each.purchaseKey === fact.key);
      const confirmedOn = confirmation && day(confirmation);
      const isHeld = fact.awaitsConfirmation === true;
      return [{ id: fact.key, fen: fact.amountFen, day: day(fact), isHeld, confirmedOn }];
    }),
    givenBack: goods.flatMap((fact) =>
      fact.kind === 'refunded' ? [{ fen: fact.amountFen, day: day(fact), of: fact.purchaseKey }] : [],
    ),
  };
}

const lives = fc.array(told, { minLength: 1, maxLength: 25 });

describe('random orders of arrival', () => {
  it('give each refund the verdict of the oracle', () => {
    fc.assert(
      fc.property(lives, (arrivals) => {
        live(arrivals, (asked, goods) => {
          const verdict = judgeRefund(asked, goods);
          const day = daysBetween(START, asked.valueDate);
          const expected = refundDayOf({ fen: asked.amountFen, day, of: asked.purchaseKey }, shopOf(goods));
          const found = 'refusal' in verdict ? verdict.refusal : daysBetween(START, verdict.valueDate);
          expect(found).toBe(expected);
        });
      }),
      { numRuns: 1_500 },
    );
  });

  it('never refund more than was bought: of a purchase, or of the account on any date', () => {
    fc.assert(
      fc.property(lives, (arrivals) => {
        const goods = live(arrivals, () => undefined);
        const shop = shopOf(goods);
        expect(refundExcessOf(goods)).toBeUndefined();
        for (let day = 0; day <= 41; day++) expect(leftOn(day, shop)).toBeGreaterThanOrEqual(0);
        for (const { id, fen } of shop.bought) {
          const backFen = shop.givenBack.reduce((sum, each) => (each.of === id ? sum + each.fen : sum), 0);
          expect(backFen).toBeLessThanOrEqual(fen);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it('make no credit without a payment, however late what was bought is billed', () => {
    const billing = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 25, maxLength: 25 });
    fc.assert(
      fc.property(lives, billing, (arrivals, delays) => {
        const goods = live(arrivals, () => undefined);
        const facts = goods.map((fact, index): Fact => {
          // Only what is posted waits for the next bill: neither a refund nor a hold does.
          const isPosted = fact.kind === 'confirmed' || (fact.kind === 'purchased' && !fact.awaitsConfirmation);
          const delay = isPosted ? (delays[index] ?? 0) : 0;
          return { ...fact, billableFrom: addDays(fact.valueDate, delay) };
        });
        const opened: Fact = { kind: 'opened', key: 'opening', valueDate: START, limitFen: 100 };
        const terms = { product: 'revolving', limitFen: 100, openDate: START, dueDay: 10 } as const;
        const life = { terms, facts: [opened, ...facts], issued: [] };
        expect(deriveAccount(life, defaultPolicy, dateOf(90)).balances.creditFen).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the excess of a life from before there were bounds', () => {
  it.each<[string, Goods[], number | undefined]>([
    ['none', [bought('a', 9), refund('r', 9, 1)], undefined],
    ['without a purchase', [refund('r', 50, 1)], 50],
    ['of a purchase, beside others that cover it', [bought('a', 9), bought('b', 90), refund('r', 12, 1, 'a')], 3],
    ['of a purchase that is not known', [bought('b', 90), refund('r', 12, 1, 'a')], 12],
    ['above a hold', [bought('a', 9, 0, true), refund('r', 12, 1, 'a')], 3],
    ['until what was bought is told', [refund('r', 50, 1), bought('a', 50, 9)], undefined],
  ])('%s', (_, goods, excessFen) => {
    expect(refundExcessOf(goods.filter(isGoods))?.excessFen).toBe(excessFen);
  });
});
