/**
 * The `sandbox` rail is a fake for development, demonstrations and tests: no bank is behind it and no money moves. It
 * keeps what it "moved" in a table, so that a reference that comes twice moves once and an inquiry tells the truth
 * after a restart. How a debit fares follows from the end of its mandate's id, so a run can be repeated
 * (docs/payment-rail.md).
 */
import { checkDebitRequest, checkReference } from './debitRequest';
import type { DebitInquiryOutcome, DebitOutcome, DebitRequest, PaymentRail, RefusalClass } from './port';

/** What becomes of a debit, decided when it arrives and kept. `lost`: it never arrived, so the rail does not know it. */
type SandboxVerdict =
  | { status: 'moved'; settlesAfterDays: 0 | 1 }
  | { status: 'refused'; refusalClass: RefusalClass; code: string }
  | { status: 'lost' };

/** A debit as it is kept. Dates are `YYYY-MM-DD`. */
interface SandboxDebit {
  railId: string;
  mandateId: string;
  amountFen: number;
  businessDate: string;
  status: SandboxVerdict['status'];
  /** Of one that moved: the business date plus `settlesAfterDays`. */
  settlesOn: string | null;
  refusalClass: RefusalClass | null;
  code: string | null;
}

export interface SandboxRailStore {
  /**
   * Keeps a debit with its verdict, once for its reference, and returns what is kept. A lost one that is sent again
   * arrives this time, and is kept as moved. `judge` hears how many references of the mandate came before;
   * debits of one mandate wait for each other.
   */
  take(request: DebitRequest, judge: (earlierOfMandate: number) => SandboxVerdict): Promise<SandboxDebit>;
  find(reference: string): Promise<SandboxDebit | undefined>;
}

export interface SandboxRailOptions {
  store: SandboxRailStore;
  /** Today's business date: what `-slow` settles by. */
  today(): string | Promise<string>;
}

interface Behaviour {
  verdict: (earlierOfMandate: number) => SandboxVerdict;
  /** Whether the caller gets no answer. */
  hides?: 'debit' | 'debit and inquiry';
}

const MOVED: SandboxVerdict = { status: 'moved', settlesAfterDays: 0 };

/** By what follows the last dash of the mandate's id; anything else settles at once. */
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  nofunds: { verdict: () => refusal('insufficient-funds') },
  invalid: { verdict: () => refusal('mandate-invalid') },
  closed: { verdict: () => refusal('account-closed') },
  limit: { verdict: () => refusal('limit') },
  refused: { verdict: () => refusal('rail-refused') },
  once: { verdict: (earlierOfMandate) => (earlierOfMandate === 0 ? refusal('insufficient-funds') : MOVED) },
  slow: { verdict: () => ({ status: 'moved', settlesAfterDays: 1 }) },
  unknown: { verdict: () => MOVED, hides: 'debit' },
  silent: { verdict: () => MOVED, hides: 'debit and inquiry' },
  lost: { verdict: () => ({ status: 'lost' }) },
};
const SETTLES_AT_ONCE: Behaviour = { verdict: () => MOVED };

export function createSandboxRail({ store, today }: SandboxRailOptions): PaymentRail {
  return {
    name: 'sandbox',
    async debit(request): Promise<DebitOutcome> {
      checkDebitRequest(request);
      const { verdict, hides } = behaviourOf(request.mandateId);
      const kept = await reached(() => store.take(request, verdict));
      if (kept === UNREACHED) return unknown('the table of the sandbox could not be reached');
      if (hides !== undefined) return unknown('the sandbox gives no answer for this mandate');
      if (kept.status === 'lost') return unknown('the sandbox lost the debit on its way');
      if (!isSame(kept, request)) return unknown('the sandbox knows this reference with other content');
      return outcomeOf(kept, await today());
    },
    async inquire(reference): Promise<DebitInquiryOutcome> {
      checkReference(reference);
      const kept = await reached(() => store.find(reference));
      if (kept === UNREACHED) return unknown('the table of the sandbox could not be reached');
      if (kept === undefined || kept.status === 'lost') return { status: 'not-found' };
      if (behaviourOf(kept.mandateId).hides === 'debit and inquiry') {
        return unknown('the sandbox gives no answer for this mandate');
      }
      return outcomeOf(kept, await today());
    },
  };
}

const UNREACHED = Symbol('unreached');

/** A commit whose answer was lost may have arrived: that is unknown, as a broken connection to a bank is. */
async function reached<Result>(work: () => Promise<Result>): Promise<Result | typeof UNREACHED> {
  try {
    return await work();
  } catch {
    return UNREACHED;
  }
}

function behaviourOf(mandateId: string): Behaviour {
  const suffix = /-([a-z]+)$/.exec(mandateId)?.[1] ?? '';
  return Object.hasOwn(BEHAVIOURS, suffix) ? (BEHAVIOURS[suffix] as Behaviour) : SETTLES_AT_ONCE;
}

function outcomeOf(kept: SandboxDebit, today: string): DebitOutcome {
  const { railId, amountFen, businessDate, settlesOn, refusalClass, code } = kept;
  if (refusalClass !== null && code !== null) return { status: 'refused', refusalClass, code };
  if (settlesOn === null) return unknown('the sandbox has kept no date of settlement');
  if (settlesOn > businessDate && settlesOn > today) return { status: 'pending', railId };
  return { status: 'settled', railId, amountFen, settledOn: settlesOn };
}

function isSame(kept: SandboxDebit, { mandateId, amountFen, businessDate }: DebitRequest): boolean {
  return kept.mandateId === mandateId && kept.amountFen === amountFen && kept.businessDate === businessDate;
}

function refusal(refusalClass: RefusalClass): SandboxVerdict {
  return { status: 'refused', refusalClass, code: `SANDBOX_${refusalClass.toUpperCase().replaceAll('-', '_')}` };
}

function unknown(detail: string): { status: 'unknown'; detail: string } {
  return { status: 'unknown', detail };
}
