/** `quote payment`: how a payment is split over what is owed. */

import { allocate, NOTHING_OWED, type Owed, totalOwedFen } from '../../domain/credit/allocation';
import { defaultPolicy } from '../../domain/policy/defaultPolicy';
import { COMPONENTS, type Component } from '../../domain/policy/lendingPolicy';
import { type Fen, formatYuan } from '../../domain/values/money';
import { ArgumentError } from '../arguments';
import type { QuoteAnswer } from './quoteAnswer';
import { money, moneyOf, type Options, required } from './quoteArguments';
import { lines } from './quoteText';

const OWED_EXAMPLE = 'fee=1.00,penalty=2.00,interest=3.00,principal=100.00';

export function quotePayment(options: Options): QuoteAnswer {
  const owed = owedOf(required(options, 'owed', OWED_EXAMPLE));
  const amountFen = money(options, 'amount', { example: '50.00', minFen: 1 });
  const order = orderOf(options.get('order'));
  const { settled, settledFen, leftFen } = allocate(amountFen, [owed], order);
  const [part = NOTHING_OWED] = settled;
  const still: Owed = { ...NOTHING_OWED };
  for (const component of COMPONENTS) still[component] = owed[component] - part[component];
  return {
    json: {
      amountFen,
      order,
      settled: amounts(part),
      settledFen,
      leftFen,
      stillOwed: amounts(still),
      stillOwedFen: totalOwedFen(still),
    },
    text: [
      ...lines([
        ...order.map((component) => [`settles ${component}`, formatYuan(part[component])] as const),
        ['is left over', formatYuan(leftFen)],
        ['still owed', formatYuan(totalOwedFen(still))],
      ]),
    ],
  };
}

/** `fee=1.00,principal=100.00`; a component that is not named is not owed. */
function owedOf(text: string): Owed {
  const owed: Owed = { ...NOTHING_OWED };
  const seen = new Set<Component>();
  for (const entry of text.split(',')) {
    const equalsAt = entry.indexOf('=');
    const component = COMPONENTS.find((each) => each === entry.slice(0, Math.max(0, equalsAt)));
    if (component === undefined) {
      throw new ArgumentError(
        `--owed ${JSON.stringify(entry)} is not one of ${COMPONENTS.join(', ')} with an amount: give for example ${OWED_EXAMPLE}`,
      );
    }
    if (seen.has(component)) throw new ArgumentError(`--owed names ${component} twice: give one amount for it`);
    seen.add(component);
    owed[component] = moneyOf(entry.slice(equalsAt + 1), `--owed ${component}`, { example: '100.00', minFen: 0 });
  }
  return owed;
}

function orderOf(text: string | undefined): Component[] {
  if (text === undefined) return defaultPolicy.cashLoan.allocationOrder;
  const order = text.split(',').map((name) => COMPONENTS.find((each) => each === name));
  const known = order.filter((component) => component !== undefined);
  // A component that is left out would never be paid.
  if (order.length !== COMPONENTS.length || new Set(known).size !== COMPONENTS.length) {
    throw new ArgumentError(
      `--order ${JSON.stringify(text)} is no order of all four: give each once, such as ${COMPONENTS.join(',')}`,
    );
  }
  return known;
}

function amounts({ fee, penalty, interest, principal }: Owed): Record<string, Fen> {
  return { feeFen: fee, penaltyFen: penalty, interestFen: interest, principalFen: principal };
}
