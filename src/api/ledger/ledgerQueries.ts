/** What reads of the ledger take in their query. */
import { z } from 'zod';
import { date } from '../schemas';

export const LEDGER_PAGE_SIZE = 50;

/** As every date that is taken: from 1900 on, because the year 0 is none of the database's. */
export const ledgerDate = date;

const LIMIT_FIX = 'send a whole number from 1 to 200';
export const pageLimit = z
  .string(LIMIT_FIX)
  .regex(/^([1-9]\d?|1\d\d|200)$/, LIMIT_FIX)
  .describe(`Default: ${LEDGER_PAGE_SIZE}.`)
  .optional();
