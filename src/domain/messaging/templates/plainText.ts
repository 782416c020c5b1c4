/** A text as it is compared: without what hides words in it, each character with where it stands in the original. */
import { FOLDED } from './templateWords';

export interface PlainText {
  text: string;
  /** Of each UTF-16 unit of `text`: the range of the original that it comes from. */
  from: number[];
  to: number[];
}

/** Stands for a variable: no word, number or link goes across it. */
export const HOLE = '\u{fffc}';

const HIDDEN = /[\s\p{Cf}\p{Cc}\p{M}\p{Default_Ignorable_Code_Point}]/u;
const SIGN = /[^\p{L}\p{N}\u{fffc}]/u;

/**
 * `letters`: letters and digits alone, for words; `signs`: with the signs, for links and numbers. Full-width and
 * other compatible forms become plain ones; traditional characters simplified ones; capitals small.
 */
export function plainText(body: string, keeps: 'letters' | 'signs'): PlainText {
  const plain: PlainText = { text: '', from: [], to: [] };
  const put = (text: string, from: number, to: number) => {
    for (const unit of text.split('')) {
      plain.text += unit;
      plain.from.push(from);
      plain.to.push(to);
    }
  };
  for (let at = 0; at < body.length; ) {
    const variable = /^\{[^{}]*\}/.exec(body.slice(at))?.[0];
    const sign = variable ?? String.fromCodePoint(body.codePointAt(at) ?? 0);
    const end = at + sign.length;
    if (variable !== undefined) put(HOLE, at, end);
    else
      for (const each of sign.normalize('NFKC').toLowerCase()) {
        if (!HIDDEN.test(each) && (keeps === 'signs' || !SIGN.test(each))) put(FOLDED[each] ?? each, at, end);
      }
    at = end;
  }
  return plain;
}

/** The piece of the original that a match of the plain text stands for. */
export function excerptOf(body: string, plain: PlainText, index: number, length: number): string {
  return body.slice(plain.from[index] ?? 0, plain.to[index + length - 1] ?? body.length);
}
