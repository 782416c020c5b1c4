/** Messaging: who may tell of messages, and how codes and callers' receipts are judged. */
import type { NoticeCodes } from '../../db/messaging/codes/codeDrawing';
import type { CallbackSettings } from './callbackAccess';
import type { AdmitUnknown } from './unknownIds';

interface ReceiptSettings {
  providers: readonly string[];
  /** Those that still sign the body alone, without provider and time; they count as providers. */
  bodySignatures: readonly string[];
}

export interface ReceiptContext {
  /** What the secrets of providers that sign their receipts are derived from. */
  receiptSecret: string;
  /** Who may post signed receipts; absent: the sink alone. */
  receipts?: ReceiptSettings | undefined;
  /** Bounds the receipts of messages that nobody knows; absent: the server has one of its own. */
  admitUnknown?: AdmitUnknown | undefined;
  /** Providers that push in formats of their own, and who may push. */
  callbacks: CallbackSettings;
}

export interface WordingContext {
  /** Seals what is asked about verification codes. */
  codes: NoticeCodes;
  /** Numbers of the lender that a notice text may name; absent: none. */
  officialNumbers?: readonly string[] | undefined;
}
