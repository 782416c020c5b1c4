/**
 * Assessment of an application: knock-outs, affordability, scorecard, limit. Pure; every decision carries its reason
 * codes. Missing data refers to a person, it never approves. This file holds the shapes and the order of the
 * judgement; each rule has a file of its own.
 */
import type { DecimalRate, Fen } from '../values/money';

export const IDENTITY_CHECKS = ['matched', 'mismatched'] as const;

/** What is known of a borrower. A field that is absent is missing data. No sex, marriage or age: they never decide. */
export interface AssessmentInput {
  identity: {
    /** Result of the identity check against its authority. */
    check?: (typeof IDENTITY_CHECKS)[number] | undefined;
    /** Whether the borrower is of legal age. */
    adult?: boolean | undefined;
  };
  finances: {
    monthlyIncomeFen?: Fen | undefined;
    /** What existing debts cost a month. */
    monthlyDebtServiceFen?: Fen | undefined;
    /** Unsecured consumer credit owed elsewhere. */
    unsecuredDebtFen?: Fen | undefined;
    /** Worst monthly code of the credit report in 24 months: 0 normal, 1 = 1-30 days ... 7 (facts 2.7). */
    worstBureauCode?: number | undefined;
    openOverdue?: boolean | undefined;
    bureauInquiries3Months?: number | undefined;
  };
  /** Consumption behaviour on the platform. */
  behaviour: {
    monthsOnPlatform?: number | undefined;
    monthlySpendFen?: Fen | undefined;
    /** Share of bills and deliveries paid on time, 0 to 1, as a decimal. */
    onTimePaymentRatio?: DecimalRate | undefined;
    refundRatio?: DecimalRate | undefined;
  };
}

/** What a person saw proof of, by the names of what is told. */
export type ProvedFigures = { [Part in keyof AssessmentInput]?: AssessmentInput[Part] | undefined };

/** What is known of a borrower once a person has seen proof: what was proved stands before what was told. */
export function withProved(stated: AssessmentInput, proved: ProvedFigures | null | undefined): AssessmentInput {
  return {
    identity: { ...stated.identity, ...proved?.identity },
    finances: { ...stated.finances, ...proved?.finances },
    behaviour: { ...stated.behaviour, ...proved?.behaviour },
  };
}

export interface Assessment {
  outcome: 'approved' | 'declined' | 'referred';
  /** Why: codes of `docs/reason-codes.md`, most important first. */
  reasonCodes: string[];
  /** Undefined when a knock-out or missing data came first. */
  scorePoints: number | undefined;
  /** The points of each characteristic, so that the score can be explained. */
  scoreParts: Record<string, number>;
  /** 0 unless approved. */
  limitFen: Fen;
  dailyRate: DecimalRate;
  policyVersion: string;
}
