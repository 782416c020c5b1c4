/**
 * A text as short messages: always UCS-2, whose every character arrives as it was sent. GSM-7 would be shorter for Latin
 * text, but what an SMSC takes for its default alphabet differs, and notices are Chinese. Lengths: facts 3.3.
 */

/** SMPP 3.4, 5.2.19: UCS-2. */
export const UCS2 = 8;
/** SMPP 3.4, 5.2.12: the short message begins with a user data header. */
export const UDH_INDICATOR = 0x40;

/** UTF-16 code units of a message that is not divided, and of a part with its header. */
export const SINGLE_UNITS = 70;
export const PART_UNITS = 67;
/** The header counts parts in one byte. */
const MOST_PARTS = 255;

export interface ShortMessage {
  /** At most 140 bytes, header included. */
  bytes: Buffer;
  hasHeader: boolean;
}

/**
 * Divides a text. `reference` (0 to 255) tells a receiver's phone which parts belong together. A pair of surrogates is
 * never divided, so a part may be a unit short, and an emoji arrives whole even on a phone that shows part after part.
 */
export function encodeText(text: string, reference: number): ShortMessage[] {
  if (text.length <= SINGLE_UNITS) return [{ bytes: utf16be(text), hasHeader: false }];
  const parts = divide(text);
  if (parts.length > MOST_PARTS) throw new RangeError(`a text of ${parts.length} parts; at most ${MOST_PARTS} go out`);
  return parts.map((part, index) => ({
    bytes: Buffer.concat([Buffer.from([5, 0, 3, reference & 0xff, parts.length, index + 1]), utf16be(part)]),
    hasHeader: true,
  }));
}

/** How many short messages a text becomes. */
export function countParts(text: string): number {
  return text.length <= SINGLE_UNITS ? 1 : divide(text).length;
}

function divide(text: string): string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = Math.min(start + PART_UNITS, text.length);
    const cut = end < text.length && isHighSurrogate(text, end - 1) && isLowSurrogate(text, end) ? end - 1 : end;
    parts.push(text.slice(start, cut));
    start = cut;
  }
  return parts;
}

function isHighSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

function isLowSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

/**
 * The text of a received message. Data codings: 8 is UCS-2, 0x18 to 0x1b are UCS-2 with a class (3GPP 23.038, 4), 15 is
 * GBK as gateways of China have it, the rest is read byte by byte (ASCII within Latin-1); SMPP leaves the default
 * alphabet to the SMSC.
 */
export function decodeText(bytes: Buffer, dataCoding: number): string {
  if (dataCoding === UCS2 || (dataCoding & ~0x03) === (UCS2 | 0x10)) {
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
    return Buffer.from(whole).swap16().toString('utf16le');
  }
  if (dataCoding === 15) return new TextDecoder('gb18030').decode(bytes);
  return bytes.toString('latin1');
}
