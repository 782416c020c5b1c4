/**
 * A scripted SMSC for the real Kannel to speak to: an SMPP 3.4 server that answers and sends receipts as a test says.
 * It is a fake of a carrier, in the true wire format; the codec is its own, so that an error of ours is not shared.
 */
import { createServer, type Server, type Socket } from 'node:net';

const GENERIC_NACK = 0x80000000;
const COMMANDS = {
  bindTransceiver: 0x09,
  submitSm: 0x04,
  deliverSm: 0x05,
  unbind: 0x06,
  enquireLink: 0x15,
} as const;
const RESPONSE = 0x80000000;
const ESME_ROK = 0;
export const ESME_RINVDSTADR = 0x0b;
export const ESME_RTHROTTLED = 0x58;

/** A message as it came, one part of a text. */
export interface Submitted {
  messageId: string;
  from: string;
  to: string;
  text: string;
  /** Of a text in several parts: which, and of how many. */
  part: number;
  parts: number;
}

/** What happens to a message: its answer, `undefined` for none, and the states of its receipts. */
export interface Fate {
  commandStatus?: number | undefined;
  silent?: boolean;
  receipts?: readonly string[];
}

export class SmscPeer {
  /** Every submit, whatever was answered. */
  readonly submitted: Submitted[] = [];
  /** Those that were answered with success. */
  readonly accepted: Submitted[] = [];
  fateOf: (message: Submitted, seenBefore: number) => Fate = () => ({ receipts: ['DELIVRD'] });
  port = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((socket) => this.serve(socket));
  private sequence = 0;
  private counter = 0;

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the SMSC has no port');
    this.port = address.port;
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Texts in whole, put together from their parts. */
  textsTo(phone: string): string[] {
    const parts = this.submitted.filter(({ to }) => to === phone);
    const texts: string[] = [];
    for (const { part, text } of parts) {
      if (part === 1) texts.push(text);
      else texts.push((texts.pop() ?? '') + text);
    }
    return texts;
  }

  /** A delivery receipt, to whatever connection there is. */
  sendReceipt({ messageId, from, to }: Submitted, state: string): void {
    const isDelivered = state === 'DELIVRD';
    const counts = `sub:001 dlvrd:00${isDelivered ? 1 : 0} submit date:2611250900 done date:2611250901`;
    const words = `id:${messageId} ${counts} stat:${state} err:${isDelivered ? '000' : '012'} text:`;
    this.deliver({ from: to, to: from, esmClass: 0x04, dataCoding: 0, message: Buffer.from(words, 'latin1') });
  }

  /** A text from a phone to our number, in UCS-2 unless all of it is ASCII. */
  sendText(from: string, to: string, text: string): void {
    const isAscii = /^[ -~]*$/.test(text);
    const coded = isAscii ? { dataCoding: 0, message: Buffer.from(text) } : { dataCoding: 8, message: ucs2(text) };
    this.deliver({ from, to, esmClass: 0, ...coded });
  }

  private deliver(sent: { from: string; to: string; esmClass: number; dataCoding: number; message: Buffer }): void {
    const { from, to, esmClass, dataCoding, message } = sent;
    const body = Buffer.concat([
      Buffer.from(`\0\x01\x01${from}\0\x01\x01${to}\0`, 'latin1'),
      Buffer.from([esmClass, 0, 0, 0, 0, 0, 0, dataCoding, 0, message.length]),
      message,
    ]);
    const socket = [...this.sockets].at(-1);
    socket?.write(pdu(COMMANDS.deliverSm, 0, ++this.sequence, body));
  }

  private serve(socket: Socket): void {
    let held = Buffer.alloc(0);
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => this.sockets.delete(socket));
    socket.on('data', (data) => {
      held = Buffer.concat([held, data]);
      while (held.length >= 16 && held.length >= held.readUInt32BE(0)) {
        const size = held.readUInt32BE(0);
        this.answer(socket, held.subarray(0, size));
        held = held.subarray(size);
      }
    });
  }

  private answer(socket: Socket, sent: Buffer): void {
    const command = sent.readUInt32BE(4);
    const sequence = sent.readUInt32BE(12);
    const reply = (status: number, body: Buffer = Buffer.alloc(0)) =>
      socket.write(pdu((command | RESPONSE) >>> 0, status, sequence, body));
    if (command >= RESPONSE) return;
    if (command === COMMANDS.bindTransceiver) reply(ESME_ROK, Buffer.from('peer\0', 'latin1'));
    else if (command === COMMANDS.enquireLink || command === COMMANDS.unbind) reply(ESME_ROK);
    else if (command === COMMANDS.submitSm) this.take(readSubmit(sent, String(++this.counter)), reply);
    else socket.write(pdu(GENERIC_NACK, 3, sequence, Buffer.alloc(0)));
  }

  private take(message: Submitted, reply: (status: number, body?: Buffer) => void): void {
    const seenBefore = this.submitted.filter(({ to, part }) => to === message.to && part === message.part).length;
    this.submitted.push(message);
    const { commandStatus = ESME_ROK, silent = false, receipts = [] } = this.fateOf(message, seenBefore);
    if (silent) return;
    if (commandStatus !== ESME_ROK) {
      reply(commandStatus);
      return;
    }
    this.accepted.push(message);
    reply(ESME_ROK, Buffer.from(`${message.messageId}\0`, 'latin1'));
    for (const state of receipts) this.sendReceipt(message, state);
  }
}

function pdu(command: number, status: number, sequence: number, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(16 + body.length, 0);
  head.writeUInt32BE(command, 4);
  head.writeUInt32BE(status, 8);
  head.writeUInt32BE(sequence, 12);
  return Buffer.concat([head, body]);
}

function readSubmit(sent: Buffer, messageId: string): Submitted {
  let at = 16;
  const text = () => {
    const end = sent.indexOf(0, at);
    const value = sent.toString('latin1', at, end);
    at = end + 1;
    return value;
  };
  const byte = () => sent.readUInt8(at++);
  text();
  at += 2;
  const from = text();
  at += 2;
  const to = text();
  const esmClass = byte();
  at += 2;
  text();
  text();
  at += 2;
  const dataCoding = byte();
  at += 1;
  const size = byte();
  const message = sent.subarray(at, at + size);
  const hasHeader = (esmClass & 0x40) !== 0;
  const headerSize = hasHeader ? message.readUInt8(0) + 1 : 0;
  const [part, parts] = hasHeader ? [message.readUInt8(5), message.readUInt8(4)] : [1, 1];
  const content = message.subarray(headerSize);
  const words = dataCoding === 8 ? Buffer.from(content).swap16().toString('utf16le') : content.toString('latin1');
  return { messageId, from, to, text: words, part, parts };
}

function ucs2(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}
