/**
 * SMPP 3.4 as a provider of short messages (docs/smpp.md). A message whose submit was written and not answered is
 * `unknown`, and no PDU is ever written twice.
 */
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { countParts } from '../../../../domain/messaging/outbox/messageParts';
import type {
  InboundText,
  Inquiry,
  InquiryOutcome,
  ProviderReceipt,
  ReceiptStatus,
  SendOutcome,
  SmsMessage,
  SmsProvider,
} from '../../port';
import { encodeText, type ShortMessage, UCS2, UDH_INDICATOR } from './encoding';
import { type Delivery, readDelivery } from './frames';
import { readInboundText } from './inboundTexts';
import { type Afterwards, LateAnswers } from './lateAnswers';
import { idForQuery, idOfSubmit } from './messageIds';
import { type SmppOptions, type SmppSettings, smppSettings, validityPeriod } from './options';
import { isReceipt, parseReceipt, statusOfState } from './receipts';
import { type SessionHealth, SmppSession } from './session';
import { ESME_ROK, ESME_RX_R_APPN, ESME_RX_T_APPN, failureOf, isAboutMessage, statusName } from './statusCodes';
import type { SubmitAnswer } from './submitAnswers';

export interface SmppHandlers {
  /** Keeps a receipt; the SMSC is told that it arrived once this resolves, and sends it again when it rejects. */
  onReceipt(receipt: ProviderReceipt): Promise<void>;
  /** The same for a text that somebody sent to us. */
  onInbound(text: InboundText): Promise<void>;
  /** Keeps what cannot be read, in hexadecimal, before the SMSC is told to forget it. Absent: it is told, and lost. */
  onUnreadable?(delivery: { fault: string; raw: string }): Promise<void>;
  /** For operators and the log; holds no phone number, no text and no password. */
  onTrouble(detail: string): void;
}

export interface SmppProvider extends SmsProvider {
  inquire(question: Inquiry): Promise<InquiryOutcome>;
  close(): Promise<void>;
  readonly session: string;
  isReady(): boolean;
  health(): SessionHealth;
}

/** Connects at once, and again for as long as it is not closed. Throws a RangeError on an option that cannot be used. */
export function createSmppProvider(options: SmppOptions, handlers: SmppHandlers): SmppProvider {
  const settings = smppSettings(options);
  const sessionId = nameOf(settings);
  const session = new SmppSession(settings, {
    onDelivery: (frame) => keepDelivery(frame, settings, handlers, sessionId),
    onTrouble: handlers.onTrouble,
  });
  const late = new LateAnswers();
  const nextReference = references();
  const { name, maxParts, perSecond } = settings;
  return {
    name,
    capabilities: { freeText: true, echoesReference: false, maxParts, perSecond },
    session: sessionId,
    async send(message) {
      const fault = faultOf(message, settings);
      if (fault) return fault;
      const parts = encodeText(message.text, nextReference());
      return submitParts({ session, settings, late, onTrouble: handlers.onTrouble }, message, parts);
    },
    inquire: (question) => inquire(session, settings, question, late.of(question.reference)),
    isReady: () => session.isReady(),
    health: () => session.health(),
    close: () => session.close(),
  };
}

/**
 * Of this provider for as long as the process lives, over all its connections: an SMSC sends the receipts of a
 * connection that broke on the next. The account is host, port and system id, and this session alone where ids are
 * counted for each.
 */
function nameOf({ host, port, systemId, idsPerSession }: SmppSettings): string {
  const instance = randomBytes(6).toString('hex');
  const account = idsPerSession ? [host, port, systemId, instance] : [host, port, systemId];
  return `${createHash('sha256').update(JSON.stringify(account)).digest('hex').slice(0, 12)}.${instance}`;
}

/** What no SMSC needs to be asked about. */
function faultOf({ phone, text }: SmsMessage, { maxParts }: SmppSettings): SendOutcome | undefined {
  const refused = (failure: 'bad-address' | 'config-bug', code: string, detail: string): SendOutcome => ({
    status: 'refused',
    failure,
    code,
    detail,
  });
  if (!/^1\d{10}$/.test(phone)) return refused('bad-address', 'NO_MAINLAND_NUMBER', 'the phone has not 11 digits');
  if (text.length === 0) return refused('config-bug', 'EMPTY_TEXT', 'the text is empty');
  const parts = countParts(text);
  if (parts > maxParts) return refused('config-bug', 'TOO_LONG', `the text has ${parts} parts of at most ${maxParts}`);
  return undefined;
}

interface Sender {
  session: SmppSession;
  settings: SmppSettings;
  late: LateAnswers;
  onTrouble: SmppHandlers['onTrouble'];
}

/** Part after part, each once. What the first part meets is the message's; what a later one meets leaves it in doubt. */
async function submitParts(
  { session, settings, late, onTrouble }: Sender,
  message: SmsMessage,
  parts: readonly ShortMessage[],
): Promise<SendOutcome> {
  const ids: string[] = [];
  for (const [index, part] of parts.entries()) {
    const fields = { ...addresses(message.phone, settings), ...submission(part, settings) };
    const answer = await session.submit(fields, index > 0, ({ code, fields: answered }) =>
      late.tell(message.reference, { ids, parts: parts.length, code, id: messageId(answered, settings) }),
    );
    const where = parts.length === 1 ? '' : `part ${index + 1} of ${parts.length}: `;
    const id = answer.status === 'answered' ? messageId(answer.fields, settings) : undefined;
    if (answer.status !== 'answered' || answer.code !== ESME_ROK)
      return index === 0 ? failed(answer, where) : halfSent(answer, where);
    // Receipts of parts under one id could not be told apart.
    if (id === undefined || ids.includes(id)) {
      const how = id === undefined ? 'taken without a message id' : 'taken under the id of a part before it';
      onTrouble(`a message was ${how}`);
      return { status: 'unknown', detail: `${where}${how}` };
    }
    ids.push(id);
  }
  const [first, ...rest] = ids;
  return first === undefined
    ? { status: 'unknown', detail: 'nothing was submitted' }
    : { status: 'accepted', providerMessageIds: [first, ...rest] };
}

function failed(answer: SubmitAnswer, where: string): SendOutcome {
  switch (answer.status) {
    case 'silent':
      return { status: 'unknown', detail: `${where}submit_sm was written: ${answer.detail}` };
    case 'not-written':
      return { status: 'refused', failure: 'transient', code: 'NOT_BOUND', detail: answer.detail };
    case 'refused-here': {
      const { failure, code, detail, isOwnSession } = answer;
      return { status: 'refused', failure, code, detail, isOwnSession };
    }
    case 'answered': {
      const code = statusName(answer.code);
      const reported = { failure: failureOf(answer.code), isAboutMessage: isAboutMessage(answer.code) };
      return { status: 'refused', ...reported, code, detail: `${where}the SMSC refused: ${code}` };
    }
  }
}

/** A later part failed: the borrower may read the beginning. Never sent again, because the beginning came already. */
function halfSent(answer: SubmitAnswer, where: string): SendOutcome {
  const why = answer.status === 'answered' ? `refused with ${statusName(answer.code)}` : answer.detail;
  return { status: 'unknown', detail: `${where}${why}; the parts before it were taken` };
}

function addresses(phone: string, settings: SmppSettings): Record<string, unknown> {
  return {
    source_addr_ton: settings.sourceTon,
    source_addr_npi: settings.sourceNpi,
    source_addr: settings.sourceAddress,
    dest_addr_ton: settings.destinationTon,
    dest_addr_npi: settings.destinationNpi,
    destination_addr: `${settings.numberPrefix}${phone}`,
  };
}

function submission({ bytes, hasHeader }: ShortMessage, settings: SmppSettings): Record<string, unknown> {
  return {
    service_type: settings.serviceType,
    esm_class: hasHeader ? UDH_INDICATOR : 0,
    // A receipt on the end, whichever it is.
    registered_delivery: 1,
    validity_period: validityPeriod(settings.validityMinutes),
    data_coding: UCS2,
    short_message: bytes,
  };
}

function messageId(fields: Readonly<Record<string, unknown>>, { idForm }: SmppSettings): string | undefined {
  return typeof fields.message_id === 'string' ? idOfSubmit(fields.message_id, idForm) : undefined;
}

/**
 * Asks what is known here of late answers, and the SMSC by query_sm where there are ids. That an SMSC does not know an
 * id that it gave means that it forgot: never `not-found`, which would have the text sent again.
 */
async function inquire(
  session: SmppSession,
  settings: SmppSettings,
  question: Inquiry,
  afterwards: Afterwards | undefined,
): Promise<InquiryOutcome> {
  if (afterwards?.status === 'not-taken') return { status: 'not-found' };
  const [first, ...rest] = afterwards?.ids ?? question.providerMessageIds;
  if (first === undefined) return { status: 'unknown', detail: 'no message id, and SMPP asks by nothing else' };
  const ids: [string, ...string[]] = [first, ...rest];
  if (!session.health().isBound && !afterwards)
    return { status: 'unknown', detail: 'no bound session to ask over', isUnreached: true };
  const states: (ReceiptStatus | 'pending' | undefined)[] = [];
  for (const id of ids) states.push(await stateOf(session, settings, id));
  const reported = states.filter((state) => state !== undefined);
  // An id of a late answer is proof enough that it was taken.
  if (reported.length === 0 && !afterwards) return { status: 'unknown', detail: 'query_sm told nothing' };
  const receipt = reported.includes('undelivered')
    ? 'undelivered'
    : reported.filter((state) => state === 'delivered').length === ids.length
      ? 'delivered'
      : undefined;
  return { status: 'found', providerMessageIds: ids, ...(receipt === undefined ? {} : { receipt }) };
}

async function stateOf(
  session: SmppSession,
  settings: SmppSettings,
  id: string,
): Promise<ReceiptStatus | 'pending' | undefined> {
  const answer = await session.ask('query_sm', {
    message_id: idForQuery(id, settings.idForm),
    source_addr_ton: settings.sourceTon,
    source_addr_npi: settings.sourceNpi,
    source_addr: settings.sourceAddress,
  });
  if (answer.status !== 'answered' || answer.code !== ESME_ROK) return undefined;
  const { message_state: state } = answer.fields;
  return typeof state === 'number' ? statusOfState(state) : undefined;
}

/** Hands a delivery to its handler; the status that the SMSC is answered with. */
async function keepDelivery(
  frame: Buffer,
  settings: SmppSettings,
  handlers: SmppHandlers,
  session: string,
): Promise<number> {
  const reject = async (detail: string) => {
    handlers.onTrouble(detail);
    await handlers.onUnreadable?.({ fault: detail, raw: frame.toString('hex') });
    return ESME_RX_R_APPN;
  };
  try {
    const delivery = readOr(frame);
    if (!delivery) return await reject('a delivery that cannot be read was rejected');
    if (isReceipt(delivery)) {
      const receipt = parseReceipt(delivery, settings);
      if (!receipt) return await reject('a receipt that names no message was rejected');
      await handlers.onReceipt({ ...receipt, session });
      return ESME_ROK;
    }
    const text = readInboundText(delivery, settings.now());
    // Of no borrower, such as a service number.
    if (!text) {
      handlers.onTrouble('a text from no mobile number of mainland China was rejected');
      return ESME_RX_R_APPN;
    }
    await handlers.onInbound(text);
    return ESME_ROK;
  } catch {
    // What failed may have the text or the phone in its words.
    handlers.onTrouble('a delivery could not be kept; the SMSC is asked to send it again');
    return ESME_RX_T_APPN;
  }
}

function readOr(frame: Buffer): Delivery | undefined {
  try {
    return readDelivery(frame);
  } catch {
    return undefined;
  }
}

/** 0 to 255 in turn, from anywhere: texts to one phone in short order differ. */
function references(): () => number {
  let last = randomInt(256);
  return () => {
    last = (last + 1) % 256;
    return last;
  };
}
