/** Logs: structured, to standard output, with nothing personal in them. */
import pino from 'pino';
import { errorField, tellable, withErrorLines } from '../db/errorLine';
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

/** To standard output unless another place is given. */
export function createLogger(
  level: Config['logLevel'],
  component: string,
  destination?: pino.DestinationStream,
): pino.Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { component },
    redact: { paths: REDACTED.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
    // Errors come as `err`, as `error` from Temporal, and wherever else somebody puts one.
    formatters: { log: (fields) => withErrorLines(fields) as Record<string, unknown> },
    hooks: {
      // An error without a text of ours beside it: pino would take its message for the text.
      logMethod(given, log) {
        const [first, text, ...rest] = given as unknown as [unknown, string | undefined, ...unknown[]];
        const error = first instanceof Error ? first : errorIn(first);
        if (error === undefined || text !== undefined) return log.apply(this, given);
        const fields = first instanceof Error ? { err: error } : first;
        return log.apply(this, [fields, tellable(error), ...rest] as unknown as typeof given);
      },
    },
    serializers: { err: errorField },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function errorIn(fields: unknown): Error | undefined {
  const { err } = (fields ?? {}) as { err?: unknown };
  return err instanceof Error ? err : undefined;
}
