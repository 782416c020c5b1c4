/** Which attempt a receipt is about: of its provider and session, made before it and not too long before, or nobody's. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  belongingOf,
  type GivenId,
  RECEIPT_WINDOW_MS,
  type ToldId,
} from '../../../../src/domain/messaging/delivery/receiptBelonging';

const MINUTE_MS = 60_000;
const NOW_MS = Date.parse('2026-11-25T01:00:00Z');
const [A, B] = ['carrier.a', 'carrier.b'];
const ELSEWHERE = 'other-carrier.a';

const given = (changes: Partial<GivenId> = {}): GivenId => ({
  attemptedAtMs: NOW_MS,
  order: 10,
  session: A,
  isOpen: true,
  ...changes,
});
const told = (changes: Partial<ToldId> = {}): ToldId => ({
  receivedAtMs: NOW_MS + MINUTE_MS,
  order: 99,
  session: A,
  ...changes,
});
const trouble = (why: string) => ({ status: 'trouble', trouble: why });

describe('a receipt', () => {
  it('belongs to the attempt that was given its id, until it has an end', () => {
    expect(belongingOf(told(), [given()])).toEqual({ status: 'found', given: given() });
    expect(belongingOf(told(), [given({ isOpen: false })])).toEqual({ status: 'ended' });
    expect(belongingOf(told(), [])).toEqual({ status: 'nobody' });
  });

  it('kept from before the attempt is not about it, by the database´s count', () => {
    expect(belongingOf(told({ order: 9 }), [given()])).toEqual({ status: 'nobody' });
    expect(belongingOf(told({ order: 10 }), [given()]).status).toBe('found');
    // From before there was a count, and an attempt from before it.
    expect(belongingOf(told({ order: null }), [given()])).toEqual({ status: 'nobody' });
    expect(belongingOf(told(), [given({ order: null })]).status).toBe('found');
  });

  it('is judged by instants where there was no count, and not put off by clocks that differ by seconds', () => {
    const uncounted = (receivedAtMs: number) =>
      belongingOf(told({ receivedAtMs, order: null }), [given({ order: null })]);
    expect(uncounted(NOW_MS - 2 * MINUTE_MS)).toEqual({ status: 'nobody' });
    expect(uncounted(NOW_MS - 5_000).status).toBe('found');
    expect(belongingOf(told({ receivedAtMs: NOW_MS - 2 * MINUTE_MS }), [given()]).status).toBe('found');
  });

  it.each([
    [RECEIPT_WINDOW_MS, 'found'],
    [RECEIPT_WINDOW_MS + 1, 'trouble'],
  ])('of an attempt that was made %i ms before is %s', (ageMs, status) => {
    expect(belongingOf(told({ receivedAtMs: NOW_MS + ageMs }), [given()]).status).toBe(status);
  });

  it('that comes too late says so, and is a double where its message has an end', () => {
    const late = told({ receivedAtMs: NOW_MS + RECEIPT_WINDOW_MS + 1 });
    expect(belongingOf(late, [given()])).toEqual(trouble('too-late'));
    expect(belongingOf(late, [given({ isOpen: false })])).toEqual({ status: 'nobody' });
  });

  it('of a session belongs to what the session itself submitted', () => {
    const [mine, theirs] = [given(), given({ session: B, order: 11 })];
    expect(belongingOf(told({ session: A }), [mine, theirs])).toEqual({ status: 'found', given: mine });
    expect(belongingOf(told({ session: B }), [mine, theirs])).toEqual({ status: 'found', given: theirs });
    expect(belongingOf(told({ session: A }), [{ ...mine, isOpen: false }, theirs])).toEqual({ status: 'ended' });
  });

  it('comes on any session of an account, and never on one of another', () => {
    expect(belongingOf(told({ session: B }), [given()])).toEqual({ status: 'found', given: given() });
    expect(belongingOf(told({ session: ELSEWHERE }), [given()])).toEqual(trouble('other-session'));
    expect(belongingOf(told({ session: ELSEWHERE }), [given({ isOpen: false })])).toEqual({ status: 'nobody' });
    expect(belongingOf(told({ session: null }), [given()]).status).toBe('found');
    expect(belongingOf(told(), [given({ session: null })]).status).toBe('found');
  });

  it('that fits several is nobody´s', () => {
    const twice = [given(), given({ order: 11 })];
    expect(belongingOf(told(), twice)).toEqual(trouble('ambiguous'));
    expect(belongingOf(told({ session: 'carrier.c' }), [given(), given({ session: B })])).toEqual(trouble('ambiguous'));
  });

  it('is about the newer of two where the older has its end, and about neither the other way round', () => {
    const newer = given({ order: 11, attemptedAtMs: NOW_MS + 1 });
    expect(belongingOf(told(), [given({ isOpen: false }), newer])).toEqual({ status: 'found', given: newer });
    expect(belongingOf(told(), [given(), { ...newer, isOpen: false }])).toEqual(trouble('ambiguous'));
  });
});

it('whatever the attempts are, what is found is open, made before, not too long before, and of no other account', () => {
  const session = fc.constantFrom(null, A, B, ELSEWHERE);
  const order = fc.option(fc.integer({ min: 0, max: 6 }), { nil: null });
  const atMs = fc.integer({ min: -5, max: 5 }).map((steps) => NOW_MS + steps * 20 * 60 * MINUTE_MS);
  const attempts = fc.array(fc.record({ attemptedAtMs: atMs, order, session, isOpen: fc.boolean() }), { maxLength: 5 });
  let found = 0;
  fc.assert(
    fc.property(fc.record({ receivedAtMs: atMs, order, session }), attempts, (receipt, ids) => {
      const belonging = belongingOf(receipt, ids);
      if (belonging.status !== 'found') return;
      found += 1;
      const { given: one } = belonging;
      expect(one.isOpen).toBe(true);
      expect(receipt.receivedAtMs - one.attemptedAtMs).toBeLessThanOrEqual(RECEIPT_WINDOW_MS);
      expect(one.order ?? 0).toBeLessThanOrEqual(receipt.order ?? 0);
      if (receipt.session !== null && one.session !== null)
        expect(one.session.split('.')[0]).toBe(receipt.session.split('.')[0]);
      // Whoever is left out changes nothing but what is in doubt.
      expect(belongingOf(receipt, [one])).toEqual(belonging);
    }),
    { numRuns: 5_000 },
  );
  expect(found).toBeGreaterThan(200);
});
