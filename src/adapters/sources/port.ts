/**
 * The one way to whoever knows something of an applicant: an identity authority, a bank or a bureau, a merchant platform
 * (docs/data-sources.md). A question changes nothing at a supplier, so that it may be asked again under its id; what does
 * not come is `unavailable`, and for its caller missing. It never throws.
 */
import type { ConsentPurpose, SourceStatus, SuppliedKind } from '../../domain/origination/dataSources';
import type { ProvedFigures } from '../../domain/risk/assessment';

/** Who is asked about, for a source of identity alone. Never logged, and never in an error. */
export interface PersonAsked {
  name: string;
  idNumber: string;
  phone: string;
}

export interface SourceQuestion {
  /** Ours: the same question again bears the same. 1 to 140 letters, digits or `._:-`. */
  requestId: string;
  sourceKind: SuppliedKind;
  purpose: ConsentPurpose;
  /** The consent that it is asked under; business milliseconds, `untilMs` null: until it is withdrawn. */
  consent: { consentId: string; fromMs: number; untilMs: number | null };
  /** The borrower by our id. */
  borrowerId: string;
  person?: PersonAsked | undefined;
}

export type SourceAnswer =
  | { status: SourceStatus; figures: ProvedFigures /** Names of figures. */; missing: string[] }
  /** `detail` names no person and repeats no value. */
  | { status: 'unavailable'; detail: string };

export interface DataSource {
  /** As it is kept beside what it showed: 1 to 80 letters, digits or `._-`. */
  readonly supplier: string;
  ask(question: SourceQuestion): Promise<SourceAnswer>;
}

/** The supplier of each kind that the deployment has. */
export type DataSources = Partial<Record<SuppliedKind, DataSource>>;
