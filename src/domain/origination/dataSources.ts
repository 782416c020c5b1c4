/**
 * Where what is known of an applicant comes from: one row for each kind of source, with the figures that it may bring.
 * What a kind may not bring is not taken of it, whoever sends it.
 */
import type { AssessmentInput } from '../risk/assessment';
import { type NameOf, type NamesWith, namesOf, namesWith } from '../values/tables';

/** What a consent is given for. */
export const CONSENT_PURPOSES = ['credit-assessment'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

/** By their groups, as in {@link AssessmentInput}. */
type FiguresByGroup = { readonly [Group in keyof AssessmentInput]?: readonly (keyof AssessmentInput[Group])[] };

const IDENTITY = { identity: ['check', 'adult'] } as const satisfies FiguresByGroup;
const FINANCES = {
  finances: [
    'monthlyIncomeFen',
    'monthlyDebtServiceFen',
    'unsecuredDebtFen',
    'worstBureauCode',
    'openOverdue',
    'bureauInquiries3Months',
  ],
} as const satisfies FiguresByGroup;
const BEHAVIOUR = {
  behaviour: ['monthsOnPlatform', 'monthlySpendFen', 'onTimePaymentRatio', 'refundRatio'],
} as const satisfies FiguresByGroup;

interface SourceKindRow {
  /** Somebody else is asked for it; otherwise it comes with the application. */
  isSupplied: boolean;
  purpose: ConsentPurpose;
  brings: FiguresByGroup;
  /** The longest ago that it may have been seen, in days; a policy may ask for less. Null: as long as its application. */
  freshDays: number | null;
  /** Whether it is told who is asked about: name, identity number, phone. The others know a borrower by our id. */
  isToldIdentity: boolean;
}

/** In the order in which they speak: what comes later stands before what came first. */
export const SOURCE_KINDS = {
  application: {
    isSupplied: false,
    purpose: 'credit-assessment',
    brings: { ...IDENTITY, ...FINANCES, ...BEHAVIOUR },
    freshDays: null,
    isToldIdentity: false,
  },
  identity: {
    isSupplied: true,
    purpose: 'credit-assessment',
    brings: IDENTITY,
    freshDays: 90,
    isToldIdentity: true,
  },
  'financial-record': {
    isSupplied: true,
    purpose: 'credit-assessment',
    brings: FINANCES,
    freshDays: 30,
    isToldIdentity: false,
  },
  consumption: {
    isSupplied: true,
    purpose: 'credit-assessment',
    brings: BEHAVIOUR,
    freshDays: 30,
    isToldIdentity: false,
  },
} as const satisfies Record<string, SourceKindRow>;

export type SourceKind = NameOf<typeof SOURCE_KINDS>;
/** A kind that somebody else is asked for. */
export type SuppliedKind = NamesWith<typeof SOURCE_KINDS, { isSupplied: true }>;

export const ALL_SOURCE_KINDS = namesOf(SOURCE_KINDS);
export const SUPPLIED_KINDS = namesWith(SOURCE_KINDS, { isSupplied: true });

export const SOURCE_STATUSES = ['complete', 'partial'] as const;
export type SourceStatus = (typeof SOURCE_STATUSES)[number];

/** `finances.monthlyIncomeFen` and so on: the figures of a kind, by their names. */
export function figureNamesOf(kind: SourceKind): string[] {
  const { brings }: SourceKindRow = SOURCE_KINDS[kind];
  return Object.entries(brings).flatMap(([group, fields]) => fields.map((field) => `${group}.${field}`));
}
