/** A channel that fails rests, is tried again by one message, and does not rest for what is the messages' own fault. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { withCircuitBreaker } from '../../../src/adapters/channels/circuitBreaker';
import type { SendOutcome } from '../../../src/adapters/sms/port';

const ACCEPTED: SendOutcome = { status: 'accepted', providerMessageIds: ['m'] };
const UNKNOWN: SendOutcome = { status: 'unknown', detail: 'no answer' };
const refusal = (failure: 'transient' | 'bad-address'): SendOutcome => ({
  status: 'refused',
  failure,
  code: 'smtp-000',
  detail: 'no',
});

afterEach(() => {
  jest.restoreAllMocks();
});

function channelThat(answer: () => Promise<SendOutcome>) {
  const calls: string[] = [];
  const send = withCircuitBreaker((reference: string) => {
    calls.push(reference);
    return answer();
  });
  const sendTimes = async (times: number) => {
    const outcomes: SendOutcome[] = [];
    for (let sent = 0; sent < times; sent += 1) outcomes.push(await send('n.1'));
    return outcomes;
  };
  return { calls, sendTimes };
}

describe('a channel', () => {
  it.each([
    ['says nothing', async () => UNKNOWN],
    ['takes nothing now', async () => refusal('transient')],
    ['throws', () => Promise.reject(new Error('lin@mail.example'))],
  ])('that %s rests after five in a row: the sixth is refused without a call', async (_case, answer) => {
    const { calls, sendTimes } = channelThat(answer);
    const outcomes = await sendTimes(7);
    expect(calls).toHaveLength(5);
    for (const outcome of outcomes.slice(5)) {
      expect(outcome).toMatchObject({ status: 'refused', failure: 'transient', code: 'RESTING' });
    }
    expect(JSON.stringify(outcomes)).not.toContain('mail.example');
  });

  it('is tried by one message after its rest, and works on when that is taken', async () => {
    let nowMs = 1_000_000;
    jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
    let answer: SendOutcome = UNKNOWN;
    const { calls, sendTimes } = channelThat(async () => answer);
    await sendTimes(6);
    nowMs += 30_001;
    await sendTimes(2);
    expect(calls).toHaveLength(6);
    nowMs += 30_001;
    answer = ACCEPTED;
    expect(await sendTimes(3)).toEqual([ACCEPTED, ACCEPTED, ACCEPTED]);
    expect(calls).toHaveLength(9);
  });

  it.each([
    ['addresses that take nothing', refusal('bad-address')],
    ['what is about the message, such as a mailbox that is full', { ...refusal('transient'), isAboutMessage: true }],
  ])('does not rest for %s', async (_case, outcome) => {
    const { calls, sendTimes } = channelThat(async () => outcome);
    await sendTimes(12);
    expect(calls).toHaveLength(12);
  });
});
