/** Which provider is given a message, at what pace, and when one rests. No clock of the machine is read. */
import { describe, expect, it } from '@jest/globals';
import type { SendOutcome, SmsMessage, SmsProvider } from '../../../src/adapters/sms/port';
import { createProviderPool } from '../../../src/adapters/sms/providerPool';
import { TokenBucket } from '../../../src/adapters/sms/tokenBucket';

const MESSAGE: SmsMessage = { reference: 'n.1', phone: '13800000000', text: '【示例消金】您好', atMs: 0 };
const ACCEPTED: SendOutcome = { status: 'accepted', providerMessageIds: ['m'] };
const UNKNOWN: SendOutcome = { status: 'unknown', detail: 'no answer' };
const CAPABILITIES = { freeText: true, echoesReference: false, maxParts: 3, perSecond: 1_000 };

function provider(name: string, answer: () => Promise<SendOutcome> = async () => ACCEPTED): SmsProvider {
  return { name, capabilities: CAPABILITIES, send: answer };
}

const QUESTION = { without: new Set<string>(), parts: 1, isRegistered: () => false };

describe('the choice', () => {
  const first = provider('first');
  const registered = { ...provider('cloud'), capabilities: { ...CAPABILITIES, freeText: false, maxParts: 8 } };
  const pool = createProviderPool([registered, first, provider('second')]);

  it('is the first that may have it', () => {
    expect(pool.choose(QUESTION)?.name).toBe('first');
    expect(pool.choose({ ...QUESTION, without: new Set(['first']) })?.name).toBe('second');
    expect(pool.choose({ ...QUESTION, without: new Set(['first', 'second']) })).toBeUndefined();
  });

  it('takes a provider of registered texts only with such a text, and none for more parts than it takes', () => {
    expect(pool.choose({ ...QUESTION, isRegistered: (name) => name === 'cloud' })?.name).toBe('cloud');
    expect(pool.choose({ ...QUESTION, parts: 4 })).toBeUndefined();
    expect(pool.choose({ ...QUESTION, parts: 4, isRegistered: () => true })?.name).toBe('cloud');
  });

  it('needs names that differ', () => {
    expect(() => createProviderPool([first, provider('first')])).toThrow(/one name/);
  });
});

it.each([
  ['none', []],
  ['an empty one', ['']],
  ['a blank one', ['m', ' ']],
])('an acceptance with %s for its ids is doubt, whichever adapter says so', async (_what, ids) => {
  const nameless = provider('nameless', async () => ({ status: 'accepted', providerMessageIds: ids as [string] }));
  expect(await createProviderPool([nameless]).send(nameless, MESSAGE)).toEqual({
    status: 'unknown',
    detail: 'the provider took the message and named no id',
  });
});

describe('a provider in trouble', () => {
  it('rests after five troubles in a row, and one message tries it again', async () => {
    let nowMs = 1_000;
    let calls = 0;
    let answer = UNKNOWN as SendOutcome;
    const failing = provider('failing', async () => {
      calls += 1;
      return answer;
    });
    const pool = createProviderPool([failing, provider('other')], () => nowMs);
    for (let sent = 0; sent < 4; sent += 1) await pool.send(failing, MESSAGE);
    expect(pool.choose(QUESTION)?.name).toBe('failing');
    await pool.send(failing, MESSAGE);
    expect(pool.choose(QUESTION)?.name).toBe('other');
    expect(pool.health()).toMatchObject([{ name: 'failing', state: 'resting', unknown: 5 }, { state: 'up' }]);
    // What waited for its turn meanwhile is refused without a call, so that it can go elsewhere.
    expect(await pool.send(failing, MESSAGE)).toMatchObject({
      status: 'refused',
      failure: 'transient',
      code: 'RESTING',
    });
    expect(calls).toBe(5);
    nowMs += 30_001;
    answer = ACCEPTED;
    expect(pool.choose(QUESTION)?.name).toBe('failing');
  });

  it('is one that says so itself: it is passed over, and is there again when it is ready', () => {
    let isReady = false;
    const unbound = { ...provider('unbound'), isReady: () => isReady };
    const pool = createProviderPool([unbound, provider('other')]);
    expect(pool.choose(QUESTION)?.name).toBe('other');
    expect(pool.health()).toMatchObject([{ name: 'unbound', state: 'resting' }, { state: 'up' }]);
    isReady = true;
    expect(pool.choose(QUESTION)?.name).toBe('unbound');
  });

  it.each([
    { status: 'refused', failure: 'bad-address', code: 'E', detail: 'no such number' },
    { status: 'refused', failure: 'transient', code: 'E', detail: 'not this message', isAboutMessage: true },
  ] as SendOutcome[])('is not one whose messages are refused for their own sake', async (refused) => {
    const picky = provider('picky', async () => refused);
    const pool = createProviderPool([picky]);
    for (let sent = 0; sent < 10; sent += 1) await pool.send(picky, MESSAGE);
    expect(pool.choose(QUESTION)?.name).toBe('picky');
  });

  it('that throws said nothing: the outcome is unknown, and the error, which may hold a phone, is not kept', async () => {
    const throwing = provider('throwing', () => Promise.reject(new Error('13800000000 timed out')));
    const outcome = await createProviderPool([throwing]).send(throwing, MESSAGE);
    expect(outcome).toEqual({ status: 'unknown', detail: 'the provider adapter failed without an answer' });
  });
});

describe('the pace', () => {
  it('lets through a second of messages at once, and then so many a second, in their order', async () => {
    let nowMs = 0;
    const bucket = new TokenBucket(
      5,
      () => nowMs,
      async (ms) => {
        nowMs += ms;
      },
    );
    const at: number[] = [];
    for (let index = 0; index < 12; index += 1) at.push(await bucket.turn().then(() => nowMs));
    expect(at.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(at.slice(5)).toEqual([200, 400, 600, 800, 1_000, 1_200, 1_400]);
  });

  it('refuses a pace that lets nothing through', () => {
    expect(
      () =>
        new TokenBucket(
          0,
          () => 0,
          async () => {},
        ),
    ).toThrow(RangeError);
  });
});
