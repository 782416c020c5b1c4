/** What an application may say of a borrower, and which phone is trusted with what is about money. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  judgeIdentity,
  type PhoneVersion,
  phoneForMoney,
  toldOfChange,
} from '../../../src/domain/origination/identity';

const KNOWN = { name: ['样例甲', '样例乙'], idNumber: ['one'], phone: ['19900000001', '19900000002'] };
const NOTHING = { name: [], idNumber: [], phone: [] };
const SAME = { name: '样例乙', idNumber: 'one', phone: '19900000002' };

describe('an application', () => {
  test.each([
    ['of somebody new adds all', NOTHING, SAME, false, { status: 'kept', added: ['name', 'idNumber', 'phone'] }],
    ['of the same person adds nothing', KNOWN, SAME, false, { status: 'kept', added: [] }],
    ['under another name adds it', KNOWN, { ...SAME, name: '样例丙' }, false, { status: 'kept', added: ['name'] }],
    ['with another number', KNOWN, { ...SAME, idNumber: 'two' }, false, refused('other-id-number')],
    ['with another phone', KNOWN, { ...SAME, phone: '19900000003' }, false, refused('other-phone')],
    ['with a phone of before', KNOWN, { ...SAME, phone: '19900000001' }, false, refused('other-phone')],
    ['that says nothing of the phone', KNOWN, { idNumber: 'one' }, false, { status: 'kept', added: [] }],
    [
      'sent again with what it told then',
      KNOWN,
      { ...SAME, phone: '19900000001' },
      true,
      { status: 'kept', added: [] },
    ],
    ['sent again with another phone', KNOWN, { ...SAME, phone: '19900000003' }, true, refused('other-phone')],
    ['sent again with another number', KNOWN, { ...SAME, idNumber: 'two' }, true, refused('other-id-number')],
    ['sent again under another name', KNOWN, { ...SAME, name: '样例丙' }, true, refused('other-content')],
  ])('%s', (_case, known, told, isRepeat, verdict) => {
    expect(judgeIdentity(known, told, { isRepeat })).toEqual(verdict);
  });

  function refused(reason: string) {
    return { status: 'refused', reason };
  }
});

const DAY_MS = 86_400_000;
const COOL_DOWN_MS = 7 * DAY_MS;

/** `0A 10B`: A from day 0 on, B from day 10 on. */
function phonesOf(changes: string): PhoneVersion[] {
  const each = changes.split(' ').filter(Boolean);
  return each.map((text, index) => ({
    version: index + 1,
    phone: text.slice(-1),
    atMs: Number(text.slice(0, -1)) * DAY_MS,
  }));
}

const trustedOn = (day: number, changes: PhoneVersion[]) => {
  const versions = changes.filter(({ atMs }) => atMs <= day * DAY_MS);
  const { phone, isCoolingDown } = phoneForMoney(versions, { asOfMs: day * DAY_MS, coolDownMs: COOL_DOWN_MS });
  return `${phone?.phone}${isCoolingDown ? ' for now' : ''}`;
};

describe('notices of money go', () => {
  const CASES: [string, string, Record<number, string>][] = [
    ['nowhere without a phone', '', { 0: 'undefined' }],
    ['to a first phone at once', '0A', { 0: 'A' }],
    ['to the old one until the cool-down is over', '0A 10B', { 10: 'A for now', 16.99: 'A for now', 17: 'B' }],
    ['back at once to the trusted one', '0A 10B 12A', { 11: 'A for now', 12: 'A', 18: 'A', 30: 'A' }],
    ['never to one that was replaced in its cool-down', '0A 10B 12C', { 18: 'A for now', 19: 'C' }],
    ['to the trusted one while two change by turns', '0A 1B 5C 9B 13C', { 15: 'A for now' }],
    ['to the first one, though it is young itself', '0A 1B', { 2: 'A for now' }],
  ];
  test.each(CASES)('%s', (_case, changes, expected) => {
    const versions = phonesOf(changes);
    for (const [day, phone] of Object.entries(expected)) expect(trustedOn(Number(day), versions)).toBe(phone);
  });

  test("to a later phone only after it was the borrower's for the whole cool-down, whatever the changes", () => {
    const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.constantFrom('A', 'B', 'C')), {
      minLength: 1,
    });
    fc.assert(
      fc.property(changes, fc.integer({ min: 0, max: 12 }), (steps, later) => {
        let day = 0;
        const versions = steps.map(([gap, phone], index) => {
          day += gap;
          return { version: index + 1, phone, atMs: day * DAY_MS };
        });
        const asOfMs = (day + later) * DAY_MS;
        const { phone, isCoolingDown } = phoneForMoney(versions, { asOfMs, coolDownMs: COOL_DOWN_MS });
        const index = versions.findIndex(({ version }) => version === phone?.version);
        const untilMs = versions[index + 1]?.atMs ?? asOfMs;
        expect(index === 0 || untilMs - (phone?.atMs ?? 0) >= COOL_DOWN_MS).toBe(true);
        expect(isCoolingDown).toBe(phone?.phone !== versions.at(-1)?.phone);
      }),
    );
  });
});

test.each<[string, string, string[]]>([
  ['nobody, before there is a phone', '', []],
  ['the phone that is replaced', '0A', ['A']],
  ['the trusted one as well, where that is another', '0A 10B', ['B', 'A']],
  ['one phone once', '0A 10B 11A', ['A']],
])('a change on day 12 is told to %s', (_case, changes, told) => {
  const before = phonesOf(changes);
  const asOf = { asOfMs: 12 * DAY_MS, coolDownMs: COOL_DOWN_MS };
  expect(toldOfChange(before, asOf).map(({ phone }) => phone)).toEqual(told);
});
