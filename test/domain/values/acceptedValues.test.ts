/** What is taken as a text, a date, an instant, and what is a person where an id belongs. */
import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isAcceptedDate,
  isAcceptedInstant,
  isAcceptedInstantMs,
  isPlainCharacters,
} from '../../../src/domain/values/acceptedValues';
import { isPersonalNumber } from '../../../src/domain/values/personalNumbers';
import { inventedResidentId } from '../../../src/domain/values/residentId';

describe('a text', () => {
  it.each(['', 'a', '好', '😀', '𠮷', 'two\nlines', 'two\r\nlines', '\u00a0', '\u202e', '\ufffe', '\ufeff'])(
    '%j is taken',
    (text) => {
      expect(isPlainCharacters(text)).toBe(true);
    },
  );

  it.each(['\u0000', 'a\tb', '\u001b', '\u007f', '\u0085', '\u009f', '\ud83d', '\ude00', '\ude00\ud83d'])(
    '%j is not',
    (text) => {
      expect(isPlainCharacters(text)).toBe(false);
    },
  );

  test('what is taken survives UTF-8, whatever it is', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 });
    fc.assert(
      fc.property(units, (of) => {
        const text = String.fromCharCode(...of);
        if (!isPlainCharacters(text)) return;
        expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
        expect(text).not.toContain('\u0000');
      }),
    );
  });
});

test('dates from 1900 to 2199 are taken, as far as they are any', () => {
  expect(['1900-01-01', '2000-02-29', '2199-12-31'].map(isAcceptedDate)).toEqual([true, true, true]);
  const not = [
    '0000-01-01',
    '1899-12-31',
    '2200-01-01',
    '9999-12-31',
    '1900-02-29',
    '2026-13-01',
    '2026-1-1',
    '２０２６-01-01',
    '',
  ];
  expect(not.filter(isAcceptedDate)).toEqual([]);
});

test('instants of such a date are taken, with their offset', () => {
  const taken = ['2026-08-01T10:20:00+08:00', '1900-01-01T00:00:00Z', '2199-12-31T23:59:59.999999-12:00'];
  expect(taken.map(isAcceptedInstant)).toEqual([true, true, true]);
  const not = [
    '0000-01-01T00:00:00Z',
    '2026-08-01T10:20:00',
    '2026-08-01T24:00:00Z',
    '2026-02-30T10:00:00Z',
    '2026-08-01T10:20:00+99:00',
  ];
  expect(not.filter(isAcceptedInstant)).toEqual([]);
  expect([0, Date.UTC(1900, 0, 1), Date.UTC(2199, 11, 31)].map(isAcceptedInstantMs)).toEqual([true, true, true]);
  expect(
    [9e15, Date.UTC(1899, 11, 31), Date.UTC(2200, 0, 1), 0.5, Number.NaN, '0', null].filter(isAcceptedInstantMs),
  ).toEqual([]);
});

test('a number of a person is told in whatever groups it is written', () => {
  const numbers = [
    '13800000000',
    '19912345678',
    '8613800000000',
    '00861380000000' + '0',
    '138-0000-0000',
    '138.0000:0000',
    inventedResidentId(5),
    inventedResidentId(9).toLowerCase(),
  ];
  expect(numbers.filter((number) => !isPersonalNumber(number))).toEqual([]);
  const ids = [
    'staff-31',
    '10000000000',
    '12012345678',
    '1380000000',
    '138000000000',
    'b-13800000000',
    '000000197001010001',
    '',
  ];
  expect(ids.filter(isPersonalNumber)).toEqual([]);
});
