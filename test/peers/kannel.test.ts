/**
 * The HTTP gateway provider against the real Kannel: with Kannel's own fake carrier, and with a scripted SMSC behind it
 * that refuses, is busy, keeps silent and repeats itself. What Kannel tells comes over real HTTP.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SendOutcome } from '../../src/adapters/sms/port';
import { createHttpGateway, type HttpGatewayOptions } from '../../src/adapters/sms/providers/httpGateway';
import { Kannel, PASSWORD, SENDER, USERNAME } from '../../src/dev/bench/notices/kannel';
import { needPeer } from '../setup/environment';
import { until } from '../support/credits';
import { CallbackPeer } from './callbackPeer';
import { ESME_RINVDSTADR, ESME_RTHROTTLED, type Fate, SmscPeer } from './smscPeer';

const WITHIN_MS = 40_000;
const SHORT = '【示例消金】您的本期应还100.00元，明日到期。';
/** 160 characters: 67, 67 and 26. */
const LONG = `【示例消金】${'您的账单已出，请按时还款。'.repeat(13)}`.slice(0, 160);

const api = new CallbackPeer();
beforeAll(async () => {
  await api.start();
  needPeer('kannel');
});
afterAll(() => api.stop());

const gatewayOf = (kannel: Kannel, changes: Partial<HttpGatewayOptions> = {}) =>
  createHttpGateway({
    url: kannel.sendsmsUrl,
    username: USERNAME,
    password: PASSWORD,
    from: SENDER,
    callbackUrl: api.url,
    ...changes,
  });

let count = 0;
/** A message of its own reference; with what became of it. */
async function send(
  kannel: Kannel,
  phone: string,
  { text = SHORT, ...changes }: Partial<HttpGatewayOptions> & { text?: string } = {},
): Promise<{ reference: string; outcome: SendOutcome }> {
  count += 1;
  const reference = `notice-${count}.1`;
  return { reference, outcome: await gatewayOf(kannel, changes).send({ reference, phone, text, atMs: 0 }) };
}

const acceptedAs = (reference: string) => ({ status: 'accepted', providerMessageIds: [reference] });

describe('with its own fake carrier', () => {
  let kannel: Kannel;
  beforeAll(async () => {
    kannel = await Kannel.start({ carrier: { kind: 'fakesmsc' } });
  }, WITHIN_MS);
  afterAll(() => kannel?.stop());

  it.each(['POST', 'GET'] as const)('delivers by %s, with a pending and a final receipt', async (method) => {
    const { reference, outcome } = await send(kannel, '13800000001', { method });
    expect(outcome).toEqual(acceptedAs(reference));
    await until(async () => api.of(reference).length === 2, WITHIN_MS);
    expect(api.of(reference)).toEqual([expect.stringMatching(/^delivered /), 'pending ACK']);
  });

  it('tells again what was not taken', async () => {
    api.fails = 2;
    const { reference } = await send(kannel, '13800000002');
    await until(async () => api.of(reference).length === 2, WITHIN_MS);
    expect(api.failed).toBe(2);
    expect(api.endOf(reference)).toBe('delivered');
  });

  it('refuses a wrong password, which stops the account and sends nothing', async () => {
    const { outcome } = await send(kannel, '13800000003', { password: 'wrong-password' });
    expect(outcome).toMatchObject({ status: 'refused', failure: 'account-stop', code: 'http-403' });
    expect(kannel.log('fakesmsc')).not.toContain('13800000003');
  });
});

describe('with a scripted carrier', () => {
  const smsc = new SmscPeer();
  let kannel: Kannel;
  /** By the phone of the message. */
  const fates = new Map<string, (seenBefore: number) => Fate>();

  beforeAll(async () => {
    await smsc.start();
    smsc.fateOf = ({ to }, seenBefore) => fates.get(to)?.(seenBefore) ?? { receipts: ['DELIVRD'] };
    kannel = await Kannel.start({ carrier: { kind: 'smpp', port: smsc.port }, inboundUrl: api.url });
  }, WITHIN_MS);
  afterAll(async () => {
    await kannel?.stop();
    await smsc.stop();
  });

  it('brings a Chinese text of three parts whole, with one pair of receipts', async () => {
    const phone = '13800000010';
    const { reference, outcome } = await send(kannel, phone, { text: LONG });
    expect(outcome).toEqual(acceptedAs(reference));
    await until(async () => api.of(reference).length === 2, WITHIN_MS);
    expect(smsc.textsTo(phone)).toEqual([LONG]);
    expect(smsc.accepted.filter(({ to }) => to === phone).map(({ part, parts }) => [part, parts])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(api.of(reference)).toEqual(['delivered DELIVRD', 'pending ACK']);
  });

  it.each<[string, string, (seenBefore: number) => Fate, number, string[]]>([
    ['undelivered', '13800000011', () => ({ receipts: ['UNDELIV'] }), 1, ['pending ACK', 'undelivered UNDELIV-012']],
    ['a refused number', '13800000012', () => ({ commandStatus: ESME_RINVDSTADR }), 1, ['undelivered NACK-0x0000000b']],
    [
      'throttled once',
      '13800000013',
      (seen) => (seen === 0 ? { commandStatus: ESME_RTHROTTLED } : { receipts: ['DELIVRD'] }),
      2,
      ['delivered DELIVRD', 'pending ACK'],
    ],
    [
      'throttled for good',
      '13800000014',
      () => ({ commandStatus: ESME_RTHROTTLED }),
      3,
      ['undelivered NACK-retries-exceeded'],
    ],
    [
      'a doubled receipt',
      '13800000015',
      () => ({ receipts: ['DELIVRD', 'DELIVRD'] }),
      1,
      ['delivered DELIVRD', 'pending ACK'],
    ],
  ])('%s', async (_, phone, fate, submits, receipts) => {
    fates.set(phone, fate);
    const { reference, outcome } = await send(kannel, phone);
    expect(outcome).toEqual(acceptedAs(reference));
    await until(async () => api.of(reference).length >= receipts.length, WITHIN_MS);
    expect(api.of(reference)).toEqual(receipts);
    expect(smsc.submitted.filter(({ to }) => to === phone)).toHaveLength(submits);
  });

  it('gives a text that the carrier took in silence to it once', async () => {
    const phone = '13800000016';
    fates.set(phone, () => ({ silent: true }));
    const { reference, outcome } = await send(kannel, phone);
    expect(outcome).toEqual(acceptedAs(reference));
    await until(async () => smsc.submitted.some(({ to }) => to === phone), WITHIN_MS);
    // Past the 2 seconds that Kannel waits for an answer, and two of its looks for what has waited too long.
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    expect(smsc.submitted.filter(({ to }) => to === phone)).toHaveLength(1);
    expect(api.of(reference)).toEqual([]);
  });

  it.each(['退订 R', 'TD + 100%'])('brings a text that somebody sent us: %s', async (text) => {
    const before = api.inbound.length;
    smsc.sendText('8613800000020', SENDER, text);
    await until(async () => api.inbound.length > before, WITHIN_MS);
    const messageKey = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(api.inbound.slice(before)).toEqual([{ phone: '13800000020', text, messageKey }]);
  });

  it('finds the message of a receipt that came after kill -9, and takes no message while it is down', async () => {
    const phone = '13800000017';
    fates.set(phone, () => ({ receipts: [] }));
    const { reference } = await send(kannel, phone);
    await until(async () => api.of(reference).length === 1, WITHIN_MS);
    expect(api.of(reference)).toEqual(['pending ACK']);
    await kannel.killBearerbox();
    await until(async () => {
      const { outcome } = await send(kannel, '13800000018', { timeoutMs: 1_000 });
      return outcome.status === 'refused' && outcome.failure === 'transient' && outcome.code === 'no-connection';
    }, WITHIN_MS);
    await kannel.run();
    const pending = smsc.accepted.find(({ to }) => to === phone);
    if (!pending) throw new Error('the carrier has no such message');
    smsc.sendReceipt(pending, 'DELIVRD');
    await until(async () => api.endOf(reference) !== undefined, WITHIN_MS);
    expect(api.of(reference)).toEqual(['delivered DELIVRD', 'pending ACK']);
    expect(smsc.submitted.filter(({ to }) => to === phone)).toHaveLength(1);
    const { reference: after } = await send(kannel, '13800000019');
    await until(async () => api.endOf(after) === 'delivered', WITHIN_MS);
  });
});
