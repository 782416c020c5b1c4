/**
 * The one way out to the borrower's phone. A provider is told what to send once; it answers honestly, and an answer it
 * did not get is `unknown`, which is never sent again blindly (docs/notices.md).
 */

export interface SmsMessage {
  /** The notice's id: echoed in receipts where the provider can. */
  reference: string;
  phone: string;
  text: string;
  /** Business instant of the attempt. */
  atMs: number;
}

export type SendOutcome =
  /** The provider took it; a receipt tells later whether it was delivered. */
  | { status: 'accepted'; providerMessageId: string }
  /** The provider definitely did not take it. The detail holds no phone number and no text. */
  | { status: 'refused'; code: string; detail: string }
  /** No answer, or an ambiguous one: it may have been sent. */
  | { status: 'unknown'; detail: string };

export interface SmsProvider {
  readonly name: string;
  send(message: SmsMessage): Promise<SendOutcome>;
}

/** What a receipt says of a message, in one vocabulary for all providers. */
export type ReceiptStatus = 'delivered' | 'undelivered';
