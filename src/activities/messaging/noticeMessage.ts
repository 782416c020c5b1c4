/** The text of a notice, in full and as it is kept, and what providers of registered texts are sent instead. */

import type { ProviderPool } from '../../adapters/sms/port';
import type { NoticeCodes } from '../../db/messaging/codes/codeDrawing';
import { readRegistrations } from '../../db/messaging/templates/templateRegistrations';
import type { TemplateRef } from '../../db/messaging/templates/templates';
import type { Client } from '../../db/transaction';
import type { DerivedAccount } from '../../domain/credit/account';
import { HIDDEN_CODE, maskAmount } from '../../domain/messaging/codes/verificationCodes';
import { figuresOf, type NoticeFigures, render, smsParts, variablesOf } from '../../domain/messaging/outbox/noticeText';
import type { Product } from '../../domain/policy/lendingPolicy';
import type { WallTime } from '../../domain/values/clock';

export interface NoticeMessage {
  /** What the borrower reads. */
  text: string;
  /** The same with the verification code hidden: the copy that is kept. */
  keptText: string;
  parts: number;
  figures: NoticeFigures;
  /** Of this text; absent where the template names none. */
  code?: DraftCode | undefined;
  /** By name, in the order in which the text names them. */
  variables: Record<string, string>;
}

/** A code with what a check of it may tell. */
interface DraftCode {
  code: string;
  product: Product;
  month: number;
  maskedAmount: string;
}

/** Codes of a wording at the providers that take registered texts only; not asked for where there is no such one. */
export async function registrationsOf(
  client: Client,
  { providers }: { providers: ProviderPool },
  ref: TemplateRef,
): Promise<ReadonlyMap<string, string>> {
  if (!providers.takesRegistered) return new Map();
  const registrations = await readRegistrations(client, ref);
  return new Map(
    registrations.flatMap(({ provider, status, code }) =>
      status === 'approved' && code !== null ? [[provider, code] as const] : [],
    ),
  );
}

/** What a text is about. */
export interface NoticeSubject {
  account: DerivedAccount;
  obligationKey: string | undefined;
  /** When its due date's debit is made; absent where none is ahead. */
  debitAt?: WallTime | undefined;
}

/** Undefined for a template with a hole in it, or a text too long for a carrier: the notice is not sent, and says why. */
export function messageOf(
  template: { body: string; signature: string },
  { account, obligationKey, debitAt }: NoticeSubject,
  codes: NoticeCodes,
): NoticeMessage | undefined {
  try {
    const said = figuresOf(account, obligationKey);
    const figures = debitAt === undefined ? said : { ...said, debitAt };
    const code = template.body.includes('{code}')
      ? codeOf(codes, account.product, toldBy(template.body, figures))
      : undefined;
    const text = render(template.body, template.signature, figures, { code: code?.code });
    const keptText = render(template.body, template.signature, figures, { code: code && HIDDEN_CODE });
    const variables = variablesOf(template.body, figures, { code: code?.code });
    return { text, keptText, parts: smsParts(text), figures, code, variables };
  } catch {
    return undefined;
  }
}

/** A check of the code is answered by an amount that the text in the hand names: of some the minimum alone. */
function toldBy(
  body: string,
  { month, amountFen, minimumFen }: NoticeFigures,
): Pick<NoticeFigures, 'month' | 'amountFen'> {
  return { month, amountFen: body.includes('{amount}') ? amountFen : minimumFen };
}

/** A code answers with month and amount: a notice without them has none. */
function codeOf(
  codes: NoticeCodes,
  product: Product,
  { month, amountFen }: Pick<NoticeFigures, 'month' | 'amountFen'>,
): DraftCode {
  if (month === undefined || amountFen === undefined) throw new Error('a notice with a code has a month and an amount');
  return { code: codes.draw(), product, month, maskedAmount: maskAmount(amountFen) };
}
