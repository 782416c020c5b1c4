/** A delivery that somebody wrote, as a text to us. */
import { createHash } from 'node:crypto';
import { readPhoneNumber } from '../../../../domain/values/phoneNumbers';
import { HOUR_MS } from '../../../../domain/values/timeUnits';
import type { InboundText } from '../../port';
import { decodeText } from './encoding';
import type { Delivery } from './frames';

/**
 * Undefined when the sender is no mobile number of mainland China. A part of a long text is a text of its own: to hold
 * the first until the last comes would leave it unanswered, and many an SMSC sends the next only after the answer.
 *
 * The key is made of sender, text and hour, because SMPP names no inbound message: the SMSC's second try of an answer
 * that was lost has the same key, and the same word written next day another.
 */
export function readInboundText(delivery: Delivery, arrivedAtMs: number): InboundText | undefined {
  const { source, destination, message, header, dataCoding } = delivery;
  const phone = readPhoneNumber(source);
  if (phone === undefined) return undefined;
  const text = decodeText(message, dataCoding).replaceAll('\0', '');
  const parts = [phone, destination, text, header?.toString('hex') ?? '', Math.floor(arrivedAtMs / HOUR_MS)];
  return { phone, text, messageKey: createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32) };
}
