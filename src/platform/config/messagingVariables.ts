/** Settings of messages to borrowers: what they may name, and by whom they are sent. */
import { z } from 'zod';
import type { Setting } from './setting';

/** Fixed lines with their area, 400, 800 and 95 numbers, as digits: never a mobile number, which nobody knows as ours. */
const OFFICIAL_NUMBER = /^(95\d{3,6}|[48]00\d{7}|0[1-9]\d{8,10})$/;
const MAX_OFFICIAL_NUMBERS = 20;

export function officialNumbersOf(list: string | undefined): string[] {
  return list?.split(',') ?? [];
}

export const MESSAGING_VARIABLES = {
  OFFICIAL_NUMBERS: {
    schema: z
      .string()
      .refine((list) => {
        const numbers = officialNumbersOf(list);
        return numbers.length <= MAX_OFFICIAL_NUMBERS && numbers.every((number) => OFFICIAL_NUMBER.test(number));
      })
      .optional(),
    fix: 'fixed lines with their area, 400, 800 or 95 numbers as digits with commas between, such as 4008000000,95000',
  },
  REMEDY_CHANNEL: {
    schema: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/)
      .default('hotline'),
    fix: '1 to 100 letters, digits or ._:- such as hotline',
  },
  SINK_CALLBACK_URL: {
    schema: z
      .string()
      .regex(/^https?:\/\/\S+$/)
      .optional(),
    fix: 'a URL, such as http://127.0.0.1:8080/v1/receipts/sink',
  },
  SMS_PROVIDERS_FILE: {
    schema: z.string().min(1).optional(),
    fix: 'the path of a JSON file (docs/notices.md), such as /run/secrets/sms-providers.json',
  },
  CHANNELS_FILE: {
    schema: z.string().min(1).optional(),
    fix: 'the path of a JSON file (docs/channels.md), such as /run/secrets/channels.json',
  },
} satisfies Record<string, Setting>;
