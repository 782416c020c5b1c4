/** What leads a reader away in a notice text: links, numbers that are not ours, and letters that look like ours. */
import { SPELLED } from '../guard/disallowedContent';
import { excerptOf, HOLE, type PlainText, plainText } from './plainText';
import type { TemplateFinding } from './templateFindings';
import type { TemplatePolicy } from './templatePolicy';

/** Characters that spell a number and are none, such as 一定: a run of them alone is long before it is a number. */
const SPELLED_DIGITS = 7;

/** An address: a scheme, a host, or a name with a dot or slash in Latin letters. */
const LINKS = [
  /[a-z]{2,}:\/{1,2}[^\s\p{Script=Han}\u{fffc}]*/u,
  /www[.。·・][^\s\p{Script=Han}\u{fffc}]*/u,
  /[a-z0-9][a-z0-9-]*(?:[.。·・][a-z0-9-]+)*[.。·・][a-z]{2,}(?:\/[^\s\p{Script=Han}\u{fffc}]*)?/u,
  /[a-z0-9-]+\/[a-z0-9?=&_-]{2,}/u,
  /[a-z0-9_.-]+@[a-z0-9.-]+/u,
];

export function linksIn(body: string): TemplateFinding[] {
  const plain = plainText(body, 'signs');
  const why = 'no notice of ours has a link: whoever sees one knows that it is not ours (facts 3.2)';
  return LINKS.flatMap((pattern) => {
    const match = pattern.exec(plain.text);
    if (!match) return [];
    const words = excerptOf(body, plain, match.index, match[0].length);
    return [{ rule: 'LINK', words, why, fix: 'point to the APP alone' } as const];
  });
}

export function numbersIn(body: string, policy: TemplatePolicy): TemplateFinding[] {
  const plain = plainText(body, 'signs');
  const runs = digitRuns(plain);
  const isOurs = ({ digits }: DigitRun) => policy.officialNumbers.includes(digits);
  const foreign = runs.filter((run) => run.digits.length >= (run.isSpelled ? SPELLED_DIGITS : policy.numberDigits));
  const found = foreign
    .filter((run) => !isOurs(run))
    .map((run): TemplateFinding => {
      const why = 'a number that is not on the official list of the lender (facts 3.1)';
      const words = excerptOf(body, plain, run.index, run.length);
      return { rule: 'PHONE_NUMBER', words, why, fix: 'leave it out, or name an official number' };
    });
  const ours = runs.filter(isOurs);
  if (ours.length > policy.maxNumbers) {
    const why = `a text names at most ${policy.maxNumbers} numbers to call (facts 3.1)`;
    const words = ours.map(({ digits }) => digits).join(', ');
    found.push({ rule: 'PHONE_NUMBER', words, why, fix: 'name fewer' });
  }
  return [...found, ...pieces(body, plain)];
}

/** Digits beside a variable make a number of its value: a piece of a telephone number that no list can know. */
function pieces(body: string, plain: PlainText): TemplateFinding[] {
  const match = /\d{3,}\u{fffc}|\u{fffc}\d{3,}/u.exec(plain.text);
  if (!match) return [];
  const why = 'digits beside a variable make a number that nobody has reviewed (facts 3.2)';
  const words = excerptOf(body, plain, match.index, match[0].length);
  return [{ rule: 'PHONE_NUMBER', words, why, fix: 'put words between them' }];
}

interface DigitRun {
  digits: string;
  isSpelled: boolean;
  /** In the plain text. */
  index: number;
  length: number;
}

/** Digits in a row: signs between them separate nothing, characters do. */
function digitRuns({ text }: PlainText): DigitRun[] {
  const runs: DigitRun[] = [];
  for (const match of text.matchAll(/[\p{Nd}〇零○一壹幺二贰两三叁四肆五伍六陆七柒八捌九玖]/gu)) {
    const sign = match[0];
    const digit = SPELLED[sign] ?? sign.normalize('NFKC');
    const last = runs.at(-1);
    const between = last && text.slice(last.index + last.length, match.index);
    if (last && between !== undefined && /^[^\p{L}\u{fffc}]*$/u.test(between)) {
      last.digits += digit;
      last.isSpelled ||= sign in SPELLED;
      last.length = match.index + sign.length - last.index;
    } else runs.push({ digits: digit, isSpelled: sign in SPELLED, index: match.index, length: sign.length });
  }
  return runs;
}

/** Any letter that is not Chinese and no word of the list: a link in parts, its look-alikes in Cyrillic or Greek. */
export function foreignLetters(body: string, { latinWords }: TemplatePolicy): TemplateFinding[] {
  const plain = plainText(body, 'signs');
  const left = latinWords.reduce((rest, word) => {
    const whole = new RegExp(`(?<![a-z0-9])${word.toLowerCase()}(?![a-z0-9])`, 'g');
    return rest.replace(whole, HOLE.repeat(word.length));
  }, plain.text);
  const match = /(?:[^\P{L}\p{Script=Han}][^\p{Script=Han}\u{fffc}，。；！？]*)+/u.exec(left);
  if (!match) return [];
  const why = `letters that are no Chinese: a text holds ${latinWords.join(', ')} alone`;
  const words = excerptOf(body, plain, match.index, match[0].length);
  return [{ rule: 'FOREIGN_LETTERS', words, why, fix: 'say it in Chinese' }];
}
