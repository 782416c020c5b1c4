/**
 * What each kind of fact does to an account of the products that take it, and why it is not taken: a row for every kind
 * of `factKinds.ts`. One that is missing, or does something to a product that does not take it, does not compile.
 */

import { PRODUCT_TABLE, type Product } from '../policy/products';
import { writeOffLoan } from './cashLoan/cashLoanMovements';
import { takeLoanPayment } from './cashLoan/cashLoanPayments';
import { disburse } from './cashLoan/disbursement';
import type { UndatedFact } from './factKinds';
import { type Fact, type FactKind, isPrepayment, type Paid } from './facts';
import { type ChangeRefusal, refusalsOfNamed } from './references';
import { creditReturnRule } from './requests/creditReturn';
import type { FactRule, FoldStates, Grounds } from './requests/factRule';
import { rateCorrectionRule } from './requests/rateCorrection';
import { restructuringRule } from './requests/restructuring';
import { settlePlan, startPlan } from './revolving/instalmentPlans';
import { confirm, freeze, lift, takePayment, takePurchase, takeRefund, writeOff } from './revolving/revolvingMovements';

const nothing = () => {};
const notInForce = { 'cash-loan': nothing, revolving: nothing };

const FACT_RULES = {
  disbursed: { folds: { 'cash-loan': disburse }, refusals: 'none' },
  opened: { folds: { revolving: nothing }, refusals: 'none' },
  purchased: { folds: { revolving: takePurchase }, misplaced: onlyRevolving('purchases'), refusals: 'by-step' },
  confirmed: {
    folds: { revolving: confirm },
    misplaced: onlyRevolving('purchases'),
    refusals: (fact, { related }) => refusalsOfNamed(fact, related),
  },
  refunded: { folds: { revolving: takeRefund }, misplaced: onlyRevolving('refunds'), refusals: 'none' },
  paid: {
    folds: { 'cash-loan': takeLoanPayment, revolving: takePayment },
    misplaced: misplacedPayment,
    refusals: 'none',
  },
  // The payment that bounced is not among the facts in force.
  reversed: { folds: notInForce, refusals: (fact, { related }) => refusalsOfNamed(fact, related) },
  'rate-corrected': rateCorrectionRule,
  'instalment-started': { folds: { revolving: startPlan }, refusals: 'none' },
  'instalment-settled': { folds: { revolving: settlePlan }, refusals: 'none' },
  'credit-returned': creditReturnRule,
  restructured: restructuringRule,
  // A loan has no new credit to stop.
  frozen: { folds: { 'cash-loan': nothing, revolving: freeze }, refusals: 'none' },
  lifted: { folds: { 'cash-loan': nothing, revolving: lift }, refusals: 'none' },
  'written-off': { folds: { 'cash-loan': writeOffLoan, revolving: writeOff }, refusals: 'by-step' },
} as const satisfies { [Kind in FactKind]: FactRule<Kind> };

/** The kinds that are judged by the step. */
export type JudgedByStep = {
  [Kind in FactKind]: (typeof FACT_RULES)[Kind]['refusals'] extends 'by-step' ? Kind : never;
}[FactKind];

/** The rule of a fact whose kind is not known yet. */
interface AnyRule {
  folds: Partial<Record<Product, (state: FoldStates[Product], fact: Fact) => void>>;
  misplaced?: (content: UndatedFact, product: Product) => string | undefined;
  refusals: 'none' | 'by-step' | ((fact: Fact, grounds: Grounds) => ChangeRefusal[]);
}

function ruleOf(kind: FactKind): AnyRule {
  return FACT_RULES[kind] as unknown as AnyRule;
}

/** What the fact does to the state of the fold. Throws for one that is not of the product. */
export function applyFact<Of extends Product>(product: Of, state: FoldStates[Of], fact: Fact): void {
  const apply = ruleOf(fact.kind).folds[product];
  if (!apply) throw new Error(`fact ${fact.key} (${fact.kind}) does not belong to a ${PRODUCT_TABLE[product].words}`);
  apply(state, fact);
}

/** Why the product does not take it, in one sentence; undefined where it does. */
export function misplacedIn(product: Product, content: UndatedFact): string | undefined {
  return ruleOf(content.kind).misplaced?.(content, product);
}

/** Reasons against a fact that was asked for, by its own grounds; `by-step` where those are not enough. */
export function refusalsOfFact(fact: Fact, grounds: Grounds): ChangeRefusal[] | 'by-step' {
  const { refusals } = ruleOf(fact.kind);
  if (refusals === 'none') return [];
  return refusals === 'by-step' ? refusals : refusals(fact, grounds);
}

function onlyRevolving(what: string): (content: UndatedFact, product: Product) => string | undefined {
  return (_, product) => (PRODUCT_TABLE[product].hasLimit ? undefined : `a cash loan has no ${what}`);
}

function misplacedPayment(
  { intent, designatedInstalment }: Pick<Paid, 'intent' | 'designatedInstalment'>,
  product: Product,
): string | undefined {
  if (!PRODUCT_TABLE[product].isBilled) return undefined;
  if (designatedInstalment !== undefined) return 'a revolving account has no instalment to designate';
  return isPrepayment(intent) ? 'a revolving account has no schedule to prepay' : undefined;
}
