/** What becomes of a notice after an answer, or after none. */
import { expect, it } from '@jest/globals';
import {
  countsAsNotSent,
  failsOver,
  isUnknownForGood,
  nextLookAtMs,
  SEND_POLICY,
  tryAgainAtMs,
} from '../../src/domain/sendOutcomes';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

it('a message that was certainly not sent goes to another provider, unless the fault is its own', () => {
  expect(failsOver('transient') && failsOver('windowed') && failsOver('account-stop')).toBe(true);
  expect(failsOver('config-bug') || failsOver('bad-address')).toBe(false);
});

it.each([
  ['passing trouble, at first', { failure: 'transient', attempts: 1, atMs: 0 }, MINUTE_MS],
  ['passing trouble, for the third time', { failure: 'transient', attempts: 3, atMs: 0 }, 4 * MINUTE_MS],
  ['the end of a window', { failure: 'windowed', attempts: 1, retryAtMs: HOUR_MS, atMs: 0 }, HOUR_MS],
  ['a window that ends at once', { failure: 'windowed', attempts: 1, retryAtMs: 1, atMs: 0 }, MINUTE_MS],
  ['an account that cannot send', { failure: 'account-stop', attempts: 1, atMs: 0 }, 5 * MINUTE_MS],
  ['too many attempts', { failure: 'transient', attempts: SEND_POLICY.maxAttempts, atMs: 0 }, undefined],
  ['our own fault', { failure: 'config-bug', attempts: 1, atMs: 0 }, undefined],
  ['a number that takes nothing', { failure: 'bad-address', attempts: 1, atMs: 0 }, undefined],
] as const)('%s: when it is tried again', (_case, refusal, expected) => {
  expect(tryAgainAtMs(refusal)).toBe(expected);
});

it('an attempt in doubt is asked about three times, and waits for a receipt until its 72 hours are over', () => {
  const looksAt = [0, 1, 2, 3].map((looks) => nextLookAtMs({ attemptedAtMs: 0, looks, canInquire: true }));
  expect(looksAt).toEqual([5 * MINUTE_MS, 20 * MINUTE_MS, HOUR_MS, 72 * HOUR_MS]);
  expect(nextLookAtMs({ attemptedAtMs: 0, looks: 0, canInquire: false })).toBe(72 * HOUR_MS);
  expect(isUnknownForGood({ attemptedAtMs: 0, asOfMs: 72 * HOUR_MS - 1 })).toBe(false);
  expect(isUnknownForGood({ attemptedAtMs: 0, asOfMs: 72 * HOUR_MS })).toBe(true);
});

it('no trace counts as not sent at the last look only, and only where the policy says so', () => {
  expect([1, 2, 3].map((looks) => countsAsNotSent({ looks }))).toEqual([false, false, true]);
  expect(countsAsNotSent({ looks: 3 }, { ...SEND_POLICY, resendsNotFound: false })).toBe(false);
});
