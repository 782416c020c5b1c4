/**
 * How a text is divided into short messages, and so what a carrier bills: facts 3.3. The one place that divides and
 * counts; who sends the parts asks here as well as who reckons their cost.
 */

/** UTF-16 code units of a message that is not divided, and of a part with its header. */
const SINGLE_UNITS = 70;
const PART_UNITS = 67;

/**
 * The parts of a text, in their order. A pair of surrogates is never divided, so a part may be a unit short, and an emoji
 * or a rare character arrives whole even on a phone that shows part after part.
 */
export function divideText(text: string): string[] {
  if (text.length <= SINGLE_UNITS) return [text];
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = Math.min(start + PART_UNITS, text.length);
    const cut = end < text.length && isHighSurrogate(text, end - 1) && isLowSurrogate(text, end) ? end - 1 : end;
    parts.push(text.slice(start, cut));
    start = cut;
  }
  return parts;
}

/** How many short messages a text becomes, which is what is billed. */
export function countParts(text: string): number {
  return divideText(text).length;
}

function isHighSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

function isLowSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}
