/** What goes in and out when somebody asks whether a text is ours: docs/verification-codes.md. */
import { z } from 'zod';
import { CLAIMED_SENDERS, REPORT_REASONS } from '../../domain/messaging/codes/verificationCodes';
import { charactersOf } from '../http/textSchema';

const OBJECT_FIX = 'send a JSON object';
export const PHONE_FIX = 'send the mainland mobile number that got the text, such as "138 0000 0000"';
const CODE_FIX = 'send the code as the text has it, 1 to 40 characters';

const phone = charactersOf(PHONE_FIX, { max: 40 }).describe('With or without spaces and +86.');

export const codeCheckBody = z.strictObject(
  {
    phone,
    // Any text is taken: a forged one may carry a code of another form, and its receiver is to be told that it is not ours.
    code: charactersOf(CODE_FIX, { max: 40 }),
  },
  OBJECT_FIX,
);

export const fraudReportBody = z.strictObject(
  {
    phone,
    sender: z.enum(CLAIMED_SENDERS, `send one of ${CLAIMED_SENDERS.join(', ')}`).describe('Who it claimed to be.'),
    reason: z.enum(REPORT_REASONS, `send one of ${REPORT_REASONS.join(', ')}`).describe('What it wanted.'),
  },
  OBJECT_FIX,
);

const advice = z.object({ zh: z.string(), en: z.string() }).describe('What to do now, to be shown as it is.');

export const codeCheckAnswer = z
  .union([
    z.object({
      ours: z.literal(true),
      product: z.string().describe('As the text calls it.'),
      month: z.int().describe('Of the bill or instalment, 1 to 12.'),
      maskedAmount: z.string().describe('The first digit and how many there are.'),
    }),
    z.object({ ours: z.literal(false), advice }),
  ])
  .describe('Whether we sent that text to that phone, and nothing about any account.');

export const fraudReportAnswer = z.object({ taken: z.literal(true), advice });

export const NOT_CONFIRMED = {
  zh:
    '未能确认该短信由我们发送。请核对收到短信的手机号和核验码后，一小时后再试；超过30天的短信无法核验。' +
    '在确认之前，请勿付款、勿点链接、勿提供任何验证码，可在APP内查看账单或联系我们。疑似诈骗请拨打96110。',
  en:
    'We cannot confirm that this text is ours. Compare phone number and code with the text and try again in an hour; ' +
    'texts older than 30 days cannot be checked. Until then pay nothing, open no link and tell nobody any code; look ' +
    'at your bills in the app, or contact us there. If it looks like fraud, call 96110.',
};

export const REPORT_TAKEN = {
  zh: '已收到，谢谢。请勿付款、勿点链接、勿提供任何验证码。如已转账，请立即拨打110或96110。',
  en: 'Taken, thank you. Pay nothing, open no link and tell nobody any code. If you have paid, call 110 or 96110 now.',
};
