/** The statements of a step as the step sends them: what the yardstick of the ledger is written from. */
import type { Pool, PoolClient } from 'pg';

export interface SentStatement {
  text: string;
  values: readonly unknown[];
}

/** A pool that is the given one, and notes every statement that is sent through it, in the order of sending. */
export function recordingPool(pool: Pool): { pool: Pool; sent: SentStatement[] } {
  const sent: SentStatement[] = [];
  const recording = <Sender extends Pool | PoolClient>(sender: Sender, others: Partial<Pool> = {}): Sender =>
    new Proxy(sender, {
      get(target, name) {
        if (name in others) return Reflect.get(others, name);
        const own: unknown = Reflect.get(target, name);
        if (typeof own !== 'function') return own;
        if (name !== 'query') return own.bind(target);
        return (...query: unknown[]) => {
          sent.push(statementOf(query));
          return own.apply(target, query);
        };
      },
    });
  const connect = async () => recording(await pool.connect());
  return { pool: recording(pool, { connect }), sent };
}

function statementOf([text, values]: unknown[]): SentStatement {
  if (typeof text !== 'string') throw new TypeError('only statements that are sent as text can be recorded');
  return { text, values: Array.isArray(values) ? [...values] : [] };
}
