/** What starts an application and what is told to it, each said once. */

import { REPAYMENT_METHODS } from '../../domain/policy/lendingPolicy';
import type { Product } from '../../domain/policy/products';
import { type AssessmentInput, IDENTITY_CHECKS, type ProvedFigures } from '../../domain/risk/assessment';
import { costSheetConfirmation } from '../credit/accountSchemas';
import {
  acted,
  amountFen,
  businessClock,
  date,
  id,
  knownFen,
  personId,
  product,
  ratio,
  reason,
  requestKey,
} from '../fields';
import {
  choice,
  described,
  type Field,
  type FieldsOf,
  flag,
  newly,
  type ObjectField,
  object,
  opaque,
  optional,
  type RuleAcross,
  ruleOf,
  type Words,
  whole,
  wordsFor,
} from '../schema';
import {
  type Acceptance,
  type ApplicationInput,
  OBJECTORS,
  type Objection,
  REFERRAL_DECISIONS,
  type ReferralDecision,
} from './application';

/** Ten years. Which terms are offered is said by the policy. */
const MAX_MONTHS = 120;

export const identityFigures = object({
  check: optional(choice(IDENTITY_CHECKS)),
  adult: optional(flag()),
} satisfies FieldsOf<AssessmentInput['identity']>);

export const financesFigures = object({
  monthlyIncomeFen: optional(knownFen),
  monthlyDebtServiceFen: optional(knownFen),
  unsecuredDebtFen: optional(knownFen),
  worstBureauCode: optional(whole(0, 7)),
  openOverdue: optional(flag()),
  bureauInquiries3Months: optional(whole(0, 10_000)),
} satisfies FieldsOf<AssessmentInput['finances']>);

export const behaviourFigures = object({
  monthsOnPlatform: optional(whole(0, 1200)),
  monthlySpendFen: optional(knownFen),
  onTimePaymentRatio: optional(ratio),
  refundRatio: optional(ratio),
} satisfies FieldsOf<AssessmentInput['behaviour']>);

const GROUPS: Words = {
  must: 'must have the objects identity, finances and behaviour; what is not known is left out inside them',
  fix: 'send the objects identity, finances and behaviour; what is not known is left out inside them',
};

function hasGroups(value: unknown): boolean {
  const groups: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  const isGroup = (group: unknown) => typeof group === 'object' && group !== null && !Array.isArray(group);
  return ['identity', 'finances', 'behaviour'].every((name) => isGroup(groups[name]));
}

/** What is not known of a borrower is left out: missing data is referred to a person. */
const facts = newly(
  object(
    {
      identity: identityFigures,
      finances: financesFigures,
      behaviour: behaviourFigures,
    } satisfies FieldsOf<AssessmentInput>,
    { words: GROUPS },
  ),
  // Applications of before went on with whatever figures were in the three groups.
  opaque(GROUPS, [{ holds: hasGroups, fault: 'lacks a group' }]),
);

/** Starts pass over what they do not know: a run of before goes on in another with the input that it had. */
export const applicationInput = object(
  {
    tenantId: id,
    applicationId: id,
    borrowerId: newly(personId, id),
    product,
    requestedFen: amountFen,
    facts: optional(facts),
    clock: businessClock,
    ...acted,
  } satisfies FieldsOf<ApplicationInput>,
  { unknown: 'passed over' },
);

const PROVED = wordsFor('an object of identity, finances and behaviour, each with what was proved of it, or left out');

export const provedFigures = described(
  object(
    {
      identity: optional(identityFigures),
      finances: optional(financesFigures),
      behaviour: optional(behaviourFigures),
    } satisfies FieldsOf<ProvedFigures>,
    { words: PROVED, only: PROVED.must },
  ),
  'What the person saw proof of; it stands before what was told with the application.',
);

export const referralDecision = object({
  decision: choice(REFERRAL_DECISIONS),
  decidedBy: personId,
  reason,
  figuresId: optional(id),
  proved: optional(provedFigures),
  ...acted,
} satisfies FieldsOf<ReferralDecision>);

const reserved = ruleOf(requestKey);
/** Only the API names a message so, and signs it. */
const notOurKey: RuleAcross = {
  ...reserved,
  holds: ({ key, actor }: Partial<Acceptance | Objection>) => actor !== undefined || reserved.holds(String(key)),
  at: 'key',
};

/** The key is a name that the caller gives: over HTTP that of the request. */
export const objection = object(
  {
    key: id,
    objectedBy: described(choice(OBJECTORS), 'The borrower, or somebody on behalf of the borrower.'),
    reason,
    figuresId: optional(id),
    ...acted,
  } satisfies FieldsOf<Objection>,
  { rules: [notOurKey] },
);

type AcceptanceOf<Product extends Acceptance['product']> = Extract<Acceptance, { product: Product }>;

const accepting = { key: id, acceptedOn: date, costSheet: optional(costSheetConfirmation), ...acted };

export const cashLoanAcceptance = object(
  {
    ...accepting,
    product: choice(['cash-loan']),
    principalFen: amountFen,
    months: whole(1, MAX_MONTHS),
    method: choice(REPAYMENT_METHODS),
  } satisfies FieldsOf<AcceptanceOf<'cash-loan'>>,
  { rules: [notOurKey] },
);

export const revolvingAcceptance = object(
  { ...accepting, product: choice(['revolving']), dueDay: optional(whole(1, 28)) } satisfies FieldsOf<
    AcceptanceOf<'revolving'>
  >,
  { rules: [notOurKey] },
);

/** Of no product that there is. */
const anyAcceptance: ObjectField<{ product: Field }> = object({ product }, { unknown: 'passed over' });

const ACCEPTANCES = new Map<unknown, Field>(
  Object.entries({ 'cash-loan': cashLoanAcceptance, revolving: revolvingAcceptance } satisfies Record<Product, Field>),
);

/** By its product, because each is accepted in terms of its own. */
export function acceptanceSchemaOf(acceptance: unknown): Field {
  const given = (acceptance as Partial<Acceptance> | null | undefined)?.product;
  return ACCEPTANCES.get(given) ?? anyAcceptance;
}
