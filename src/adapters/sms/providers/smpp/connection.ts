/**
 * One connection to an SMSC, from the first byte to the last: frames, requests with their answers, and the end, which
 * comes once and settles everything. Requests are ours to bound: the package's own sessions wait for an answer for ever
 * and forget it with the connection.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { connect as connectTls } from 'node:tls';
import { PDU } from 'smpp';
import { FrameReader, type Header, readHeader, withoutParameters } from './frames';
import type { SmppAddress } from './options';

export type Answer =
  /** `fields` are empty where the answer has none or they cannot be read. */
  | { status: 'answered'; code: number; fields: Readonly<Record<string, unknown>> }
  /** Not a byte was given to the connection. */
  | { status: 'not-written'; detail: string }
  /** Written, and then nothing. */
  | { status: 'silent'; detail: string };

export interface RequestOptions {
  timeoutMs: number;
  /** How long an answer after the timeout is still listened for. */
  lateMs?: number;
  onLate?(answer: Answer & { status: 'answered' }): void;
  /** Once, when the SMSC does not owe an answer any more, or is not thought to. */
  onSettled?(): void;
}

interface Outstanding extends RequestOptions {
  command: number;
  resolve(answer: Answer): void;
  timer: NodeJS.Timeout;
  isLate: boolean;
}

const RESPONSE = 0x80000000;
const GENERIC_NACK = 0x80000000;
/** For what is written already, such as the answer to an unbind. */
const LAST_BYTES_MS = 500;
const HIGHEST_SEQUENCE = 0x7fffffff;

export interface ConnectionEvents {
  /** A request of the SMSC. */
  onRequest(header: Header, frame: Buffer): void;
  /** Once; without it no connection ends. */
  onEnd(detail: string): void;
}

export class SmppConnection {
  /** When bytes came last, by the monotonic clock. */
  heardAtMs = performance.now();
  private readonly reader = new FrameReader();
  private readonly outstanding = new Map<number, Outstanding>();
  private sequence = 0;
  private ended: string | undefined;
  /** It is given nothing more, and ends with the last answer: why. */
  private ending: string | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly events: ConnectionEvents,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('end', () => this.end('the SMSC closed the connection'));
    socket.on('error', (error: NodeJS.ErrnoException) => this.end(`the connection failed: ${error.code ?? 'no code'}`));
    socket.on('close', () => this.end('the connection was closed'));
  }

  /** Resolves when the connection stands, its certificate checked; rejects with a reason that holds no secret. */
  static open(
    address: SmppAddress & { connectTimeoutMs: number },
    signal: AbortSignal,
    events: ConnectionEvents,
  ): Promise<SmppConnection> {
    const socket = openSocket(address);
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        socket.removeAllListeners('error').removeAllListeners('close');
      };
      const fail = (reason: string) => {
        settle();
        socket.on('error', () => {});
        socket.destroy();
        reject(new Error(reason));
      };
      const onAbort = () => fail('closed by us');
      const timer = setTimeout(() => fail('no connection in time'), address.connectTimeoutMs);
      signal.addEventListener('abort', onAbort);
      socket.once('error', (error: NodeJS.ErrnoException) => fail(`no connection: ${error.code ?? 'no code'}`));
      socket.once('close', () => fail('no connection: closed'));
      socket.once(address.tls ? 'secureConnect' : 'connect', () => {
        settle();
        resolve(new SmppConnection(socket, events));
      });
    });
  }

  request(command: string, fields: Record<string, unknown>, options: RequestOptions): Promise<Answer> {
    const unwritten = this.ended ?? this.ending ?? (this.socket.writable ? undefined : 'the connection takes nothing');
    if (unwritten !== undefined) {
      options.onSettled?.();
      return Promise.resolve({ status: 'not-written', detail: unwritten });
    }
    const sequence = this.nextSequence();
    const pdu = new PDU(command, { ...fields, sequence_number: sequence });
    const bytes = pdu.toBuffer();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.stopWaiting(sequence), options.timeoutMs);
      this.outstanding.set(sequence, { ...options, command: pdu.command_id, resolve, timer, isLate: false });
      this.socket.write(bytes);
    });
  }

  /** Answers a request of the SMSC; lost with the connection, after which the SMSC asks again. */
  respond(command: string, header: Header, status: number): void {
    if (this.ended !== undefined || !this.socket.writable) return;
    this.socket.write(new PDU(command, { command_status: status, sequence_number: header.sequence }).toBuffer());
  }

  /**
   * Takes no more requests, and ends once every answer that is owed has come, in so long at most. What the SMSC has
   * written already is read: an answer that is thrown away leaves a message in doubt for nothing.
   */
  endAfterAnswers(detail: string, withinMs: number): void {
    if (this.ended !== undefined || this.ending !== undefined) return;
    this.ending = detail;
    setTimeout(() => this.end(detail), withinMs).unref();
    // After what has come together with it.
    setImmediate(() => this.endWhenAnswered());
  }

  private endWhenAnswered(): void {
    if (this.ending !== undefined && this.outstanding.size === 0) this.end(this.ending);
  }

  /** Ends it: every request without an answer is told so, and nothing is read any more. */
  end(reason: string): void {
    if (this.ended !== undefined) return;
    // That the SMSC closes after it has unbound is no other end.
    const detail = this.ending ?? reason;
    this.ended = detail;
    this.socket.end();
    // A peer that is gone takes neither the last bytes nor the end.
    setTimeout(() => this.socket.destroy(), LAST_BYTES_MS).unref();
    for (const [sequence, request] of this.outstanding) {
      this.settle(sequence, request);
      request.resolve({ status: 'silent', detail });
    }
    this.events.onEnd(detail);
  }

  private read(chunk: Buffer): void {
    if (this.ended !== undefined) return;
    this.heardAtMs = performance.now();
    try {
      for (const frame of this.reader.push(chunk)) this.dispatch(readHeader(frame), frame);
    } catch (error) {
      this.end(`the SMSC sent what is not SMPP: ${(error as Error).message}`);
    }
  }

  private dispatch(header: Header, frame: Buffer): void {
    if ((header.command & RESPONSE) === 0) {
      this.events.onRequest(header, frame);
      return;
    }
    const request = this.outstanding.get(header.sequence);
    if (!request) {
      // Of a PDU that it could not even number; which one is anybody's guess.
      if (header.command === GENERIC_NACK && header.sequence === 0)
        this.end('the SMSC could not read what it was sent');
      return;
    }
    const isNack = header.command === GENERIC_NACK;
    if (!isNack && header.command !== request.command + RESPONSE) {
      this.end('the SMSC answered another question');
      return;
    }
    const answer = { status: 'answered', code: header.status, fields: isNack ? {} : decode(frame) } as const;
    this.settle(header.sequence, request);
    if (request.isLate) request.onLate?.(answer);
    else request.resolve(answer);
    this.endWhenAnswered();
  }

  /** The caller is told; the SMSC still owes the answer, so its place is not given away yet. */
  private stopWaiting(sequence: number): void {
    const request = this.outstanding.get(sequence);
    if (!request) return;
    request.isLate = true;
    if (request.lateMs === undefined) this.settle(sequence, request);
    else request.timer = setTimeout(() => this.settle(sequence, request), request.lateMs);
    request.resolve({ status: 'silent', detail: `no answer within ${request.timeoutMs} ms` });
  }

  private settle(sequence: number, request: Outstanding): void {
    clearTimeout(request.timer);
    this.outstanding.delete(sequence);
    request.onSettled?.();
  }

  private nextSequence(): number {
    do this.sequence = this.sequence >= HIGHEST_SEQUENCE ? 1 : this.sequence + 1;
    while (this.outstanding.has(this.sequence));
    return this.sequence;
  }
}

function openSocket({ host, port, tls }: SmppAddress): Socket {
  if (!tls) return connectTcp({ host, port });
  const { caPem, certificatePem, keyPem, serverName } = tls;
  return connectTls({
    host,
    port,
    minVersion: 'TLSv1.2',
    ...(caPem === undefined ? {} : { ca: caPem }),
    ...(certificatePem === undefined ? {} : { cert: certificatePem }),
    ...(keyPem === undefined ? {} : { key: keyPem }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  });
}

/** The codec throws on dates that are none, and on what ends too early: what is left of the answer then counts. */
function decode(frame: Buffer): Record<string, unknown> {
  for (const read of [() => frame, () => withoutParameters(frame)]) {
    try {
      return new PDU(read());
    } catch {
      // The next, or nothing.
    }
  }
  return {};
}
