/**
 * An SMSC for tests: a fake, on the server of package `smpp`, in this process and over a real connection. It accepts all
 * unless a test scripts otherwise, and keeps what it saw on the wire.
 */
import type { AddressInfo, Server } from 'node:net';
import { createServer, PDU, type ServerSession } from 'smpp';

export interface Submitted {
  /** Digits as they came, prefix included. */
  to: string;
  text: string;
  /** Of the header of a part. */
  part?: { reference: number; total: number; number: number };
  pdu: PDU;
}

export interface Reply {
  session: ServerSession;
  accept(id?: string): void;
  refuse(status: number): void;
}

export interface ReceiptScript {
  id: string;
  stat?: string;
  /** message_state; receipted_message_id comes with it. */
  state?: number;
  text?: string;
  esmClass?: number;
  err?: string;
}

export class FakeSmsc {
  readonly submitted: Submitted[] = [];
  readonly binds: PDU[] = [];
  readonly sessions = new Set<ServerSession>();
  /** Commands in the order in which they came. */
  readonly commands: string[] = [];
  outstanding = 0;
  mostOutstanding = 0;
  /** What a test may script. */
  onSubmit: (submitted: Submitted, reply: Reply) => unknown = (_submitted, reply) => reply.accept();
  onQuery: (pdu: PDU) => Record<string, unknown> = () => ({ command_status: 0x67 });
  bindStatus = 0;
  answersBind = true;
  answersEnquireLink = true;
  private nextId = 1;
  private readonly server: Server;

  constructor(tls: { key?: string; cert?: string } = {}) {
    this.server = createServer(tls, (session) => this.greet(session));
  }

  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const { socket } of this.sessions) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The session that is bound; the last, if several are. */
  get session(): ServerSession {
    const last = [...this.sessions].at(-1);
    if (!last) throw new Error('nobody is connected to the fake SMSC');
    return last;
  }

  /** Sends a deliver_sm; resolves with the status that it is answered with. */
  deliver(fields: Record<string, unknown>, session = this.session): Promise<number> {
    return new Promise((resolve) => session.deliver_sm(fields, (response) => resolve(response.command_status)));
  }

  receipt(script: ReceiptScript, session = this.session): Promise<number> {
    return this.deliver(receiptFields(script), session);
  }

  private greet(session: ServerSession): void {
    this.sessions.add(session);
    session.on('close', () => this.sessions.delete(session));
    session.on('error', () => session.socket.destroy());
    session.on('pdu', (pdu) => {
      this.commands.push(pdu.command);
      if (pdu.command === 'bind_transceiver') this.bind(session, pdu);
      if (pdu.command === 'submit_sm') this.take(session, pdu);
      if (pdu.command === 'query_sm') session.send(pdu.response(this.onQuery(pdu)));
      if (pdu.command === 'enquire_link' && this.answersEnquireLink) session.send(pdu.response());
      if (pdu.command === 'unbind') session.send(pdu.response());
    });
  }

  private bind(session: ServerSession, pdu: PDU): void {
    this.binds.push(pdu);
    if (this.answersBind) session.send(pdu.response({ command_status: this.bindStatus, system_id: 'fake' }));
  }

  private take(session: ServerSession, pdu: PDU): void {
    this.outstanding += 1;
    this.mostOutstanding = Math.max(this.mostOutstanding, this.outstanding);
    const submitted = readSubmit(pdu);
    this.submitted.push(submitted);
    const answer = (fields: Record<string, unknown>) => {
      this.outstanding -= 1;
      session.send(pdu.response(fields));
    };
    this.onSubmit(submitted, {
      session,
      accept: (id = String(this.nextId++)) => answer({ message_id: id }),
      refuse: (status) => answer({ command_status: status }),
    });
  }
}

function readSubmit(pdu: PDU): Submitted {
  const { message, udh } = pdu.short_message as { message: string; udh?: Buffer[] };
  const concatenation = udh?.find((element) => element[0] === 0 && element[1] === 3);
  const [, , reference = 0, total = 0, number = 0] = concatenation ?? [];
  return {
    to: String(pdu.destination_addr),
    text: message,
    ...(concatenation ? { part: { reference, total, number } } : {}),
    pdu,
  };
}

export function receiptFields({ id, stat, state, text, esmClass = 4, err = '000' }: ReceiptScript) {
  const words = `id:${id} sub:001 dlvrd:001 submit date:2611250900 done date:2611250901 stat:${stat} err:${err} text:`;
  return {
    source_addr: '8613800000000',
    destination_addr: '10690000',
    esm_class: esmClass,
    short_message: Buffer.from(text ?? (stat === undefined ? '' : words), 'latin1'),
    ...(state === undefined ? {} : { receipted_message_id: `${id}\0`, message_state: state }),
  };
}

/** What a borrower's phone shows: parts put together by reference and number. */
export function reassemble(submitted: readonly Submitted[]): string {
  return [...submitted]
    .sort((one, other) => (one.part?.number ?? 0) - (other.part?.number ?? 0))
    .map(({ text }) => text)
    .join('');
}

export { PDU };
