/** Debiting once, over a rail of a few lines whose every answer a test sets: what is sent, what is asked, and when. */
import { describe, expect, it } from '@jest/globals';
import { type DebitOnceOptions, debitOnce } from '../../../src/adapters/rails/debitOnce';
import type { DebitInquiryOutcome, DebitOutcome, DebitRequest, PaymentRail } from '../../../src/adapters/rails/port';

const REQUEST: DebitRequest = {
  reference: 'app-1-1.instalment-1.1',
  mandateId: 'mandate-1',
  amountFen: 5_000,
  businessDate: '2026-03-15',
};
const SETTLED: DebitOutcome = { status: 'settled', railId: 'r-1', amountFen: 5_000, settledOn: '2026-03-15' };
const REFUSED: DebitOutcome = { status: 'refused', refusalClass: 'limit', code: 'L1' };
const PENDING: DebitOutcome = { status: 'pending', railId: 'r-1' };
const UNKNOWN: DebitOutcome = { status: 'unknown', detail: 'no answer' };
const NOT_FOUND: DebitInquiryOutcome = { status: 'not-found' };

/** Runs it over scripted answers, `throws` among them; returns the outcome and, in order, all that was done. */
async function run(
  debits: (DebitOutcome | 'throws')[],
  inquiries: (DebitInquiryOutcome | 'throws')[],
  options: Partial<DebitOnceOptions> = {},
) {
  const done: (string | number)[] = [];
  const answer = <Outcome>(script: (Outcome | 'throws')[]): Outcome => {
    const next = script.shift();
    if (next === undefined) throw new Error('the rail was called more often than the test foresees');
    if (next === 'throws') throw new Error('the phone of 样例 is 199 0000 0000');
    return next;
  };
  const rail: PaymentRail = {
    name: 'scripted',
    async debit(request) {
      expect(request).toEqual(REQUEST);
      done.push('debit');
      return answer<DebitOutcome>(debits);
    },
    async inquire(reference) {
      expect(reference).toBe(REQUEST.reference);
      done.push('inquire');
      return answer<DebitInquiryOutcome>(inquiries);
    },
  };
  const pause = async (ms: number) => {
    done.push(ms);
  };
  const outcome = await debitOnce(rail, REQUEST, { pause, ...options });
  expect([...debits, ...inquiries]).toEqual([]);
  return { outcome, done };
}

describe('debiting once', () => {
  it.each([SETTLED, REFUSED, PENDING])('takes a clear answer as it is: $status', async (clear) => {
    expect(await run([clear], [])).toEqual({ outcome: clear, done: ['debit'] });
  });

  it.each([SETTLED, REFUSED, PENDING])(
    'asks after an answer that did not come, and sends nothing: $status',
    async (clear) => {
      expect(await run([UNKNOWN], [clear])).toEqual({ outcome: clear, done: ['debit', 1_000, 'inquire'] });
    },
  );

  it('asks three times with longer pauses, and then says that it does not know', async () => {
    expect(await run([UNKNOWN], [UNKNOWN, UNKNOWN, UNKNOWN])).toEqual({
      outcome: UNKNOWN,
      done: ['debit', 1_000, 'inquire', 4_000, 'inquire', 10_000, 'inquire'],
    });
  });

  it('sends again, once, only when the rail says that it never took the reference', async () => {
    expect(await run([UNKNOWN, SETTLED], [UNKNOWN, NOT_FOUND])).toEqual({
      outcome: SETTLED,
      done: ['debit', 1_000, 'inquire', 4_000, 'inquire', 'debit'],
    });
    const { outcome, done } = await run([UNKNOWN, UNKNOWN], [NOT_FOUND, NOT_FOUND]);
    expect(outcome.status).toBe('unknown');
    expect(done.filter((one) => one === 'debit')).toHaveLength(2);
  });

  it('asks about the second sending as about the first', async () => {
    expect((await run([UNKNOWN, UNKNOWN], [NOT_FOUND, UNKNOWN, SETTLED])).outcome).toEqual(SETTLED);
    expect((await run([UNKNOWN, UNKNOWN], [NOT_FOUND, UNKNOWN, UNKNOWN, UNKNOWN])).outcome).toEqual(UNKNOWN);
  });

  it('asks first when an earlier attempt may have sent it', async () => {
    const wasSent = true;
    expect(await run([], [SETTLED], { wasSent })).toEqual({ outcome: SETTLED, done: [1_000, 'inquire'] });
    expect((await run([SETTLED], [NOT_FOUND], { wasSent })).done).toEqual([1_000, 'inquire', 'debit']);
    expect((await run([], [UNKNOWN], { wasSent, inquiryPausesMs: [7] })).done).toEqual([7, 'inquire']);
  });

  it('does not take money for its own that moved for another amount, wherever it hears of it', async () => {
    const other: DebitOutcome = { ...SETTLED, amountFen: 4_999 };
    const detail = 'the rail moved 4999 fen under this reference where 5000 were asked for';
    for (const { outcome } of [
      await run([other], []),
      await run([UNKNOWN], [other]),
      await run([UNKNOWN, other], [NOT_FOUND]),
      await run([UNKNOWN, UNKNOWN], [NOT_FOUND, other]),
    ]) {
      expect(outcome).toEqual({ status: 'unknown', detail });
    }
  });

  it('takes an adapter that throws for one that did not answer, and keeps nothing of its text', async () => {
    expect((await run(['throws'], ['throws', SETTLED])).outcome).toEqual(SETTLED);
    const { outcome } = await run(['throws'], ['throws'], { inquiryPausesMs: [1] });
    expect(outcome).toEqual({ status: 'unknown', detail: 'the adapter of the rail threw' });
  });

  it('throws for a request that is wrong in itself, and calls nobody', async () => {
    let calls = 0;
    const called = async () => {
      calls += 1;
      return UNKNOWN;
    };
    const rail: PaymentRail = { name: 'counting', debit: called, inquire: called };
    const wrong = debitOnce(rail, { ...REQUEST, amountFen: -1 }, { pause: async () => undefined });
    await expect(wrong).rejects.toThrow('amountFen must be a whole number of fen above 0');
    expect(calls).toBe(0);
  });
});
