/** What becomes of a notice after an answer, or after none. */
import { expect, it } from '@jest/globals';
import {
  askAgainAtMs,
  countsAsNotSent,
  failsOver,
  isUnknownForGood,
  nextLookAtMs,
  SEND_POLICY,
  sendAgainAtMs,
  sessionStopsProvider,
  tryAgainAtMs,
  usesTry,
} from '../../../../src/domain/messaging/delivery/sendOutcomes';

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

it.each([
  [{ failure: 'transient' }, false],
  [{ failure: 'transient', isAboutMessage: false }, false],
  [{ failure: 'transient', isAboutMessage: true }, true],
  [{ failure: 'windowed', isAboutMessage: true }, false],
  [{ failure: 'account-stop' }, false],
  [{ failure: 'config-bug' }, true],
  [{ failure: 'bad-address' }, true],
] as const)('%j: whether it is a word about the message', (refusal, expected) => {
  expect(usesTry(refusal)).toBe(expected);
});

it.each([
  ['passing trouble, at first', { failure: 'transient', calls: 1 }, MINUTE_MS],
  ['passing trouble, for long', { failure: 'transient', calls: 9 }, 5 * MINUTE_MS],
  ['a carrier that is away for hours', { failure: 'transient', calls: 13 }, 30 * MINUTE_MS],
  ['throttled', { failure: 'windowed', calls: 2 }, 2 * MINUTE_MS],
  ['the end of a window', { failure: 'windowed', calls: 2, retryAtMs: HOUR_MS }, HOUR_MS],
  ['an account that cannot send', { failure: 'account-stop', calls: 1 }, 5 * MINUTE_MS],
  ['throttled a hundred times', { failure: 'windowed', calls: 100 }, 30 * MINUTE_MS],
  [
    'the word about the message, for the third time',
    { failure: 'transient', isAboutMessage: true, calls: 30, tries: 3 },
    4 * MINUTE_MS,
  ],
  [
    'the word about the message, once too often',
    { failure: 'transient', isAboutMessage: true, calls: 6, tries: 6 },
    undefined,
  ],
  ['our own fault', { failure: 'config-bug', calls: 1, tries: 1 }, undefined],
] as const)('%s: when a notice that waits for its carrier is sent again', (_case, refused, expected) => {
  expect(sendAgainAtMs({ tries: 0, atMs: 0, ...refused })).toBe(expected);
});

it.each([
  ['nothing was ever taken', undefined, undefined, true],
  ['something was taken just now', -MINUTE_MS, undefined, false],
  ['and refusals have gone on for a while', -HOUR_MS, -29 * MINUTE_MS, false],
  ['and refusals have gone on for long', -HOUR_MS, -30 * MINUTE_MS, true],
  ['something was taken days ago', -48 * HOUR_MS, undefined, true],
])('a session that is refused stops the provider: %s', (_case, lastTakenAtMs, refusedSinceMs, expected) => {
  expect(sessionStopsProvider({ lastTakenAtMs, refusedSinceMs, asOfMs: 0 })).toBe(expected);
});

it('an attempt in doubt is asked about three times, and waits for a receipt until its 72 hours are over', () => {
  const looksAt = [0, 1, 2, 3].map((looks) => nextLookAtMs({ attemptedAtMs: 0, looks, canInquire: true }));
  expect(looksAt).toEqual([5 * MINUTE_MS, 20 * MINUTE_MS, HOUR_MS, 72 * HOUR_MS]);
  expect(nextLookAtMs({ attemptedAtMs: 0, looks: 0, canInquire: false })).toBe(72 * HOUR_MS);
  expect(isUnknownForGood({ attemptedAtMs: 0, asOfMs: 72 * HOUR_MS - 1 })).toBe(false);
  expect(isUnknownForGood({ attemptedAtMs: 0, asOfMs: 72 * HOUR_MS })).toBe(true);
});

it('a provider that could not be reached is asked again after a while, and not beyond the 72 hours', () => {
  expect(askAgainAtMs({ attemptedAtMs: 0, asOfMs: HOUR_MS })).toBe(HOUR_MS + 20 * MINUTE_MS);
  expect(askAgainAtMs({ attemptedAtMs: 0, asOfMs: 72 * HOUR_MS - MINUTE_MS })).toBe(72 * HOUR_MS);
});

it('no trace counts as not sent at the last look only, and only where the policy says so', () => {
  expect([1, 2, 3].map((looks) => countsAsNotSent({ looks }))).toEqual([false, false, true]);
  expect(countsAsNotSent({ looks: 3 }, { ...SEND_POLICY, resendsNotFound: false })).toBe(false);
});
