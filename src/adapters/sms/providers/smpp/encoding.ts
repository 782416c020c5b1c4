/**
 * A text as short messages: always UCS-2, whose every character arrives as it was sent. GSM-7 would be shorter for Latin
 * text, but what an SMSC takes for its default alphabet differs, and notices are Chinese. Lengths: facts 3.3.
 */
import { divideText } from '../../../../domain/messaging/outbox/messageParts';

/** SMPP 3.4, 5.2.19: UCS-2. */
export const UCS2 = 8;
/** SMPP 3.4, 5.2.12: the short message begins with a user data header. */
export const UDH_INDICATOR = 0x40;

/** The header counts parts in one byte. */
const MOST_PARTS = 255;

export interface ShortMessage {
  /** At most 140 bytes, header included. */
  bytes: Buffer;
  hasHeader: boolean;
}

/** Divides a text. `reference` (0 to 255) tells a receiver's phone which parts belong together. */
export function encodeText(text: string, reference: number): ShortMessage[] {
  const parts = divideText(text);
  const [whole = ''] = parts;
  if (parts.length <= 1) return [{ bytes: utf16be(whole), hasHeader: false }];
  if (parts.length > MOST_PARTS) throw new RangeError(`a text of ${parts.length} parts; at most ${MOST_PARTS} go out`);
  return parts.map((part, index) => ({
    bytes: Buffer.concat([Buffer.from([5, 0, 3, reference & 0xff, parts.length, index + 1]), utf16be(part)]),
    hasHeader: true,
  }));
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
