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
  | 'cut'
  | 'declined-overdue'
  | 'declined-unaffordable'
  | 'declined-score'
  | 'objects'
  | 'referred-approved'
  | 'referred-lapsed'
  | 'consent-withdrawn';

/** Of those nothing is taken up. */
const WITHOUT_OFFER: readonly Behaviour[] = [
  'declined-overdue',
  'declined-unaffordable',
  'declined-score',
  'referred-lapsed',
  'consent-withdrawn',
];

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
  // All outcomes of an application come first: a run with few borrowers shows them too.
  ['on-time', 4],
  ['cut', 1],
  ['declined-overdue', 1],
  ['declined-unaffordable', 1],
  ['declined-score', 1],
  ['objects', 1],
  ['referred-approved', 1],
  ['referred-lapsed', 1],
  ['consent-withdrawn', 1],
  ['late-and-cured', 4],
  ['lost', 3],
  ['prepays', 3],
  ['cut', 1],
  ['on-time', 7],
];

const REVOLVING_BEHAVIOURS: [Behaviour, number][] = [
  ['on-time', 12],
  ['minimum-payer', 5],
  ['late-and-cured', 5],
  ['lost', 3],
  ['returns-goods', 2],
  ['declined-overdue', 1],
  ['declined-score', 1],
  ['referred-approved', 1],
];

/** The business day of the portfolio on which the financial record cannot be had. */
export const OUTAGE_DAY = 8;
/** One in so many applies on it. */
const OUTAGE_EVERY = 15;
/** Of the monthly income: somewhat more than it carries with the debts of the sample. */
const LARGE_REQUEST = 5;

export function takesUpOffer({ behaviour }: Pick<Persona, 'behaviour'>): boolean {
  return !WITHOUT_OFFER.includes(behaviour);
}

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
  const drawn = {
    requestedFen: random.between(30, 200) * 10_000,
    facts: factsOf(behaviour, random),
    appliesOnDay: random.between(0, 20),
  };
  const isInOutage = behaviour === 'consent-withdrawn' || number % OUTAGE_EVERY === 1;
  return {
    number,
    borrowerId: `b-${suffix}`,
    applicationId: `app-${suffix}`,
    name: `样例${suffix}`,
    phone: `1990000${suffix}`,
    idNumber: inventedResidentId(number),
    product,
    behaviour,
    requestedFen:
      behaviour === 'cut' ? LARGE_REQUEST * (drawn.facts.finances.monthlyIncomeFen ?? 0) : drawn.requestedFen,
    facts: drawn.facts,
    appliesOnDay: isInOutage ? OUTAGE_DAY : drawn.appliesOnDay,
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
  return changedBy(behaviour, sound, monthlyIncomeFen);
}

function changedBy(behaviour: Behaviour, sound: AssessmentInput, monthlyIncomeFen: Fen): AssessmentInput {
  const { finances } = sound;
  switch (behaviour) {
    case 'declined-overdue':
      return { ...sound, finances: { ...finances, openOverdue: true } };
    case 'declined-unaffordable':
    case 'objects':
      return { ...sound, finances: { ...finances, monthlyDebtServiceFen: Math.floor((monthlyIncomeFen * 6) / 10) } };
    case 'declined-score':
      return {
        ...sound,
        finances: { ...finances, worstBureauCode: 2, bureauInquiries3Months: 6 },
        behaviour: { monthsOnPlatform: 2, monthlySpendFen: 10_000, onTimePaymentRatio: '0.75', refundRatio: '0.30' },
      };
    case 'referred-approved':
    case 'referred-lapsed':
      return { ...sound, finances: { ...finances, monthlyIncomeFen: undefined } };
    default:
      return sound;
  }
}

function repeat<Item>(item: Item, times: number): Item[] {
  return Array.from({ length: times }, () => item);
}
