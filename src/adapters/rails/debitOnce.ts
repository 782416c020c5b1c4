/**
 * A debit that moves money once, over any rail: after an answer that did not come it asks before it sends again, and it
 * sends again only when the rail itself says that it never took the reference, under the same reference, once.
 */
import { checkDebitRequest, InvalidDebitError } from './debitRequest';
import type { DebitInquiryOutcome, DebitOutcome, DebitRequest, PaymentRail } from './port';

export interface DebitOnceOptions {
  /** Waits that many milliseconds of real time; an activity also sends its heartbeat here. */
  pause(ms: number): Promise<void>;
  /**
   * Whether the reference may have been sent before, by an attempt that did not live to tell: then it inquires first.
   * An activity that runs again after a crash must say so.
   */
  wasSent?: boolean;
  /** Before each inquiry of a round; there are two rounds at most. One that is known to take longer is pending. */
  inquiryPausesMs?: readonly number[];
}

/** A rail that is just slow has answered after the first; one that is being restarted, after the last. */
const INQUIRY_PAUSES_MS = [1_000, 4_000, 10_000] as const;

/**
 * Debits, and returns what is known in the end. `unknown`: the money may have moved, for a person or a later inquiry to
 * find out; no other reference may be tried for the same obligation until then. At most two debits and six inquiries
 * with the default pauses. Throws `InvalidDebitError` alone, before anything is sent.
 */
export async function debitOnce(
  rail: PaymentRail,
  request: DebitRequest,
  { pause, wasSent = false, inquiryPausesMs = INQUIRY_PAUSES_MS }: DebitOnceOptions,
): Promise<DebitOutcome> {
  checkDebitRequest(request);
  const send = () => answered(() => rail.debit(request));
  const ask = () => inquireUntilKnown(rail, request.reference, { pause, inquiryPausesMs });

  const first = wasSent ? UNTOLD : await send();
  if (first.status !== 'unknown') return agreed(first, request);
  const found = await ask();
  if (found.status !== 'not-found') return agreed(found, request);
  // The first may still be on its way. The reference is the same, so the rail moves the money for one of the two.
  const second = await send();
  if (second.status !== 'unknown') return agreed(second, request);
  const last = await ask();
  if (last.status !== 'not-found') return agreed(last, request);
  return { status: 'unknown', detail: 'sent twice without an answer, and the rail says it knows of neither' };
}

/** Asks once what became of a request, and sends nothing; what the answer is worth is judged as after a debit. */
export async function inquireOnce(rail: PaymentRail, request: DebitRequest): Promise<DebitInquiryOutcome> {
  const found = await answered(() => rail.inquire(request.reference));
  return found.status === 'not-found' ? found : agreed(found, request);
}

const UNTOLD: DebitOutcome = { status: 'unknown', detail: 'sent by an attempt that did not tell its outcome' };

async function inquireUntilKnown(
  rail: PaymentRail,
  reference: string,
  { pause, inquiryPausesMs }: Required<Pick<DebitOnceOptions, 'pause' | 'inquiryPausesMs'>>,
): Promise<DebitInquiryOutcome> {
  let latest: DebitInquiryOutcome = { status: 'unknown', detail: 'the rail was not asked' };
  for (const ms of inquiryPausesMs) {
    await pause(ms);
    latest = await answered(() => rail.inquire(reference));
    if (latest.status !== 'unknown') return latest;
  }
  return latest;
}

/** An adapter that throws has broken its promise, and the money may have moved all the same. Its text is not kept. */
async function answered<Outcome extends DebitInquiryOutcome>(
  ask: () => Promise<Outcome>,
): Promise<Outcome | { status: 'unknown'; detail: string }> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof InvalidDebitError) throw error;
    return { status: 'unknown', detail: 'the adapter of the rail threw' };
  }
}

/** Money that moved under our reference for another amount is not what was asked for: a person must look at it. */
function agreed(outcome: DebitOutcome, { amountFen }: DebitRequest): DebitOutcome {
  if (outcome.status !== 'settled' || outcome.amountFen === amountFen) return outcome;
  const detail = `the rail moved ${outcome.amountFen} fen under this reference where ${amountFen} were asked for`;
  return { status: 'unknown', detail };
}
