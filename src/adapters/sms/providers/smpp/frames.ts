/** Bytes of a connection as whole PDUs, and what is read of them without the codec. */

const HEADER_BYTES = 16;
/** A message_payload may have 64 KiB; a longer length is not SMPP. */
const MOST_BYTES = 70_000;

class MalformedFrame extends Error {
  override readonly name = 'MalformedFrame';
}

export interface Header {
  command: number;
  status: number;
  sequence: number;
}

/** Whole frames out of chunks. A length that cannot be throws: what follows on that connection has no meaning. */
export class FrameReader {
  private held: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Buffer[] {
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    const frames: Buffer[] = [];
    while (this.held.length >= 4) {
      const length = this.held.readUInt32BE(0);
      if (length < HEADER_BYTES || length > MOST_BYTES) throw new MalformedFrame(`a PDU of ${length} bytes`);
      if (this.held.length < length) break;
      frames.push(this.held.subarray(0, length));
      this.held = this.held.subarray(length);
    }
    return frames;
  }
}

export function readHeader(frame: Buffer): Header {
  return { command: frame.readUInt32BE(4), status: frame.readUInt32BE(8), sequence: frame.readUInt32BE(12) };
}

export interface Delivery {
  source: string;
  destination: string;
  esmClass: number;
  dataCoding: number;
  /** Without the user data header. */
  message: Buffer;
  /** The user data header without its length, where there is one. */
  header: Buffer | undefined;
  tlvs: ReadonlyMap<number, Buffer>;
  /** Tag of a parameter that runs over the end of the PDU: the SMSC set it, and its value is not known. */
  cutTag: number | undefined;
}

const MESSAGE_PAYLOAD = 0x0424;

/** Command ids of what an SMSC delivers by; receipts come by either. */
export const DELIVER_SM = 0x05;
export const DATA_SM = 0x103;

/**
 * Reads a deliver_sm or data_sm (SMPP 3.4, 4.6.1 and 4.7.1) from its frame. Not done by the codec, because that decodes
 * the text by the GSM alphabet, which turns `_` of a message id into `§`, and throws on dates that nobody needs.
 */
export function readDelivery(frame: Buffer): Delivery {
  const reader = new BodyReader(frame);
  reader.cString();
  reader.skip(2);
  const source = reader.cString();
  reader.skip(2);
  const destination = reader.cString();
  const esmClass = reader.byte();
  const isData = readHeader(frame).command === DATA_SM;
  const { dataCoding, short } = isData ? readDataSm(reader) : readDeliverSm(reader);
  const { tlvs, cutTag } = reader.tlvs();
  const whole = short.length > 0 ? short : (tlvs.get(MESSAGE_PAYLOAD) ?? short);
  return { source, destination, esmClass, dataCoding, tlvs, cutTag, ...withoutHeader(whole, esmClass) };
}

const QUERY_SM_RESP = 0x80000003;

/**
 * An answer without its optional parameters, of which none is used: one that runs over the end must not take the message
 * id away, because without it nobody knows that the message was taken. Throws where a field is missing.
 */
export function withoutParameters(frame: Buffer): Buffer {
  const reader = new BodyReader(frame);
  reader.cString();
  if (readHeader(frame).command === QUERY_SM_RESP) {
    reader.cString();
    reader.skip(2);
  }
  const fields = Buffer.from(frame.subarray(0, reader.position));
  fields.writeUInt32BE(fields.length, 0);
  return fields;
}

/** protocol_id, priority, two times, registered_delivery, replace_if_present, data_coding, default id, message. */
function readDeliverSm(reader: BodyReader): { dataCoding: number; short: Buffer } {
  reader.skip(2);
  reader.cString();
  reader.cString();
  reader.skip(2);
  const dataCoding = reader.byte();
  reader.skip(1);
  // Some SMSCs count a text longer than it is: what there is of it counts.
  return { dataCoding, short: reader.upTo(reader.byte()) };
}

/** registered_delivery, data_coding; the message is a parameter. */
function readDataSm(reader: BodyReader): { dataCoding: number; short: Buffer } {
  reader.skip(1);
  return { dataCoding: reader.byte(), short: Buffer.alloc(0) };
}

/** Some SMSCs keep the mark of a header on a receipt that has none: what cannot be one is text. */
function withoutHeader(whole: Buffer, esmClass: number): Pick<Delivery, 'message' | 'header'> {
  const end = (esmClass & 0x40) === 0 || whole.length === 0 ? 0 : whole.readUInt8(0) + 1;
  const header = whole.subarray(1, end);
  if (end === 0 || end > whole.length || !isHeader(header)) return { message: whole, header: undefined };
  return { message: whole.subarray(end), header };
}

/** Elements of a tag, a length and so many bytes that fill it exactly (3GPP 23.040, 9.2.3.24). */
function isHeader(header: Buffer): boolean {
  let at = 0;
  while (at + 2 <= header.length) at += 2 + header.readUInt8(at + 1);
  return at === header.length;
}

class BodyReader {
  private at = HEADER_BYTES;

  constructor(private readonly frame: Buffer) {}

  get position(): number {
    return this.at;
  }

  byte(): number {
    return this.bytes(1).readUInt8(0);
  }

  skip(count: number): void {
    this.bytes(count);
  }

  bytes(count: number): Buffer {
    if (this.at + count > this.frame.length) throw new MalformedFrame('a PDU that ends within a field');
    this.at += count;
    return this.frame.subarray(this.at - count, this.at);
  }

  upTo(count: number): Buffer {
    return this.bytes(Math.min(count, this.frame.length - this.at));
  }

  cString(): string {
    const end = this.frame.indexOf(0, this.at);
    if (end < 0) throw new MalformedFrame('a PDU that ends within a field');
    const text = this.frame.toString('latin1', this.at, end);
    this.at = end + 1;
    return text;
  }

  /** What runs over the end is left out: its length is wrong, so nothing behind its head can be told apart. */
  tlvs(): { tlvs: Map<number, Buffer>; cutTag: number | undefined } {
    const tlvs = new Map<number, Buffer>();
    // Some SMSCs pad the end; what is too short for a tag and a length is no parameter.
    while (this.at + 4 <= this.frame.length) {
      const head = this.bytes(4);
      const [tag, length] = [head.readUInt16BE(0), head.readUInt16BE(2)];
      if (this.at + length > this.frame.length) return { tlvs, cutTag: tag };
      tlvs.set(tag, this.bytes(length));
    }
    return { tlvs, cutTag: undefined };
  }
}
