/**
 * The checks that a notice text passes before a person looks at it: what law and providers ban, what its stage may
 * say, whose numbers and links it holds, where its variables come from, and what it costs at its longest. Pure.
 */

import { countCharacters } from '../../values/characters';
import { countParts } from '../outbox/messageParts';
import { noticeKind } from '../outbox/noticeKinds';
import { PRODUCT_NAMES, render } from '../outbox/noticeText';
import { noticeKindOf, variablesOfWording, type WordingName } from '../outbox/wordings';
import { foreignLetters, linksIn, numbersIn } from './disallowedTemplateContent';
import { excerptOf, HOLE, plainText } from './plainText';
import type { TemplateFinding, TemplateRule } from './templateFindings';
import { BOUND_VARIABLES, LONGEST_CODE, LONGEST_FIGURES, type TemplatePolicy } from './templatePolicy';
import { WORD_RULES } from './templateWords';

export interface TemplateText {
  /** The wording that it is a text of. */
  kind: WordingName;
  body: string;
  /** Without 【】. */
  signature: string;
  policy: TemplatePolicy;
}

/** What is wrong with a text; empty when nothing is. The same fault of the same words is told once. */
export function checkTemplateText(template: TemplateText): TemplateFinding[] {
  const found = [
    ...bannedWords(template),
    ...statuteQuoted(template),
    ...linksIn(template.body),
    ...numbersIn(template.body, template.policy),
    ...foreignLetters(template.body, template.policy),
    ...hiddenSigns(template),
    ...brackets(template),
    ...signatureFaults(template),
    ...variableFaults(template),
    ...sizeFaults(template),
  ];
  const reported = new Set<string>();
  return found.filter(({ rule, words }) => {
    const key = `${rule} ${words}`;
    if (reported.has(key)) return false;
    reported.add(key);
    return true;
  });
}

function bannedWords({ kind, body, signature }: TemplateText): TemplateFinding[] {
  const tone = noticeKind(noticeKindOf(kind)).tone;
  const parts = [body, signature].map((text) => ({ text, plain: plainText(text, 'letters') }));
  return WORD_RULES.filter(({ tones }) => tones?.includes(tone) ?? true).flatMap(({ rule, words, except, why, fix }) =>
    parts.flatMap(({ text, plain }) => {
      // As long as it was, so that every place stays where it is.
      const left = split(except).reduce((rest, each) => rest.replaceAll(each, HOLE.repeat(each.length)), plain.text);
      return split(words).flatMap((word) => {
        const index = left.indexOf(word);
        return index < 0 ? [] : [{ rule, words: excerptOf(text, plain, index, word.length), why, fix }];
      });
    }),
  );
}

function split(words = ''): string[] {
  return words.split(' ').filter((word) => word !== '');
}

/** The warning tells under which law it is given, by name. */
function statuteQuoted({ kind, body }: TemplateText): TemplateFinding[] {
  if (noticeKind(noticeKindOf(kind)).tone !== 'statutory' || plainText(body, 'letters').text.includes('征信业管理条例'))
    return [];
  const why = 'the statutory warning names the regulation under which it is given, 征信业管理条例 art. 15 (facts 2.7)';
  return [{ rule: 'TONE', words: body, why, fix: 'name 《征信业管理条例》' }];
}

function hiddenSigns({ body, signature }: TemplateText): TemplateFinding[] {
  const match = /[\p{Cf}\p{Cc}\p{Co}\p{Cn}\p{Cs}\p{M}\p{Extended_Pictographic}]/u.exec(body + signature);
  if (!match) return [];
  const code = `U+${(match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const why = 'a sign without a width, a mark or a picture: it hides words, and carriers drop it or refuse the text';
  return [{ rule: 'HIDDEN_SIGN', words: code, why, fix: 'take it out' }];
}

function brackets({ body, signature }: TemplateText): TemplateFinding[] {
  const match = /[【】〖〗]/.exec((body + signature).normalize('NFKC'));
  if (!match) return [];
  const why = '【】 is the signature, which is added: a second one names another sender (facts 3.2)';
  return [{ rule: 'SIGNATURE_BRACKETS', words: match[0], why, fix: 'leave the brackets out' }];
}

function signatureFaults({ signature, policy: { signatureLength } }: TemplateText): TemplateFinding[] {
  const { min, max } = signatureLength;
  const length = countCharacters(signature);
  if (length >= min && length <= max && /^[\p{Script=Han}A-Za-z0-9]+$/u.test(signature)) return [];
  const why = `a signature has ${min} to ${max} characters or digits and no signs (facts 3.2)`;
  return [{ rule: 'SIGNATURE', words: signature, why, fix: 'give the registered name of the sender' }];
}

function variableFaults({ kind, body, policy }: TemplateText): TemplateFinding[] {
  const found: TemplateFinding[] = [];
  const allowed: readonly string[] = variablesOfWording(kind);
  for (const [words, name = ''] of body.matchAll(/\{([^{}]*)\}/g)) {
    if (!Object.hasOwn(BOUND_VARIABLES, name)) {
      const why = `it has no type and no source in the books; there are ${Object.keys(BOUND_VARIABLES).join(', ')}`;
      found.push({ rule: 'VARIABLE_UNKNOWN', words, why, fix: 'use one of these' });
    } else if (!allowed.includes(name)) {
      const why = `a ${kind} has no value for it: the notice could not be sent; it has ${allowed.join(', ')}`;
      found.push({ rule: 'VARIABLE_OF_OTHER_KIND', words, why, fix: 'use one of these' });
    } else if (name === 'penalty' && ['service', 'warm'].includes(noticeKind(noticeKindOf(kind)).tone)) {
      const why = 'nobody is late yet, or for one day only: no penalty (facts 5.2)';
      found.push({ rule: 'TONE', words, why, fix: 'leave it out' });
    }
  }
  const adjacent = /\{[^{}]*\}[\s\p{Cf}]*\{[^{}]*\}/u.exec(body);
  if (adjacent) {
    const why = 'providers refuse variables side by side, and a reader cannot tell them apart (facts 3.2)';
    found.push({ rule: 'VARIABLES_ADJACENT', words: adjacent[0], why, fix: 'put words between them' });
  }
  const withoutVariables = body.replace(/\{[^{}]*\}/g, '');
  const brace = /[{}]/.exec(withoutVariables.normalize('NFKC'));
  if (brace)
    found.push({ rule: 'BRACES', words: brace[0], why: 'it opens or closes no variable', fix: 'write {name}' });
  const fixed = countCharacters(plainText(withoutVariables, 'letters').text);
  if (fixed < policy.minFixedCharacters) {
    const why = `without its variables it has ${fixed} characters, fewer than ${policy.minFixedCharacters} (facts 3.2)`;
    found.push({ rule: 'VARIABLES_ONLY', words: body, why, fix: 'say in words what the values are' });
  }
  return found;
}

export interface TemplateSize {
  /** The text with the longest values, signature first. */
  longest: string;
  length: number;
  parts: number;
  costFen: number;
}

/** What a text comes to with the longest values; undefined when it cannot be rendered. */
export function sizeOf({ body, signature, policy }: Omit<TemplateText, 'kind'>): TemplateSize | undefined {
  const [productName = ''] = Object.values(PRODUCT_NAMES).sort((a, b) => b.length - a.length);
  try {
    const longest = render(body, signature, { productName, ...LONGEST_FIGURES }, { code: LONGEST_CODE });
    const { length } = longest;
    // Also of what is longer than any carrier takes: the parts that it would have, for the finding.
    const parts = countParts(longest);
    return { longest, length, parts, costFen: parts * policy.pricePerPartFen };
  } catch {
    return undefined;
  }
}

function sizeFaults(template: TemplateText): TemplateFinding[] {
  const size = sizeOf(template);
  // What cannot be rendered has a finding of its variables, brackets or braces.
  if (!size) return [];
  const { maxLength, maxParts, maxCostFen } = template.policy;
  const over = (rule: TemplateRule, value: number, max: number, unit: string): TemplateFinding[] => {
    const why = `with the longest values it has ${value} ${unit}, more than ${max} (facts 3.3)`;
    return value > max ? [{ rule, words: size.longest, why, fix: 'say it shorter' }] : [];
  };
  return [
    ...over('LENGTH', size.length, maxLength, 'characters as carriers count'),
    ...over('PARTS', size.parts, maxParts, 'parts'),
    ...over('COST', size.costFen, maxCostFen, 'fen of cost'),
  ];
}
