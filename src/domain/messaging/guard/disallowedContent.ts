/**
 * What does not belong in a notice of ours: links, addresses, numbers to call or to pay to, and signs that hide them.
 * A list of what is allowed, not of what is forbidden: evasions are found by not being Chinese text.
 */
import type { GuardPolicy } from './guardPolicy';

/** Digits as they are also written, for numbers that are spelled out. */
export const SPELLED: Readonly<Record<string, string>> = Object.fromEntries(
  ['〇零○', '一壹幺', '二贰两', '三叁', '四肆', '五伍', '六陆', '七柒', '八捌', '九玖'].flatMap((signs, digit) =>
    [...signs].map((sign) => [sign, String(digit)]),
  ),
);

/** Stands for a variable's value: nothing that could be part of a link or number. */
const HOLE = '\u{fffc}';

type ForeignPolicy = Pick<
  GuardPolicy,
  'latinWords' | 'officialNumbers' | 'foreignWords' | 'numberDigits' | 'fixedDigits'
>;

/** What is foreign in the fixed parts of a wording; undefined when nothing is. `values` are of its variables. */
export function disallowedInWording(body: string, signature: string, policy: ForeignPolicy): string | undefined {
  return foreignIn(`${signature}。${body.replace(/\{[^{}]*\}/g, HOLE)}`, policy);
}

/** What is foreign in a rendered text, its amounts, dates and verification code aside. */
export function disallowedInText(text: string, code: string | undefined, policy: ForeignPolicy): string | undefined {
  const known = [/\d{1,3}(?:,\d{3})*\.\d{2}元/g, /\d{1,2}月(?:\d{1,2}日)?/g, /\d{1,4}天/g];
  const withoutCode = code ? text.replaceAll(code, HOLE) : text;
  return foreignIn(
    known.reduce((left, pattern) => left.replace(pattern, HOLE), withoutCode.replace(/\*{8}/g, HOLE)),
    policy,
  );
}

function foreignIn(raw: string, policy: ForeignPolicy): string | undefined {
  // Before normalising, because it would drop or change them: signs without a width, marks on letters, emoji.
  if (/[\p{Cf}\p{Cc}\p{Co}\p{Cn}\p{M}\p{Extended_Pictographic}]/u.test(raw)) return 'a hidden sign or a picture';
  // In Chinese text they have other signs; an address in Chinese characters still needs its dots or slashes.
  if (/[./\\@#&=?%_~\uff0e\uff0f\uff20\uff61\u2024\u2044]/u.test(raw)) return 'a sign of an address';
  const text = raw.normalize('NFKC');
  if (/[^\P{Nd}0-9]/u.test(text)) return 'digits of another script';
  const letters = lettersOf(text);
  const word = policy.foreignWords.find((each) => letters.includes(each));
  if (word !== undefined) return `the word ${word}`;
  const withoutWords = policy.latinWords.reduce((left, each) => left.replaceAll(wholeWord(each), HOLE), text);
  // Any letter that is not Chinese: a link in Latin, its look-alikes in Cyrillic or Greek, split by signs or not.
  if (/[^\P{L}\p{Script=Han}]/u.test(withoutWords)) return 'letters that are no Chinese';
  return foreignNumber(withoutWords, policy);
}

function foreignNumber(
  text: string,
  { officialNumbers, numberDigits, fixedDigits }: ForeignPolicy,
): string | undefined {
  const digits = [...text].map((sign) => (/\p{Nd}/u.test(sign) ? sign : (SPELLED[sign] ?? sign))).join('');
  // What separates digits of one number: signs and spaces, and no characters.
  const joined = digits.replace(/(?<=\d)[^\p{L}\d\u{fffc}]+(?=\d)/gu, '');
  const left = officialNumbers.reduce((rest, number) => rest.replaceAll(wholeNumber(number), HOLE), joined);
  const runs = left.match(/\d+/g) ?? [];
  const longest = Math.max(0, ...runs.map((run) => run.length));
  if (longest >= numberDigits) return `a number of ${longest} digits that is not on the official list`;
  const plain = left.replace(/[^\p{Nd}]/gu, '').length;
  return plain > fixedDigits ? `${plain} digits between other characters` : undefined;
}

/** Characters alone: a forbidden word stays one when it is split by spaces or signs. */
function lettersOf(text: string): string {
  return text.replace(/[^\p{L}]/gu, '');
}

function wholeWord(word: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9])${word}(?![A-Za-z0-9])`, 'g');
}

function wholeNumber(number: string): RegExp {
  return new RegExp(`(?<!\\d)${number}(?!\\d)`, 'g');
}
