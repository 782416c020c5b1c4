/**
 * Bodies and queries that were changed by chance, through the parsers of all providers: they refuse, or they read what
 * is there, and never anything else. Without the words of the provider there is no end of a message.
 */
import { describe, expect, it } from '@jest/globals';
import { callbacksOf } from '../../../src/adapters/sms/callbacks';
import {
  type Callback,
  MalformedCallback,
  type ProviderCallbacks,
  type ProviderReceipt,
} from '../../../src/adapters/sms/port';
import { seeded } from '../../../src/domain/values/random';

const PHONE = '13800000000';
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 100_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_125);

type Kind = 'receipts' | 'inbound';
interface Sample {
  provider: string;
  kind: Kind;
  body: string;
  query: Record<string, string>;
}

const report = {
  phone_number: PHONE,
  send_time: '2026-07-10 12:00:00',
  report_time: '2026-07-10 12:00:05',
  success: true,
  err_code: 'DELIVERED',
  err_msg: '用户接收成功',
  sms_size: '1',
  biz_id: '9006^0',
  out_id: 'notice-1.1',
};
const pushed = {
  user_receive_time: '2026-07-10 12:00:05',
  nationcode: '86',
  mobile: PHONE,
  report_status: 'SUCCESS',
  errmsg: 'DELIVRD',
  description: '用户短信送达成功',
  sid: '8:abc',
  ext: 'notice-1.1',
};
const SAMPLES: Sample[] = [
  sample('aliyun', 'receipts', [report, { ...report, success: false, biz_id: '9007^0' }]),
  sample('aliyun', 'inbound', [
    { phone_number: PHONE, content: 'TD', send_time: '2026-07-10 12:00:00', sequence_id: 1 },
  ]),
  sample('tencent', 'receipts', [pushed, { ...pushed, report_status: 'FAIL' }]),
  sample('tencent', 'inbound', { extend: '', mobile: PHONE, nationcode: '86', sign: '示例', text: 'R', time: 1 }),
  {
    provider: 'http-gateway',
    kind: 'receipts',
    body: '',
    query: { event: 'receipt', reference: 'notice-1.1', type: '1', reply: 'id:1 stat:DELIVRD err:000 text:x' },
  },
  {
    provider: 'http-gateway',
    kind: 'inbound',
    body: '',
    query: {
      event: 'inbound',
      from: `+86${PHONE}`,
      coding: '0',
      hex: Buffer.from('TD').toString('hex'),
      id: '',
      at: '1',
    },
  },
];

function sample(provider: string, kind: Kind, content: unknown): Sample {
  return { provider, kind, body: JSON.stringify(content), query: {} };
}

const PIECES = [
  'null',
  'true',
  'false',
  '"true"',
  '""',
  '{}',
  '[]',
  '-1',
  '1e999',
  '"SUCCESS"',
  '"FAIL"',
  '"__proto__"',
  '"success":true,',
  '"biz_id":"x",',
  '\\u0000',
  '\\ud800',
  '\u0000',
  '，',
  '"',
  ',',
  ']',
  '}',
  '[',
  '{',
];

/** One to three changes: bytes, pieces of JSON, cuts and doublings. */
function mutate(text: string, random: () => number): Buffer {
  let bytes = Buffer.from(text);
  const at = (length: number) => Math.floor(random() * (length + 1));
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes -= 1) {
    const [first, second] = [at(bytes.length), at(bytes.length)].sort((a, b) => a - b) as [number, number];
    const piece = Buffer.from(PIECES[Math.floor(random() * PIECES.length)] ?? '');
    const choice = random();
    if (choice < 0.3 && bytes.length > 0) {
      bytes = Buffer.from(bytes);
      bytes[Math.min(first, bytes.length - 1)] = Math.floor(random() * 256);
    } else if (choice < 0.6) bytes = Buffer.concat([bytes.subarray(0, first), piece, bytes.subarray(first)]);
    else if (choice < 0.75) bytes = Buffer.concat([bytes.subarray(0, first), piece, bytes.subarray(second)]);
    else if (choice < 0.9) bytes = Buffer.concat([bytes.subarray(0, first), bytes.subarray(second)]);
    else bytes = Buffer.concat([bytes.subarray(0, second), bytes.subarray(first)]);
  }
  return bytes;
}

function mutated({ body, query }: Sample, random: () => number): Callback {
  const names = Object.keys(query);
  const name = names[Math.floor(random() * names.length)];
  const changed = name === undefined ? {} : { [name]: mutate(query[name] ?? '', random).toString('utf8') };
  const left = random() < 0.1 ? Object.fromEntries(Object.entries(query).slice(1)) : query;
  return {
    query: { ...left, ...changed },
    headers: {},
    body: names.length > 0 ? Buffer.alloc(0) : mutate(body, random),
  };
}

/** The words that alone mean an end, read from what was pushed by a reckoning of the test's own. */
function endsToldBy(provider: string, { body, query }: Callback): string[] {
  if (provider === 'http-gateway')
    return [{ '1': 'delivered', '2': 'undelivered', '16': 'undelivered' }[query.type ?? ''] ?? 'pending'];
  const rows = JSON.parse(body.toString('utf8')) as Record<string, unknown>[];
  return rows.map((row) => {
    if (provider === 'aliyun')
      return row.success === true ? 'delivered' : row.success === false ? 'undelivered' : 'none';
    return { SUCCESS: 'delivered', FAIL: 'undelivered' }[String(row.report_status)] ?? 'none';
  });
}

function expectSound(receipt: ProviderReceipt): void {
  const { providerMessageId, reference, receiptKey, status, code } = receipt;
  if (!['delivered', 'undelivered', 'pending'].includes(status)) throw new Error(`a status of its own: ${status}`);
  if (!/^[\x21-\x7e]{1,100}$/.test(providerMessageId)) throw new Error('an id that no database takes');
  if (reference !== undefined && !/^[\x21-\x7e]{1,64}$/.test(reference)) throw new Error('a reference that is none');
  if (!/^[0-9a-f]{64}$/.test(receiptKey)) throw new Error('a key that is no hash');
  if (code.length > 80 || code.includes(PHONE) || code.includes('\u0000'))
    throw new Error(`a code that is none: ${code}`);
}

function parse(callbacks: ProviderCallbacks, { kind }: Sample, callback: Callback): boolean {
  try {
    if (kind === 'receipts') {
      const receipts = callbacks.parseReceipts(callback);
      for (const receipt of receipts) expectSound(receipt);
      const told = receipts.length === 0 ? [] : endsToldBy(callbacks.name, callback);
      if (JSON.stringify(receipts.map(({ status }) => status)) !== JSON.stringify(told))
        throw new Error('a forged end');
      return receipts.length > 0;
    }
    const texts = callbacks.parseInbound?.(callback) ?? [];
    for (const { phone, text, messageKey } of texts) {
      if (!/^1\d{10}$/.test(phone) || text.length > 2000 || messageKey.length > 64)
        throw new Error('a text that is none');
    }
    return texts.length > 0;
  } catch (error) {
    if (error instanceof MalformedCallback && !error.message.includes(PHONE)) return false;
    const at = `seed ${SEED}, ${callbacks.name}: ${JSON.stringify(callback.body.toString('utf8'))} ${JSON.stringify(callback.query)}`;
    throw new Error(at, { cause: error });
  }
}

describe('parsers of callbacks', () => {
  it('read every sample as it is', () => {
    const all = callbacksOf();
    for (const each of SAMPLES) {
      const callbacks = all.get(each.provider) as ProviderCallbacks;
      const isRead = parse(callbacks, each, { query: each.query, headers: {}, body: Buffer.from(each.body) });
      expect({ ...each, isRead }).toEqual({ ...each, isRead: true });
    }
    expect([...new Set(SAMPLES.map(({ provider }) => provider))].sort()).toEqual([...all.keys()].sort());
  });

  it(`stand ${ROUNDS} changed pushes: nothing but MalformedCallback, and no end that was not told`, () => {
    const all = callbacksOf();
    const random = seeded(SEED).next;
    let read = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const each = SAMPLES[round % SAMPLES.length] as Sample;
      if (parse(all.get(each.provider) as ProviderCallbacks, each, mutated(each, random))) read += 1;
    }
    // Both kinds came by: what is refused, and what is still read.
    expect(read).toBeGreaterThan(ROUNDS / 20);
    expect(read).toBeLessThan(ROUNDS);
  });

  it('read each entry of a changed push as if it had come alone, and lose none', () => {
    const random = seeded(SEED + 1).next;
    const pushes = SAMPLES.filter(({ provider, kind }) => kind === 'receipts' && provider !== 'http-gateway');
    const all = callbacksOf();
    const seen = { read: 0, unreadable: 0, refused: 0 };
    const textOf = (body: Buffer) => {
      try {
        return new TextDecoder('utf-8', { fatal: true }).decode(body);
      } catch {
        return '';
      }
    };
    const parsed = (text: string): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        return undefined;
      }
    };
    for (let round = 0; round < ROUNDS / 20; round += 1) {
      const each = pushes[round % pushes.length] as Sample;
      const { receiptRows, parseReceipts } = all.get(each.provider) as ProviderCallbacks;
      const callback = mutated(each, random);
      const entries = parsed(textOf(callback.body));
      if (!Array.isArray(entries)) {
        expect(() => receiptRows?.(callback)).toThrow(MalformedCallback);
        seen.refused += 1;
        continue;
      }
      const rows = receiptRows?.(callback) ?? [];
      expect(rows).toHaveLength(entries.length);
      for (const [index, row] of rows.entries()) {
        const raw = 'raw' in row ? row.raw : undefined;
        if (raw !== undefined) expect(parsed(raw)).toEqual(entries[index]);
        const alone = {
          ...callback,
          body: Buffer.from(raw === undefined ? JSON.stringify([entries[index]]) : `[${raw}]`),
        };
        if ('fault' in row) expect(() => parseReceipts(alone)).toThrow(row.fault);
        else expect(parseReceipts(alone)).toEqual(row.read);
        seen['fault' in row ? 'unreadable' : 'read'] += 1;
      }
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(ROUNDS / 1_000);
  });

  it('read no field that an object only inherits', () => {
    const aliyun = callbacksOf(['aliyun']).get('aliyun') as ProviderCallbacks;
    const body = (text: string): Callback => ({ query: {}, headers: {}, body: Buffer.from(text) });
    expect(() => aliyun.parseReceipts(body('[{"__proto__":{"success":true,"biz_id":"x"}}]'))).toThrow(
      MalformedCallback,
    );
    expect(() => aliyun.parseReceipts(body('[{"biz_id":"x","constructor":{"success":true}}]'))).toThrow(
      MalformedCallback,
    );
  });

  it('know the same receipt again, whatever phone and words stand beside it', () => {
    const [aliyun, tencent] = ['aliyun', 'tencent'].map((name) => callbacksOf([name]).get(name) as ProviderCallbacks);
    const keyOf = (callbacks: ProviderCallbacks | undefined, row: object) =>
      callbacks?.parseReceipts({ query: {}, headers: {}, body: Buffer.from(JSON.stringify([row])) })[0]?.receiptKey;
    const other = { phone_number: '1381111****', mobile: '13xxxxxxxxx', err_msg: '', description: '', sms_size: 1 };
    expect(keyOf(aliyun, { ...report, ...other })).toBe(keyOf(aliyun, report));
    expect(keyOf(tencent, { ...pushed, ...other })).toBe(keyOf(tencent, pushed));
    expect(keyOf(aliyun, { ...report, success: false })).not.toBe(keyOf(aliyun, report));
    expect(keyOf(aliyun, { ...report, report_time: '2026-07-10 12:00:06' })).not.toBe(keyOf(aliyun, report));
  });
});
