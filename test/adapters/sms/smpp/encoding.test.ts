/** Texts as short messages and back. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeText, encodeText } from '../../../../src/adapters/sms/providers/smpp/encoding';
import { idForQuery, idOfReceipt, idOfSubmit } from '../../../../src/adapters/sms/providers/smpp/messageIds';
import { validityPeriod } from '../../../../src/adapters/sms/providers/smpp/options';
import { countParts } from '../../../../src/domain/messaging/outbox/messageParts';

/** Text with many astral characters, at every offset. */
const TEXT = fc
  .array(fc.constantFrom('中', '😀', 'a', '€', '𠮷', '\n', '【', '\u0000'), { maxLength: 600 })
  .map((characters) => characters.join(''));

describe('dividing', () => {
  it('joins to the same text, fits into 140 bytes, and never cuts a character', () => {
    fc.assert(
      fc.property(TEXT, fc.integer({ min: 0, max: 255 }), (text, reference) => {
        const parts = encodeText(text, reference);
        const decoded = parts.map(({ bytes, hasHeader }) => decodeText(hasHeader ? bytes.subarray(6) : bytes, 8));
        expect(decoded.join('')).toBe(text);
        expect(parts.length).toBe(countParts(text));
        for (const [index, { bytes, hasHeader }] of parts.entries()) {
          expect(bytes.length).toBeLessThanOrEqual(140);
          expect(decoded[index]).not.toMatch(/\p{Surrogate}/u);
          if (hasHeader) expect([...bytes.subarray(0, 6)]).toEqual([5, 0, 3, reference, parts.length, index + 1]);
        }
        expect(parts.length === 1).toBe(text.length <= 70);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [70, 1],
    [71, 2],
    [134, 2],
    [135, 3],
    [160, 3],
  ])('%i characters are %i', (length, parts) => {
    expect(countParts('字'.repeat(length))).toBe(parts);
  });

  it('moves an emoji at the end of a part to the next', () => {
    const [first, second] = encodeText(`${'字'.repeat(66)}😀${'字'.repeat(10)}`, 7);
    expect(first?.bytes.length).toBe(6 + 66 * 2);
    expect(decodeText(second?.bytes.subarray(6) ?? Buffer.alloc(0), 8).startsWith('😀')).toBe(true);
  });

  it('refuses more parts than the header can count', () => {
    expect(() => encodeText('字'.repeat(67 * 256), 0)).toThrow(RangeError);
  });
});

describe('received text', () => {
  it('is read by its coding', () => {
    expect(decodeText(Buffer.from('4e2d6587', 'hex'), 8)).toBe('中文');
    expect(decodeText(Buffer.from('d6d0cec4', 'hex'), 15)).toBe('中文');
    expect(decodeText(Buffer.from('TD_1'), 0)).toBe('TD_1');
    expect(decodeText(Buffer.from('4e2d65', 'hex'), 8)).toBe('中');
  });
});

describe('message ids', () => {
  it.each([
    ['same', 'A_1', 'A_1'],
    ['submit-hex-receipt-decimal', '1A2B', '6699'],
    ['submit-hex-receipt-decimal', '00001a2b', '0006699'],
    ['submit-decimal-receipt-hex', '6699', '1a2b'],
    ['hex', '0x1A2B', '1a2b'],
    // The parameter of a receipt has the id of the answer, whose letters say so.
    ['submit-hex-receipt-decimal', '1A2B', '1a2b'],
    ['submit-decimal-receipt-hex', '1A2B', '1a2b'],
  ] as const)('of form %s meet: %s and %s', (form, submit, receipt) => {
    expect(idOfSubmit(submit, form)).toBe(idOfReceipt(receipt, form));
    expect(idOfSubmit(submit, form)).toBeDefined();
  });

  it('differ in form `same` when they are written differently, and are never made of nothing', () => {
    expect(idOfSubmit('1A2B', 'same')).not.toBe(idOfReceipt('6699', 'same'));
    for (const raw of ['', '  ', 'a b', '\u0007', 'x'.repeat(65)]) expect(idOfReceipt(raw, 'hex')).toBeUndefined();
  });

  it('come back to what the SMSC gave', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n }), (number) => {
        const hex = number.toString(16).toUpperCase();
        expect(idForQuery(idOfSubmit(hex, 'hex') ?? '', 'hex')).toBe(hex);
        expect(idForQuery(idOfSubmit(String(number), 'same') ?? '', 'same')).toBe(String(number));
      }),
    );
  });
});

it('validity is a relative time of the standard', () => {
  expect(validityPeriod(0)).toBe('');
  expect(validityPeriod(2 * 1_440 + 3 * 60 + 4)).toBe('000002030400000R');
  expect(validityPeriod(63 * 1_440)).toBe('000063000000000R');
});
