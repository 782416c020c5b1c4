/**
 * Ways to the borrower beside texts: e-mail, and a push that says nothing but that a message waits in the inbox of the
 * app. Outcomes are those of the SMS port (docs/channels.md). An adapter calls once for each `send`, and never retries.
 */
import type { SendOutcome } from '../sms/port';

/** The channel as a provider's name, in attempts and stops. */
export const EMAIL = 'email';

export interface MailMessage {
  /** Our name of this attempt; the message's id is made of it. At most 64 characters: letters, digits, dots, dashes. */
  reference: string;
  /** One address, ASCII, such as lin@mail.example. */
  to: string;
  /** Without a figure: it shows on locked screens. */
  subject: string;
  text: string;
  /** Business instant of the attempt. */
  atMs: number;
}

export interface MailChannel {
  readonly name: typeof EMAIL;
  /**
   * `accepted`: the mail server has taken it; whether it was delivered or read is never told. Answers within its own
   * bound, and throws nothing that holds an address or a text.
   */
  send(message: MailMessage): Promise<SendOutcome>;
}

/** What a push shows, whatever the message is: no figure, no product, no name. */
export const PUSH_TITLE = '您有一条官方消息，请在应用收件箱中查看';

export interface PushNotification {
  /** Of the attempt that put the message into the inbox. */
  reference: string;
  /** Of the borrower's app on a device, as the lender's gateway knows it. */
  token: string;
}

export interface PushChannel {
  /** `bad-address`: the app is not there any more. Answers within its own bound, and throws nothing that holds a token. */
  send(push: PushNotification): Promise<SendOutcome>;
}
