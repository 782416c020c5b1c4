/**
 * E-mail by SMTP (RFC 5321), to a mail server of the lender's. A connection for each message: one that was kept open may
 * be closed by the server just as a message is written to it, and that message would be in doubt for nothing.
 *
 * What decides is whether the content began to leave. Before, every fault is a definite refusal. From then on only the
 * server's own answer counts; silence is `unknown`, because a server may have taken what it did not answer.
 */
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { FailureClass, RefusedOutcome, SendOutcome } from '../sms/port';
import { EMAIL, type MailChannel, type MailMessage } from './port';

export interface SmtpMailOptions {
  host: string;
  port: number;
  /** `tls`: from the first byte on; `starttls`: before anything is said; `none`: for a server on this machine. */
  security: 'tls' | 'starttls' | 'none';
  /** Authorities of the server's certificate, where they are not the public ones. */
  caPem?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  /** What messages come from: an address of the lender's own domain. */
  from: string;
  fromName?: string | undefined;
  /** Until the server has greeted, TLS included; real time. */
  connectTimeoutMs?: number | undefined;
  /** Longest silence of the server. */
  answerTimeoutMs?: number | undefined;
  /** For one message in all. */
  totalTimeoutMs?: number | undefined;
}

/** A sweep's heartbeats end after thirty seconds of silence. */
const DEFAULTS = { connectTimeoutMs: 5_000, answerTimeoutMs: 12_000, totalTimeoutMs: 20_000 };
const PLAIN_REFERENCE = /^[A-Za-z0-9._-]{1,64}$/;
/** One mailbox in plain ASCII: nothing that could end a line or name a second one. */
const PLAIN_ADDRESS = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$/;

export function createSmtpMail(options: SmtpMailOptions): MailChannel {
  // Held here and not in the channel, so that a channel that is logged shows no password.
  const settings = { ...options, ...bounds(options) };
  return {
    name: EMAIL,
    async send(message) {
      if (!PLAIN_REFERENCE.test(message.reference)) {
        return refused('config-bug', 'reference', 'the reference is not plain');
      }
      if (!PLAIN_ADDRESS.test(message.to)) return refused('bad-address', 'address', 'the address is not plain');
      const messageId = `${message.reference}@${settings.from.split('@').at(-1)}`;
      try {
        return await deliver(settings, message.to, await contentOf(settings, message, messageId), messageId);
      } catch {
        return { status: 'unknown', detail: 'the adapter failed' };
      }
    },
  };
}

type Settings = SmtpMailOptions & typeof DEFAULTS;

function bounds(options: SmtpMailOptions): typeof DEFAULTS {
  return {
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULTS.connectTimeoutMs,
    answerTimeoutMs: options.answerTimeoutMs ?? DEFAULTS.answerTimeoutMs,
    totalTimeoutMs: options.totalTimeoutMs ?? DEFAULTS.totalTimeoutMs,
  };
}

/** The same bytes for the same message, as far as it depends on us: the id is our reference. */
function contentOf({ from, fromName }: Settings, message: MailMessage, messageId: string): Promise<Buffer> {
  const { to, subject, text, atMs } = message;
  const composer = new MailComposer({
    from: fromName === undefined ? from : { name: fromName, address: from },
    to,
    subject,
    text,
    messageId: `<${messageId}>`,
    date: new Date(atMs),
    // Nobody's out-of-office answers it.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/** Where a conversation ended, as far as it went. */
interface Fault {
  hasBegun: boolean;
  /** The library's, such as ETIMEDOUT: a fixed vocabulary, unlike messages, which hold what the server says. */
  code: string;
  /** Of SMTP, such as `RCPT TO`. */
  command: string;
  reply: number | undefined;
  /** Enhanced status of the reply (RFC 3463), such as 5.7.1. */
  enhanced: string | undefined;
}

function deliver(settings: Settings, to: string, content: Buffer, messageId: string): Promise<SendOutcome> {
  const connection = new SMTPConnection(connectionOptions(settings));
  let hasBegun = false;
  return new Promise<SendOutcome>((resolve) => {
    const end = (outcome: SendOutcome) => {
      clearTimeout(total);
      connection.close();
      resolve(outcome);
    };
    const fail = (error: unknown) => end(outcomeOf(faultOf(error, hasBegun)));
    const total = setTimeout(() => fail({ code: 'ETIMEDOUT' }), settings.totalTimeoutMs);
    connection.on('error', fail);
    connection.connect((unconnected) => {
      if (unconnected) return fail(unconnected);
      logIn(connection, settings, (rejected) => {
        if (rejected) return fail(rejected);
        // Read first when the server has said that it wants the content.
        const stream = new Readable({
          read() {
            hasBegun = true;
            this.push(content);
            this.push(null);
          },
        });
        connection.send({ from: settings.from, to, size: content.length }, stream, (error) =>
          error ? fail(error) : end({ status: 'accepted', providerMessageIds: [messageId] }),
        );
      });
    });
  });
}

function connectionOptions({ host, port, security, caPem, connectTimeoutMs, answerTimeoutMs }: Settings) {
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    dnsTimeout: connectTimeoutMs,
    socketTimeout: answerTimeoutMs,
    maxResponseSize: 16_384,
    ...(caPem === undefined ? {} : { tls: { ca: caPem } }),
    // The library's logger would be told addresses and texts.
    logger: false,
  };
}

function logIn(connection: SMTPConnection, { username, password }: Settings, done: (error?: unknown) => void): void {
  if (username === undefined) done();
  else connection.login({ user: username, pass: password ?? '' }, (error) => done(error ?? undefined));
}

function faultOf(error: unknown, hasBegun: boolean): Fault {
  const { code, command, responseCode, response } = (error ?? {}) as Record<string, unknown>;
  return {
    hasBegun,
    code: typeof code === 'string' ? code : '',
    command: typeof command === 'string' ? command : '',
    reply: typeof responseCode === 'number' ? responseCode : undefined,
    enhanced: typeof response === 'string' ? /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] : undefined,
  };
}

function outcomeOf(fault: Fault): SendOutcome {
  const { hasBegun, code, command, reply, enhanced } = fault;
  const isRefusal = reply !== undefined && reply >= 400 && reply < 600;
  if (!isRefusal) {
    if (hasBegun) return { status: 'unknown', detail: `no answer to the content${code ? `: ${code}` : ''}` };
    if (code === 'EMESSAGE') return refused('config-bug', 'too-large', 'longer than the mail server takes');
    // Nothing left: no connection, no TLS, or an answer that is none.
    return code === 'EAUTH'
      ? refused('account-stop', 'no-login', 'the mail server offers no login that we know')
      : refused('transient', code || 'no-connection', 'the mail server was not reached');
  }
  const reported = `smtp-${reply}${enhanced === undefined ? '' : `-${enhanced}`}`;
  if (reply < 500) {
    // A mailbox that is full, or a recipient that is put off, says nothing of the server.
    const isAboutMessage = hasBegun || (command === 'RCPT TO' && !isOfSender(fault));
    const detail = isAboutMessage
      ? 'the mail server does not take this message now'
      : 'the mail server takes nothing now';
    return { ...refused('transient', reported, detail), isAboutMessage };
  }
  if (code === 'EAUTH') return refused('account-stop', reported, 'the mail server does not take our credentials');
  if (hasBegun) return refused('config-bug', reported, 'the mail server does not take this content');
  if (command === 'RCPT TO' && !isOfSender(fault)) {
    return refused('bad-address', reported, 'the address takes no messages');
  }
  return refused('account-stop', reported, 'the mail server does not let us send');
}

/** A server that wants a login or does not relay for us says so at the recipient: the address is not at fault. */
function isOfSender({ reply, enhanced }: Fault): boolean {
  return reply === 530 || reply === 503 || (enhanced?.startsWith('5.7.') ?? false);
}

function refused(failure: FailureClass, code: string, detail: string): RefusedOutcome {
  return { status: 'refused', failure, code, detail };
}
