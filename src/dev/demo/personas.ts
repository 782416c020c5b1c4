/**
 * The invented borrowers of the sample portfolio: who they are, what they apply for, and how they behave. Nothing here
 * is a real person: names are a letter and a number, phones and the areas of identity numbers are visibly fake.
 */

import type { Product, RepaymentMethod } from '../../domain/policy/lendingPolicy';
import type { AssessmentInput } from '../../domain/risk/assessment';
import type { Fen } from '../../domain/values/money';
import { type Random, seeded } from '../../domain/values/random';
import { inventedResidentId } from '../../domain/values/residentId';

type Behaviour =
  | 'on-time'
  | 'minimum-payer'
  | 'late-and-cured'
  | 'lost'
  | 'prepays'
  | 'returns-goods'
  | 'declined'
  | 'referred-approved'
  | 'referred-lapsed';

export interface Persona {
  number: number;
  borrowerId: string;
  applicationId: string;
  name: string;
  phone: string;
  idNumber: string;
  product: Product;
  behaviour: Behaviour;
  requestedFen: Fen;
  facts: AssessmentInput;
  /** Days after the portfolio's start on which the borrower applies. */
  appliesOnDay: number;
  loan: { months: number; method: RepaymentMethod };
  seed: number;
}

const LOAN_BEHAVIOURS: [Behaviour, number][] = [
  ['on-time', 14],
  ['late-and-cured', 5],
  ['lost', 3],
  ['prepays', 4],
  ['declined', 2],
  ['referred-approved', 1],
  ['referred-lapsed', 1],
];

const REVOLVING_BEHAVIOURS: [Behaviour, number][] = [
  ['on-time', 12],
  ['minimum-payer', 5],
  ['late-and-cured', 5],
  ['lost', 3],
  ['returns-goods', 2],
  ['declined', 2],
  ['referred-approved', 1],
];

/** The sample portfolio: 60 borrowers in the shares above, scaled to the number asked for. */
export function samplePortfolio(count: number, seed: number): Persona[] {
  const random = seeded(seed);
  const mix: [Product, Behaviour][] = [
    ...LOAN_BEHAVIOURS.flatMap(([behaviour, share]) => repeat(['cash-loan', behaviour] as [Product, Behaviour], share)),
    ...REVOLVING_BEHAVIOURS.flatMap(([behaviour, share]) =>
      repeat(['revolving', behaviour] as [Product, Behaviour], share),
    ),
  ];
  return Array.from({ length: count }, (_, index) => {
    const [product, behaviour] = mix[index % mix.length] ?? ['cash-loan', 'on-time'];
    return personaOf(index + 1, product, behaviour, random);
  });
}

function personaOf(number: number, product: Product, behaviour: Behaviour, random: Random): Persona {
  const suffix = String(number).padStart(4, '0');
  return {
    number,
    borrowerId: `b-${suffix}`,
    applicationId: `app-${suffix}`,
    name: `样例${suffix}`,
    phone: `1990000${suffix}`,
    idNumber: inventedResidentId(number),
    product,
    behaviour,
    requestedFen: random.between(30, 200) * 10_000,
    facts: factsOf(behaviour, random),
    appliesOnDay: random.between(0, 20),
    loan: { months: random.pick([3, 6, 12]), method: random.pick(['level', 'level', 'interest-first'] as const) },
    seed: random.between(1, 1_000_000),
  };
}

function factsOf(behaviour: Behaviour, random: Random): AssessmentInput {
  const monthlyIncomeFen = random.between(90, 200) * 10_000;
  const sound: AssessmentInput = {
    identity: { check: 'matched', adult: true },
    finances: {
      monthlyIncomeFen,
      monthlyDebtServiceFen: Math.floor(monthlyIncomeFen / 10),
      unsecuredDebtFen: random.between(0, 20) * 10_000,
      worstBureauCode: 0,
      openOverdue: false,
      bureauInquiries3Months: random.between(0, 1),
    },
    behaviour: {
      monthsOnPlatform: random.between(36, 90),
      monthlySpendFen: random.between(20, 60) * 10_000,
      onTimePaymentRatio: '0.99',
      refundRatio: '0.02',
    },
  };
  if (behaviour === 'declined') return { ...sound, finances: { ...sound.finances, openOverdue: true } };
  if (behaviour === 'referred-approved' || behaviour === 'referred-lapsed') {
    return { ...sound, finances: { ...sound.finances, monthlyIncomeFen: undefined } };
  }
  return sound;
}

function repeat<Item>(item: Item, times: number): Item[] {
  return Array.from({ length: times }, () => item);
}
