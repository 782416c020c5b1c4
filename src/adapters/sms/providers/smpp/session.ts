/**
 * One session with an SMSC that is meant to last: connects, binds as a transceiver, keeps the link alive, and begins
 * again after it ended. It submits what it is given once and says honestly what is known of it.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FailureClass } from '../../port';
import { type Answer, type RequestOptions, SmppConnection } from './connection';
import { DATA_SM, DELIVER_SM, type Header } from './frames';
import type { SmppSettings } from './options';
import { ESME_RINVCMDID, ESME_ROK, ESME_RX_T_APPN, failureOf, statusName, stopsAccount } from './statusCodes';
import { SubmitWindow, type Turn } from './submitWindow';

export type SubmitAnswer =
  | Answer
  | {
      status: 'refused-here';
      failure: FailureClass;
      code: string;
      detail: string;
      /** Told to this session; another worker's may be bound. */
      isOwnSession?: boolean;
    };

export interface SessionHealth {
  isBound: boolean;
  /** Real time since when it is bound, or is not. */
  sinceMs: number;
  /** submit_sm without an answer. */
  outstanding: number;
  /** Binds that succeeded. */
  binds: number;
  /** Why it was last not bound, or what went wrong last. */
  lastError: string | undefined;
}

export interface SessionEvents {
  /** A deliver_sm or data_sm: the status that it is answered with. A rejection is answered as temporary trouble. */
  onDelivery(frame: Buffer): Promise<number>;
  onTrouble(detail: string): void;
}

const INTERFACE_VERSION = 0x34;
/** deliveries that are being kept at once; the rest is told to come again. */
const MOST_DELIVERIES = 200;
const UNBIND_MS = 2_000;
/** After an unbind of the SMSC: what it still owes is read for so long, unless it closes before. */
const LAST_ANSWERS_MS = 2_000;
/** What only a person can mend is told by a message that is refused, so often: somebody may have mended it meanwhile. */
const TELL_STOP_EVERY_MS = 60_000;

const COMMANDS = {
  unbind: 0x06,
  outbind: 0x0b,
  enquire_link: 0x15,
  alert_notification: 0x102,
} as const;

export class SmppSession {
  private readonly window: SubmitWindow;
  private readonly closing = new AbortController();
  private connection: SmppConnection | undefined;
  private sinceMs: number;
  private binds = 0;
  private lastError: string | undefined;
  /** The refusal of the last bind that only a person can mend. */
  private stopped: string | undefined;
  private stopToldAtMs = Number.NEGATIVE_INFINITY;
  /** The last try to connect or to bind failed; one that was just dropped is not down yet. */
  private isDown = false;
  private readonly deliveries = new Set<Promise<void>>();
  private readonly running: Promise<void>;

  constructor(
    private readonly settings: SmppSettings,
    private readonly events: SessionEvents,
  ) {
    this.window = new SubmitWindow(settings.window, settings.perSecond);
    this.sinceMs = settings.now();
    this.running = this.run();
  }

  health(): SessionHealth {
    const { sinceMs, binds, lastError } = this;
    return {
      isBound: this.connection !== undefined,
      sinceMs,
      outstanding: this.window.outstanding,
      binds,
      lastError,
    };
  }

  /** False while a message would only wait in vain: a message that is given all the same is refused in its time. */
  isReady(): boolean {
    if (this.closing.signal.aborted) return false;
    if (this.stopped !== undefined) return performance.now() - this.stopToldAtMs >= TELL_STOP_EVERY_MS;
    return !this.isDown;
  }

  /**
   * Writes one submit_sm when it is its turn. `goesFirst`: a later part of a message. `refused-here` and `not-written`
   * say that the SMSC was given nothing.
   */
  async submit(
    fields: Record<string, unknown>,
    goesFirst: boolean,
    onLate: (answer: Answer & { status: 'answered' }) => void,
  ): Promise<SubmitAnswer> {
    if (this.stopped !== undefined) return this.refusal('not-bound');
    const { waitMs, responseTimeoutMs, lateAnswerMs } = this.settings;
    const turn = await this.window.take(goesFirst ? Math.max(waitMs, responseTimeoutMs) : waitMs, goesFirst);
    if (turn !== 'granted') return this.refusal(turn);
    const options: RequestOptions = {
      timeoutMs: responseTimeoutMs,
      lateMs: lateAnswerMs,
      onLate: (answer) => {
        this.pauseWhenBusy(answer);
        onLate(answer);
      },
      onSettled: () => this.window.release(),
    };
    if (!this.connection) {
      this.window.release();
      return this.refusal('not-bound');
    }
    const answer = await this.connection.request('submit_sm', fields, options);
    this.pauseWhenBusy(answer);
    if (answer.status === 'silent') this.lastError = `submit_sm: ${answer.detail}`;
    return answer;
  }

  /** Also when the answer is late: it is what the SMSC says now. */
  private pauseWhenBusy(answer: Answer): void {
    if (answer.status === 'answered' && isBusy(answer.code)) this.window.pause(this.settings.throttlePauseMs);
  }

  /** A question outside the window of messages, such as query_sm. */
  async ask(command: string, fields: Record<string, unknown>): Promise<Answer> {
    if (!this.connection) return { status: 'not-written', detail: 'no bound session' };
    return this.connection.request(command, fields, { timeoutMs: this.settings.responseTimeoutMs });
  }

  /** Lets answers and deliveries come to their end, unbinds, and connects no more. */
  async close(): Promise<void> {
    if (!this.closing.signal.aborted) {
      this.closing.abort();
      this.window.close();
      const untilMs = performance.now() + this.settings.responseTimeoutMs;
      while (this.connection && this.isBusy() && performance.now() < untilMs) await sleep(5);
      await this.connection?.request('unbind', {}, { timeoutMs: UNBIND_MS });
      this.connection?.end('closed by us');
    }
    await this.running;
  }

  private isBusy(): boolean {
    return this.window.outstanding > 0 || this.deliveries.size > 0;
  }

  private refusal(turn: Exclude<Turn, 'granted'>): SubmitAnswer {
    if (turn === 'not-bound' && this.stopped !== undefined) {
      this.stopToldAtMs = performance.now();
      const refused = refusedHere('account-stop', this.stopped, `the SMSC refused the bind: ${this.stopped}`);
      return { ...refused, isOwnSession: true };
    }
    const details = {
      closed: 'the session is closed',
      'not-bound': `no bound session: ${this.lastError ?? 'connecting'}`,
      full: 'the window of submits was full for too long',
      throttled: 'the SMSC asked for a pause',
    };
    const code = turn.toUpperCase().replace('-', '_');
    return refusedHere(turn === 'throttled' ? 'windowed' : 'transient', code, details[turn]);
  }

  private async run(): Promise<void> {
    const { reconnectFirstMs, reconnectLongestMs } = this.settings;
    const { signal } = this.closing;
    for (let failures = 0; !signal.aborted; failures += 1) {
      const boundMs = await this.connectOnce();
      // One that is dropped right after the bind, again and again, is not connected to again and again at once.
      if (boundMs >= reconnectLongestMs) failures = 0;
      const fullMs = this.stopped === undefined ? reconnectFirstMs * 2 ** Math.min(failures, 20) : reconnectLongestMs;
      const pauseMs = Math.min(fullMs, reconnectLongestMs) * (0.5 + Math.random() / 2);
      if (!signal.aborted) await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  }

  /** One connection from its opening to its end; returns how long it was bound. Never rejects. */
  private async connectOnce(): Promise<number> {
    const { signal } = this.closing;
    let onEnd: (detail: string) => void = () => {};
    const ended = new Promise<string>((resolve) => {
      onEnd = resolve;
    });
    let connection: SmppConnection;
    try {
      connection = await SmppConnection.open(this.settings, signal, {
        onRequest: (header, frame) => this.serve(connection, header, frame),
        onEnd: (detail) => onEnd(detail),
      });
    } catch (error) {
      this.isDown = true;
      if (!signal.aborted) this.trouble((error as Error).message);
      return 0;
    }
    if (!(await this.bind(connection))) {
      this.isDown = true;
      connection.end('not bound');
      return 0;
    }
    const boundAtMs = performance.now();
    const stopWatching = this.watch(connection);
    const detail = await ended;
    stopWatching();
    if (this.connection === connection) this.setConnection(undefined);
    if (!this.closing.signal.aborted) this.trouble(detail);
    return performance.now() - boundAtMs;
  }

  private async bind(connection: SmppConnection): Promise<boolean> {
    const { systemId, password, systemType, responseTimeoutMs } = this.settings;
    const { signal } = this.closing;
    const fields = { system_id: systemId, password, system_type: systemType, interface_version: INTERFACE_VERSION };
    const giveUp = () => connection.end('closed by us');
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    const answer = await connection.request('bind_transceiver', fields, { timeoutMs: responseTimeoutMs });
    signal.removeEventListener('abort', giveUp);
    if (signal.aborted) return false;
    if (answer.status !== 'answered') {
      this.trouble(`bind: ${answer.detail}`);
      return false;
    }
    this.stopped = answer.code !== ESME_ROK && stopsAccount(answer.code) ? statusName(answer.code) : undefined;
    if (answer.code !== ESME_ROK) {
      this.trouble(`the SMSC refused the bind: ${statusName(answer.code)}`);
      return false;
    }
    this.binds += 1;
    this.isDown = false;
    this.setConnection(connection);
    return true;
  }

  private setConnection(connection: SmppConnection | undefined): void {
    this.connection = connection;
    this.sinceMs = this.settings.now();
    this.window.setOpen(connection !== undefined);
  }

  /** Asks a silent link whether it lives, and ends one that does not answer and says nothing else either. */
  private watch(connection: SmppConnection): () => void {
    const { enquireLinkMs, responseTimeoutMs } = this.settings;
    let isAsking = false;
    const look = async () => {
      // One that the SMSC has unbound is read to its end, and asked nothing.
      if (isAsking || this.connection !== connection) return;
      if (performance.now() - connection.heardAtMs < enquireLinkMs) return;
      isAsking = true;
      const askedAtMs = performance.now();
      const answer = await connection.request('enquire_link', {}, { timeoutMs: responseTimeoutMs });
      isAsking = false;
      // Receipts and answers that come meanwhile show that it lives: an SMSC under load answers them first, or only them.
      if (answer.status !== 'answered' && connection.heardAtMs <= askedAtMs)
        connection.end('the SMSC does not answer enquire_link');
    };
    const timer = setInterval(() => void look(), Math.max(1, Math.floor(enquireLinkMs / 4)));
    return () => clearInterval(timer);
  }

  private serve(connection: SmppConnection, header: Header, frame: Buffer): void {
    switch (header.command) {
      case COMMANDS.enquire_link:
        connection.respond('enquire_link_resp', header, ESME_ROK);
        break;
      case DELIVER_SM:
      case DATA_SM:
        this.keep(connection, header, frame);
        break;
      case COMMANDS.unbind:
        connection.respond('unbind_resp', header, ESME_ROK);
        // Nothing more is submitted; answers that come with the unbind or right after it count.
        if (this.connection === connection) this.setConnection(undefined);
        connection.endAfterAnswers('the SMSC unbound the session', LAST_ANSWERS_MS);
        break;
      // These two have no answer.
      case COMMANDS.alert_notification:
      case COMMANDS.outbind:
        break;
      default:
        connection.respond('generic_nack', header, ESME_RINVCMDID);
    }
  }

  /** The answer waits until what was delivered is kept: the SMSC forgets it then. */
  private keep(connection: SmppConnection, header: Header, frame: Buffer): void {
    const response = header.command === DATA_SM ? 'data_sm_resp' : 'deliver_sm_resp';
    if (this.deliveries.size >= MOST_DELIVERIES) {
      connection.respond(response, header, ESME_RX_T_APPN);
      return;
    }
    const kept = this.events
      .onDelivery(frame)
      .catch(() => ESME_RX_T_APPN)
      .then((status) => connection.respond(response, header, status))
      .finally(() => this.deliveries.delete(kept));
    this.deliveries.add(kept);
  }

  private trouble(detail: string): void {
    this.lastError = detail;
    this.events.onTrouble(detail);
  }
}

/** Asks for fewer messages at once, and not only for one to be kept back. */
function isBusy(code: number): boolean {
  return failureOf(code) === 'windowed' || statusName(code) === 'ESME_RMSGQFUL';
}

function refusedHere(failure: FailureClass, code: string, detail: string) {
  return { status: 'refused-here', failure, code, detail } as const;
}
