/** How a text is divided, and that whoever counts parts or length counts what the carrier will bill. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeText } from '../../../../src/adapters/sms/providers/smpp/encoding';
import { countParts, divideText } from '../../../../src/domain/messaging/outbox/messageParts';
import { smsParts } from '../../../../src/domain/messaging/outbox/noticeText';
import { checkTemplateText, sizeOf } from '../../../../src/domain/messaging/templates/templateChecks';
import { TEMPLATE_POLICY } from '../../../../src/domain/messaging/templates/templatePolicy';
import { countCharacters, firstCharacters } from '../../../../src/domain/values/characters';

const SIGNATURE = '示例消金';
/** Text with many rare characters, at every offset. */
const TEXT = fc
  .array(fc.constantFrom('中', '😀', 'a', '𠮷', '【', '\ud800', '\udc00'), { maxLength: 249 })
  .map((characters) => characters.join(''));

describe('a rare character at the border of two parts', () => {
  // 134 units: two parts by length, three because the pair at the border goes whole into the second.
  const text = `【${SIGNATURE}】${'请'.repeat(60)}𠮷${'请'.repeat(66)}`;

  it('makes three parts of two, for the carrier and for whoever reckons', () => {
    expect(text.length).toBe(134);
    expect(divideText(text).map(({ length }) => length)).toEqual([66, 67, 1]);
    expect(encodeText(text, 7)).toHaveLength(3);
    expect(smsParts(text)).toBe(3);
    const body = text.slice(SIGNATURE.length + 2);
    expect(sizeOf({ body, signature: SIGNATURE, policy: TEMPLATE_POLICY })).toMatchObject({
      length: 134,
      parts: 3,
      costFen: 3 * TEMPLATE_POLICY.pricePerPartFen,
    });
    const rules = checkTemplateText({ kind: 'due-soon', body, signature: SIGNATURE, policy: TEMPLATE_POLICY });
    expect(rules.map(({ rule }) => rule)).toEqual(['PARTS', 'COST']);
  });

  it('and a character before it two again', () => {
    const shifted = text.replace('请', '');
    expect(divideText(shifted).map(({ length }) => length)).toEqual([67, 66]);
    expect(smsParts(shifted)).toBe(2);
  });
});

it('parts join to the text, are at most 67 units, and no count differs from another', () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      const parts = divideText(text);
      expect(parts.join('')).toBe(text);
      expect(parts.length === 1 || parts.every(({ length }) => length > 0 && length <= 67)).toBe(true);
      expect([countParts(text), smsParts(text), encodeText(text, 0).length]).toEqual(Array(3).fill(parts.length));
    }),
    { numRuns: 2_000 },
  );
});

describe('names and signatures', () => {
  const faultsOf = (signature: string) =>
    checkTemplateText({
      kind: 'account-settled',
      body: '您的{product}已结清，谢谢您的信任。',
      signature,
      policy: TEMPLATE_POLICY,
    });

  it('are counted by characters: twelve of them, each of two units, are a signature, and thirteen are none', () => {
    expect(faultsOf('𠮷'.repeat(12))).toEqual([]);
    expect(faultsOf('𠮷'.repeat(13)).map(({ rule }) => rule)).toEqual(['SIGNATURE']);
    expect(faultsOf('𠮷').map(({ rule }) => rule)).toEqual(['SIGNATURE']);
  });

  it('and so are the words that a text has without its variables', () => {
    const body = (words: string) => `{product}${words}`;
    const rulesOf = (words: string) =>
      checkTemplateText({
        kind: 'account-settled',
        body: body(words),
        signature: SIGNATURE,
        policy: TEMPLATE_POLICY,
      }).map(({ rule }) => rule);
    expect(rulesOf('𠮷𠮷𠮷')).toEqual(['VARIABLES_ONLY']);
    expect(rulesOf('𠮷'.repeat(6))).toEqual([]);
  });

  it('are cut between characters', () => {
    expect(firstCharacters('𠮷𠮷𠮷', 2)).toBe('𠮷𠮷');
    expect(firstCharacters('a', 2)).toBe('a');
    expect(countCharacters('𠮷a😀')).toBe(3);
  });
});
