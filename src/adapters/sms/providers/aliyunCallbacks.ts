/**
 * What Aliyun pushes to us: reports of delivery (SmsReport) and texts of borrowers (SmsUp), each a JSON array, each to
 * an address of its own, unsigned. Its times are Beijing's without a zone: they are part of what makes two reports the
 * same and of nothing else. A push that is not answered with a code comes again after 1, 5 and 10 minutes.
 */
import { readPhoneNumber } from '../../../domain/values/phoneNumbers';
import {
  type Callback,
  type InboundText,
  MalformedCallback,
  type ProviderCallbacks,
  type ProviderReceipt,
} from '../port';
import { allOf, codeOf, contentKey, idOf, optionalText, type Row, referenceOf, rowsOf, textOf } from './callbackBodies';

const NAME = 'aliyun';

export const aliyunCallbacks: ProviderCallbacks = {
  name: NAME,
  method: 'POST',
  authentication: 'secret-path',
  parseReceipts: ({ body }: Callback) => allOf(rowsOf(body, receiptOf)),
  parseInbound: ({ body }: Callback) => allOf(rowsOf(body, inboundOf)),
  receiptRows: ({ body }: Callback) => rowsOf(body, receiptOf),
  inboundRows: ({ body }: Callback) => rowsOf(body, inboundOf),
  answer: { status: 200, body: '{"code":0,"msg":"ok"}', contentType: 'application/json; charset=utf-8' },
};

function receiptOf(row: Row): [ProviderReceipt] {
  const { success } = row;
  if (typeof success !== 'boolean') throw new MalformedCallback('success is neither true nor false');
  const providerMessageId = idOf(row, 'biz_id');
  const reference = referenceOf(row, 'out_id');
  const code = codeOf(row, 'err_code');
  const reportedAt = optionalText(row, 'report_time', 40);
  return [
    {
      providerMessageId,
      reference,
      receiptKey: contentKey(NAME, [providerMessageId, reference ?? null, success, code, reportedAt ?? null]),
      status: success ? 'delivered' : 'undelivered',
      code,
    },
  ];
}

/** Texts from what is no mobile phone, such as a service number, concern no borrower and are left out. */
function inboundOf(row: Row): InboundText[] {
  const phone = readPhoneNumber(textOf(row, 'phone_number', 40));
  const text = optionalText(row, 'content', 2000) ?? '';
  const sequence = sequenceOf(row);
  const sentAt = optionalText(row, 'send_time', 40);
  if (phone === undefined) return [];
  const content = sequence === undefined ? [phone, text, sentAt ?? null] : [sequence];
  return [{ phone, text, messageKey: contentKey(`${NAME}/inbound`, content) }];
}

/** A number in some accounts, a text in others. */
function sequenceOf({ sequence_id: sequence }: Row): string | undefined {
  if (typeof sequence === 'number' && Number.isSafeInteger(sequence)) return String(sequence);
  return typeof sequence === 'string' && sequence !== '' && sequence.length <= 100 ? sequence : undefined;
}
