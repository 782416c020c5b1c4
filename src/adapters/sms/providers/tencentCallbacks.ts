/**
 * What Tencent pushes to us: reports of delivery, a JSON array of up to 100, and texts of borrowers, one JSON object
 * each, to an address of its own; both unsigned. A push that is not answered comes twice more.
 */
import { readPhoneNumber } from '../../../domain/values/phoneNumbers';
import {
  type Callback,
  type InboundText,
  MalformedCallback,
  type ProviderCallbacks,
  type ProviderReceipt,
} from '../port';
import {
  allOf,
  codeOf,
  contentKey,
  idOf,
  optionalText,
  type Row,
  readRow,
  referenceOf,
  rowsOf,
  textOf,
} from './callbackBodies';

const NAME = 'tencent';

export const tencentCallbacks: ProviderCallbacks = {
  name: NAME,
  method: 'POST',
  authentication: 'secret-path',
  parseReceipts: ({ body }: Callback) => allOf(rowsOf(body, receiptOf)),
  parseInbound: ({ body }: Callback) => inboundOf(readRow(body)),
  receiptRows: ({ body }: Callback) => rowsOf(body, receiptOf),
  answer: { status: 200, body: '{"result":0,"errmsg":"OK"}', contentType: 'application/json; charset=utf-8' },
};

function receiptOf(row: Row): [ProviderReceipt] {
  const status = Object.hasOwn(row, 'report_status') ? row.report_status : undefined;
  if (status !== 'SUCCESS' && status !== 'FAIL') throw new MalformedCallback('report_status is not SUCCESS or FAIL');
  const providerMessageId = idOf(row, 'sid');
  // Our reference as the session context; accounts have the echo on request only.
  const reference = referenceOf(row, 'ext');
  const code = codeOf(row, 'errmsg');
  const reportedAt = optionalText(row, 'user_receive_time', 40);
  return [
    {
      providerMessageId,
      reference,
      receiptKey: contentKey(NAME, [providerMessageId, reference ?? null, status, code, reportedAt ?? null]),
      status: status === 'SUCCESS' ? 'delivered' : 'undelivered',
      code,
    },
  ];
}

/** A text from another country, or from what is no mobile phone, concerns no borrower and is left out. */
function inboundOf(row: Row): InboundText[] {
  const country = textOf(row, 'nationcode', 10);
  const phone = readPhoneNumber(textOf(row, 'mobile', 40));
  const text = optionalText(row, 'text', 2000) ?? '';
  const extend = optionalText(row, 'extend', 40);
  const { time } = row;
  if (typeof time !== 'number' || !Number.isSafeInteger(time)) throw new MalformedCallback('time is not whole seconds');
  if (phone === undefined || country !== '86') return [];
  return [{ phone, text, messageKey: contentKey(`${NAME}/inbound`, [phone, text, time, extend ?? null]) }];
}
