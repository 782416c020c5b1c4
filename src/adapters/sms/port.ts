/**
 * The one way out to the borrower's phone. A provider is told what to send once; it answers honestly, and an answer it
 * did not get is `unknown`, which is never sent again blindly (docs/notices.md). Failure classes: facts 3.6.
 */
import type { ReceiptStatus, SendFailure, ToldStatus } from '../../domain/messaging/outbox/noticeStatuses';

export { areSigned, isBodySigned, receiptSecretOf } from './receiptSignature';

export interface SmsMessage {
  /** Our name of this attempt: echoed in receipts and found by inquiry where the provider can. At most 64 characters. */
  reference: string;
  /** Mainland China, 11 digits, such as 13800000000. */
  phone: string;
  /** The whole text, signature in 【】 first. */
  text: string;
  /** The same as a registered template, for providers that take no free text. */
  template?: RegisteredText | undefined;
  /** Business instant of the attempt. */
  atMs: number;
}

interface RegisteredText {
  /** The provider's own code of the template, from its registration. */
  code: string;
  /** Without 【】. */
  signature: string;
  variables: Record<string, string>;
}

export type FailureClass = SendFailure;

export interface RefusedOutcome {
  status: 'refused';
  failure: FailureClass;
  code: string;
  detail: string;
  /** When a full window ends, where the provider told. */
  retryAtMs?: number | undefined;
  /**
   * Of passing trouble: the carrier's own word about this message. Absent, it is about the carrier or about our way to it
   * (throttled, no session, our own rest), which says nothing of the message and uses none of its tries.
   */
  isAboutMessage?: boolean | undefined;
  /** Of an account that cannot send: told to this process's own session alone. Other workers may be getting through. */
  isOwnSession?: boolean | undefined;
}

export type SendOutcome =
  /** The provider took it; receipts tell later whether it was delivered. One id for each part that has one. */
  | { status: 'accepted'; providerMessageIds: readonly [string, ...string[]] }
  /** The provider definitely did not take it. The detail holds no phone number and no text. */
  | RefusedOutcome
  /** No answer, or an ambiguous one: it may have been sent. */
  | { status: 'unknown'; detail: string };

/** What there is to ask about: an attempt whose outcome is not known. */
export interface Inquiry {
  reference: string;
  phone: string;
  attemptedAtMs: number;
  providerMessageIds: readonly string[];
}

export type InquiryOutcome =
  /** The provider had it: `receipt` where it also tells the end. */
  | { status: 'found'; providerMessageIds: readonly [string, ...string[]]; receipt?: ReceiptStatus | undefined }
  /** The provider answered, and has no trace of it. */
  | { status: 'not-found' }
  /** No answer, or one that says nothing. `isUnreached`: nobody was asked, or did not answer; it is no look. */
  | { status: 'unknown'; detail: string; isUnreached?: boolean | undefined };

interface ProviderCapabilities {
  /** Takes any text; otherwise only texts that were registered with it. */
  freeText: boolean;
  /** Receipts name our reference. */
  echoesReference: boolean;
  /** Longest text in parts of 67 characters. */
  maxParts: number;
  /** Messages a second that it may be given. */
  perSecond: number;
}

/** A provider's adapter. It never retries by itself, and calls the carrier at most once for each `send`. */
export interface SmsProvider {
  /** Lower-case letters, digits and dashes; part of callback paths. */
  readonly name: string;
  readonly capabilities: ProviderCapabilities;
  /**
   * Its session with the carrier, where it has one, as `ACCOUNT.INSTANCE`: what the carrier knows us by, and this one of
   * its sessions. Ids that it is told are of the session, and receipts come on it.
   */
  readonly session?: string | undefined;
  /** False while it knows by itself that it takes nothing, such as without a session: nothing is attempted then. */
  isReady?(): boolean;
  /** Answers within its own bound; never throws what holds a phone number or a text. */
  send(message: SmsMessage): Promise<SendOutcome>;
  /** Absent where the provider cannot be asked. */
  inquire?(question: Inquiry): Promise<InquiryOutcome>;
  /** Ends sessions; nothing is sent after it. */
  close?(): Promise<void>;
}

/** Asked before a message is given to a provider. */
interface ProviderQuestion {
  /** Names that are left out: stopped, or tried already. */
  without: ReadonlySet<string>;
  /** Parts of the text. */
  parts: number;
  /** Whether the text is registered with a provider that takes no free text. */
  isRegistered(provider: string): boolean;
}

interface ProviderHealth {
  name: string;
  /** `resting` after trouble, or without a session: it is tried again by itself. */
  state: 'up' | 'resting';
  accepted: number;
  refused: number;
  unknown: number;
}

/** The providers of a process, in the order of preference. */
export interface ProviderPool {
  /** Whether one of them takes registered texts only. */
  readonly takesRegistered: boolean;
  /** The first that may be given the message; undefined when none may. */
  choose(question: ProviderQuestion): SmsProvider | undefined;
  get(name: string): SmsProvider | undefined;
  /** Waits for the provider's turn and calls it once; never throws. */
  send(provider: SmsProvider, message: SmsMessage): Promise<SendOutcome>;
  health(): ProviderHealth[];
  close(): Promise<void>;
}

/** What a receipt says of a message, in one vocabulary for all providers. */
export type { ReceiptStatus };

export interface ProviderReceipt {
  providerMessageId: string;
  /** Our reference, where the provider echoes it. */
  reference?: string | undefined;
  /** The session that it came on, where the provider has sessions. */
  session?: string | undefined;
  /** What makes two receipts the same one: a hash of its content, or the provider's own id of it. */
  receiptKey: string;
  /** `pending` tells that it is on its way: kept, and moves nothing. */
  status: ToldStatus;
  /** The provider's own code, such as DELIVRD; no phone number. */
  code: string;
}

/** A text that somebody sent to us. */
export interface InboundText {
  /** Mainland China, 11 digits. */
  phone: string;
  text: string;
  /** What makes two arrivals the same one. */
  messageKey: string;
}

/** What came to a callback address, as it came. */
export interface Callback {
  query: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** One entry of a push: what was read of it, or what is wrong with it and the entry as it came. */
export type PushedRow<Read> = { read: readonly Read[] } | { fault: string; raw: string };

/** How a provider tells us things over HTTP. Parsers throw {@link MalformedCallback} and nothing else. */
export interface ProviderCallbacks {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** `signature`: HMAC of the body in a header; `secret-path`: a secret as the last part of the path. */
  readonly authentication: 'signature' | 'secret-path';
  parseReceipts(callback: Callback): ProviderReceipt[];
  parseInbound?(callback: Callback): InboundText[];
  /** Entry by entry, where a push brings several: one that is not readable is no other's fault. */
  receiptRows?(callback: Callback): PushedRow<ProviderReceipt>[];
  inboundRows?(callback: Callback): PushedRow<InboundText>[];
  /** What the provider must be answered once everything is kept. */
  readonly answer: { status: number; body: string; contentType: string };
}

/** A callback that is not what the provider documents. The message names the fault and holds no content. */
export class MalformedCallback extends Error {
  override readonly name = 'MalformedCallback';
}
