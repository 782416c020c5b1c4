/** Logs: structured, to standard output, with nothing personal in them. */
import pino from 'pino';
import type { Config } from './config/config';

/** Keys that may hold personal data or secrets; they are cut out wherever they appear in a log line. */
const REDACTED = [
  'phone',
  'name',
  'idNumber',
  'text',
  'email',
  'pushToken',
  'token',
  'authorization',
  'apiKey',
  'key',
  'body',
];

export function createLogger(level: Config['logLevel'], component: string): pino.Logger {
  return pino({
    level,
    base: { component },
    redact: { paths: REDACTED.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  });
}
