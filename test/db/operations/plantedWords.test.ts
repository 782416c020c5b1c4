/**
 * Every statement of src/db fails with a word planted into each of its values, and no word is told: not in a
 * log, not in a sentence, not in the failure that a history keeps. What PostgreSQL itself says of it does hold the word.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { defaultDataConverter } from '@temporalio/common';
import { encodeErrorToFailure } from '@temporalio/common/lib/internal-non-workflow';
import type { PoolClient } from 'pg';
import { withoutValuesInFailures } from '../../../src/activities/failures';
import { tellable, tellableWithPlaces } from '../../../src/db/errorLine';
import { createLogger } from '../../../src/platform/logging';
import { testEnvironment } from '../../setup/environment';
import { useDatabase } from '../testDatabase';

const WORD = 'planted-word-of-somebody';
const database = useDatabase();

interface Bill {
  file: string;
  text: string;
}

/** The texts that write, as they stand in the code; those that are put together at run time cannot be read here. */
function writingStatements(): Bill[] {
  const folder = join(__dirname, '../../../src/db');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const queries = files.filter((file) => file.endsWith('.ts') && !file.startsWith('migrations'));
  return queries.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/`([^`]*)`/g)]
      .map(([, text = '']) => ({ file, text }))
      .filter(
        ({ text }) =>
          /^\s*(insert|update|delete|with)\b/.test(text) && /\b(insert into|update|delete from)\b/.test(text),
      )
      .filter(({ text }) => !text.includes('${') && /\$1\b/.test(text)),
  );
}

/** A value of the type that holds the word where the type can; in the second round the word, whatever the type. */
function planted(type: string, round: number): unknown {
  const isText = /^(text|character varying|jsonb|json|bytea|text\[\])$/.test(type);
  if (round === 1 && !isText) return WORD;
  // What no text may have: even a statement that finds no row fails of it.
  if (round === 2 && isText && type !== 'bytea') return type === 'text[]' ? [`${WORD}\u0000`] : `${WORD}\u0000`;
  if (type === 'jsonb' || type === 'json') return JSON.stringify(round === 1 ? WORD : { [WORD]: WORD });
  if (type.endsWith('[]')) return type === 'text[]' ? [WORD] : [1];
  if (type === 'text' || type === 'character varying') return WORD;
  if (type === 'boolean') return true;
  if (type === 'date') return '2026-03-02';
  if (type.startsWith('timestamp')) return '2026-03-02T00:00:00Z';
  if (type === 'bytea') return Buffer.from(WORD);
  if (type === 'interval') return '1 day';
  return 1;
}

async function typesOf(client: PoolClient, text: string): Promise<string[]> {
  await client.query('deallocate all');
  await client.query(`prepare probe as ${text}`);
  const { rows } = await client.query<{ types: string[] }>(
    `select parameter_types::text[] as types from pg_prepared_statements where name = 'probe'`,
  );
  await client.query('deallocate all');
  return rows[0]?.types ?? [];
}

/** What PostgreSQL says of the statement; nothing when it takes even that. */
async function failureOf(client: PoolClient, text: string, values: unknown[]): Promise<Error | undefined> {
  await client.query('begin');
  try {
    await client.query({ text, values });
    // Keys that are looked at with the commit are looked at now.
    await client.query('set constraints all immediate');
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    await client.query('rollback');
  }
}

function everyField(error: Error): string {
  return JSON.stringify({ ...error, message: error.message, stack: error.stack });
}

async function told(error: Error): Promise<string> {
  const log: string[] = [];
  const logger = createLogger('debug', 'test', { write: (line: string) => void log.push(line) });
  const wrapped = new Error('a step failed', { cause: error });
  logger.warn({ err: error }, 'first');
  logger.warn({ error: wrapped, list: [error], part: { error } }, 'second');
  logger.error(error);
  const { step } = withoutValuesInFailures({ step: () => Promise.reject(wrapped) });
  const failure = await step().catch((thrown: unknown) => encodeErrorToFailure(defaultDataConverter, thrown));
  const bare = withoutValuesInFailures({ step: () => Promise.reject(error) });
  const other = await bare.step().catch((thrown: unknown) => encodeErrorToFailure(defaultDataConverter, thrown));
  return [...log, JSON.stringify([failure, other]), tellable(error), tellableWithPlaces(wrapped)].join('\n');
}

describe('a statement that fails', () => {
  it('tells its code and its place, and no value, whatever was in it', async () => {
    const statements = writingStatements();
    expect(statements.length).toBeGreaterThan(80);
    const client = await database.pool.connect();
    const untried: string[] = [];
    const telling: string[] = [];
    const codes = new Set<string>();
    let quoted = 0;
    try {
      for (const { file, text } of statements) {
        const types = await typesOf(client, text).catch((error: Error) => {
          throw new Error(`${file}: ${error.message}\n${text}`);
        });
        let failures = 0;
        for (const round of [0, 1, 2]) {
          const failure = await failureOf(
            client,
            text,
            types.map((type) => planted(type, round)),
          );
          if (failure === undefined) continue;
          failures += 1;
          if (everyField(failure).includes(WORD)) quoted += 1;
          codes.add(String((failure as { code?: string }).code));
          if ((await told(failure)).includes(WORD)) telling.push(`${file}: ${text.slice(0, 80)}`);
        }
        if (failures === 0) untried.push(`${file}: ${text.trim().slice(0, 80)}`);
      }
    } finally {
      client.release();
    }
    expect(telling).toEqual([]);
    // Else it would say nothing: PostgreSQL did quote the word.
    expect(quoted).toBeGreaterThan(60);
    expect([...codes]).toEqual(expect.arrayContaining(['22P02', '23503', '23514']));
    expect(untried).toEqual([]);
  });

  it('leaves nothing in the log of the server that we run', async () => {
    const { owner: pool } = database;
    await pool.query(`select '${WORD}'::int`).catch(() => undefined);
    await pool.query('insert into tenant (tenant_id, name) values ($1, null)', [WORD]).catch(() => undefined);
    // Its log is written by then: a cancelled statement would be the next line.
    await pool.query('select pg_sleep(0)');
    expect(readFileSync(join(testEnvironment().logs, '..', 'postgres.log'), 'utf8')).not.toContain(WORD);
  });

  it('says what an operator needs of a server that refuses whoever it is', async () => {
    const log: string[] = [];
    const logger = createLogger('debug', 'test', { write: (line: string) => void log.push(line) });
    const missing = await database.pool.query('select * from there_is_no_such_table').catch((error: Error) => error);
    logger.warn({ err: missing }, 'it');
    const { err } = JSON.parse(log[0] ?? '');
    expect(err).toMatchObject({
      type: 'DatabaseError',
      code: '42P01',
      message: 'PostgreSQL: relation "there_is_no_such_table" does not exist (42P01)',
      stack: expect.stringMatching(/^ {4}at /),
    });
    expect(Object.keys(err).sort()).toEqual(['code', 'message', 'stack', 'type']);
  });

  it('names the constraint and the table, or the function that refused', async () => {
    const { owner: pool } = database;
    const twice = await pool
      .query(`insert into tenant (tenant_id, name) values ('lender', 'x')`)
      .catch((e: Error) => e);
    expect(tellable(twice)).toBe('PostgreSQL: it is there already (23505), constraint tenant_pkey, table tenant');
    const guarded = await pool.query(`update policy_version set body = '{}'`).catch((error: Error) => error);
    expect(tellable(guarded)).toMatch(/^PostgreSQL: a rule of the table forbids it \(55000\), function \w+, line \d+$/);
  });
});
