/** What an answer may tell, who is over a limit, and how what people type is read. */
import { describe, expect, it } from '@jest/globals';
import { messageOf } from '../../../../src/activities/messaging/noticeMessage';
import type { NoticeCodes } from '../../../../src/db/messaging/codes/codeDrawing';
import {
  type AskedBefore,
  CODE_POLICY,
  callsForWarning,
  carriesCode,
  countedAddress,
  countedNetwork,
  HIDDEN_CODE,
  isOverLimit,
  judgeCheck,
  maskAmount,
  readCode,
} from '../../../../src/domain/messaging/codes/verificationCodes';
import { render } from '../../../../src/domain/messaging/outbox/noticeText';
import { noticeKindOf, variablesOfWording, WORDING_NAMES } from '../../../../src/domain/messaging/outbox/wordings';
import { readPhoneNumber } from '../../../../src/domain/values/phoneNumbers';
import { accountAt, bill, owed } from '../../accounts';

const NOBODY: AskedBefore = { byPhone: 0, byAddress: 0, inTotal: 0 };

describe('a masked amount', () => {
  it.each([
    [0, '0.**元'],
    [99, '0.**元'],
    [500, '5.**元'],
    [23_456, '2**.**元'],
    [123_456, '1,***.**元'],
    [20_000_000, '2**,***.**元'],
    [123_456_789, '1,***,***.**元'],
  ])('of %d fen is %s', (amountFen, masked) => {
    expect(maskAmount(amountFen)).toBe(masked);
  });

  it('never tells more than the first digit and the magnitude', () => {
    let seed = 20_261_125;
    for (let round = 0; round < 5000; round += 1) {
      // A generator of its own, so that a failure comes again.
      seed = (seed * 48_271) % 2_147_483_647;
      const digits = 3 + (seed % 8);
      const first = 1 + (seed % 9);
      const low = first * 10 ** (digits - 1);
      const amountFen = low + (seed % 10 ** (digits - 1));
      expect({ seed, masked: maskAmount(amountFen) }).toEqual({ seed, masked: maskAmount(low) });
      expect(maskAmount(amountFen).match(/\d/g)).toHaveLength(1);
    }
  });

  it('is not made of a negative amount', () => {
    expect(() => maskAmount(-1)).toThrow(RangeError);
  });
});

describe('limits', () => {
  const { perPhone, perAddress, total } = CODE_POLICY;

  it.each([
    ['phone', { byPhone: perPhone }],
    ['address', { byAddress: perAddress }],
    ['total', { inTotal: total }],
  ])('of %s hold a right code as well as a wrong one', (_limit, over) => {
    for (const found of ['live', 'expired', 'none'] as const) {
      expect(judgeCheck({ ...NOBODY, ...over }, found, CODE_POLICY)).toBe('limited');
    }
    const [field, limit] = Object.entries(over)[0] ?? [];
    expect(isOverLimit({ ...NOBODY, [String(field)]: Number(limit) - 1 }, CODE_POLICY)).toBe(false);
  });

  it('let through what is below them', () => {
    const judge = (found: 'live' | 'expired' | 'none') => judgeCheck(NOBODY, found, CODE_POLICY);
    expect([judge('live'), judge('expired'), judge('none')]).toEqual(['match', 'expired', 'no-match']);
  });

  it('warn at the third failed check, and not for guesses beyond the limit', () => {
    const warns = (outcome: Parameters<typeof callsForWarning>[0], failed: number) =>
      callsForWarning(outcome, failed, CODE_POLICY);
    expect([warns('no-match', 1), warns('no-match', 2), warns('expired', 2)]).toEqual([false, true, true]);
    expect([warns('match', 9), warns('limited', 9)]).toEqual([false, false]);
  });
});

describe('what is typed', () => {
  it.each([
    '13800000000',
    '138 0000 0000',
    ' 138-0000-0000 ',
    '+86 138 0000 0000',
    '008613800000000',
    '0086 138 0000 0000',
    '86-13800000000',
    '+86\u200b13800000000',
    '１３８００００００００',
  ])('%s is the phone', (typed) => {
    expect(readPhoneNumber(typed)).toBe('13800000000');
  });

  it.each(['', '1380000000', '138000000001', '23800000000', '+1 138 0000 0000', '138o0000000'])(
    '%j is none',
    (typed) => {
      expect(readPhoneNumber(typed)).toBeUndefined();
    },
  );

  it.each(['7H4KQ9XW', '7h4k q9xw', '7H4K-Q9XW', ' ７Ｈ４ＫＱ９ＸＷ '])('%s is the code', (typed) => {
    expect(readCode(typed)).toBe('7H4KQ9XW');
  });
});

describe('the address that is counted', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s is %s', (address, counted) => {
    expect(countedAddress(address)).toBe(counted);
  });

  it.each([
    ['203.0.113.9', '203.0.113.0/24'],
    ['::ffff:203.0.113.9', '203.0.113.0/24'],
    ['2001:DB8:0001:2::9', '2001:db8:1::/48'],
    ['::1', '0:0:0::/48'],
  ])('%s is of the network %s, as such and as it is counted', (address, network) => {
    expect([countedNetwork(address), countedNetwork(countedAddress(address))]).toEqual([network, network]);
  });
});

describe('the code in a text', () => {
  it.each(WORDING_NAMES)('belongs to %s if it is a bill or a reminder', (kind) => {
    const hasIt = variablesOfWording(kind).includes('code');
    expect(hasIt).toBe(carriesCode(noticeKindOf(kind)));
    expect(hasIt).toBe(/^(bill|due|overdue|credit-report)-/.test(kind));
  });

  it.each([
    ['all that is due', '应还{amount}，最低应还{minimum}。{code}', '2,***.**元'],
    ['the minimum, where the text names no more', '尚有{minimum}未还。{code}', '2**.**元'],
  ])('is answered with %s', (_, body, maskedAmount) => {
    const obligations = [owed('statement-6', '2026-06-10', { owedFen: 234_567, minimumFen: 23_457 })];
    const account = accountAt('2026-06-11', { obligations, statements: [bill(6, 6)] });
    const told = { account, obligationKey: 'statement-6' };
    const codes = { draw: () => '7H4KQ9XW' } as NoticeCodes;
    const message = messageOf({ body, signature: '示例消金' }, told, codes);
    expect(message?.code?.maskedAmount).toBe(maskedAmount);
  });

  it('is handed in beside the figures; kept copies are as long and tell nothing', () => {
    const body = '{product}账单。核验码{code}仅供核验短信真伪。';
    const text = (code?: string) => render(body, '示例消金', { productName: '月付' }, { code });
    expect(text('7H4KQ9XW')).toBe('【示例消金】月付账单。核验码7H4KQ9XW仅供核验短信真伪。');
    expect(text(HIDDEN_CODE)).toHaveLength(text('7H4KQ9XW').length);
    expect(() => text()).toThrow('{code} has no value');
  });
});
