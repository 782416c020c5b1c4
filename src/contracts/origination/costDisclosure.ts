/** The cost sheet as it crosses: what was presented, and the borrower's confirmation of it (docs/cost-disclosure.md). */
import type { DecimalRate, Fen } from '../../domain/values/money';

/** The borrower has read the sheet with this hash and agreed, before what it is about is taken up. */
export interface CostDisclosureConfirmation {
  /** SHA-256 of the sheet's text in UTF-8, as lower-case hex. */
  hash: string;
  /** Who confirmed, as the upstream knows the person: an id, never a name. */
  confirmedBy: string;
  /** When, as the upstream's clock said: an ISO instant with its offset, such as "2026-08-01T10:20:00+08:00". */
  confirmedAt: string;
}

/** The sheet that would have to be confirmed: comes with a refusal, so that no second question is needed. */
export interface PresentedCostDisclosure {
  hash: string;
  text: string;
}

/** What a refusal was measured by; only what belongs to its reason codes is there. */
export interface RefusalFigures {
  /** Nominal, under normal performance; above `annualCap`. */
  annualisedCost?: DecimalRate | undefined;
  annualCap?: DecimalRate | undefined;
  /** Unsecured consumer credit of the borrower with what was asked for; above `maxUnsecuredFen`. */
  unsecuredFen?: Fen | undefined;
  maxUnsecuredFen?: Fen | undefined;
  /** What there is to split into instalments. */
  splittableFen?: Fen | undefined;
  /** The smallest amount that is split. */
  minimumFen?: Fen | undefined;
}
