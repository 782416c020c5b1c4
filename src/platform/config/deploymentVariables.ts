/** Settings of a deployment: whose it is, its clock, what it keeps for how long, what it logs. */
import { z } from 'zod';
import { type Setting, wholeSetting } from './setting';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export const TENANT_VARIABLES = {
  TENANT_ID: {
    schema: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
      .default('demo'),
    fix: 'lower-case letters, digits and dashes, such as demo',
  },
  NOTICE_LANES: {
    schema: z.coerce.number().int().min(1).max(1024).default(4),
    fix: 'a whole number from 1 to 1024, such as 4',
  },
  CLOSE_WAITS_HOURS: { schema: wholeSetting(1, 720, 12), fix: 'a whole number from 1 to 720, such as 12' },
} satisfies Record<string, Setting>;

export const CLOCK_VARIABLES = {
  CLOCK_SPEED: {
    schema: z.coerce.number().min(1).max(500_000).default(1),
    fix: 'a number from 1 (real time) to 500000, such as 105120',
  },
  CLOCK_START: {
    schema: z.iso.datetime({ offset: true }).optional(),
    fix: 'an instant, such as 2026-01-01T00:00:00+08:00',
  },
} satisfies Record<string, Setting>;

export const RETENTION_VARIABLES = {
  REQUESTS_KEPT_DAYS: { schema: wholeSetting(30, 3_650, 90), fix: 'a whole number from 30 to 3650, such as 90' },
  CHECKS_KEPT_DAYS: { schema: wholeSetting(60, 3_650, 400), fix: 'a whole number from 60 to 3650, such as 400' },
  REPORTS_KEPT_DAYS: { schema: wholeSetting(180, 3_650, 1_095), fix: 'a whole number from 180 to 3650, such as 1095' },
  TROUBLES_KEPT_DAYS: { schema: wholeSetting(30, 3_650, 180), fix: 'a whole number from 30 to 3650, such as 180' },
  REFUSALS_STAND_HOURS: { schema: wholeSetting(1, 720, 24), fix: 'a whole number from 1 to 720, such as 24' },
} satisfies Record<string, Setting>;

export const PROCESS_VARIABLES = {
  LOG_LEVEL: {
    schema: z.enum(LOG_LEVELS).default('info'),
    fix: 'one of debug, info, warn, error, silent',
  },
  TEMPORAL_CLI: { schema: z.string().min(1).optional(), fix: 'the path of a `temporal` executable' },
} satisfies Record<string, Setting>;
