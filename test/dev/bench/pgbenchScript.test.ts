/** The yardstick of the ledger must run what a step sends, and must not run it when it cannot be told apart by account. */
import { describe, expect, it } from '@jest/globals';
import { pgbenchScriptOf, pgText, type Recording } from '../../../src/dev/bench/ledger/pgbenchScript';

function recording(accountId: string, ...sent: [text: string, ...values: unknown[]][]): Recording {
  return { accountId, sent: sent.map(([text, ...values]) => ({ text, values })) };
}

describe('a script for pgbench', () => {
  it('counts accounts, and gives what is the same in both steps as text', () => {
    const step = (id: string) =>
      recording(
        id,
        ['begin'],
        ['select 1 where a = $1 and b = $2 and $3::text[] is null -- said: apart', 'tenant', id, null],
        ['update t set a = $2 where b = $1', id, ['x', 'y "z"']],
        ['insert into t values ($1, $2)', 'tenant', 17],
      );
    expect(pgbenchScriptOf(step('7000001'), step('7000002'))).toEqual({
      text: [
        '\\set done :done + 1',
        '\\set account :first + :client_id * :share + :done',
        'begin;',
        'select 1 where a = :constant_1 and b = :account and :absent::text[] is null ;',
        'update t set a = :constant_2 where b = :account;',
        'insert into t values (:constant_1, :constant_3);',
        '',
      ].join('\n'),
      variables: { done: '0', constant_1: 'tenant', constant_2: '{"x","y \\"z\\""}', constant_3: '17' },
    });
  });

  it('takes statements that were sent side by side in the order of the first step', () => {
    const first = recording('7000001', ['a $1', 1], ['b $1', 2], ['c']);
    const second = recording('7000002', ['b $1', 2], ['a $1', 1], ['c']);
    expect(pgbenchScriptOf(first, second).text).toContain('a :constant_1;\nb :constant_2;\nc;\n');
  });

  it('refuses steps that differ by more than their accounts', () => {
    const step = (id: string, value: unknown, text = 'a $1') => recording(id, [text, value]);
    const of = (first: Recording, second: Recording) => () => pgbenchScriptOf(first, second);
    expect(of(step('7000001', 'x'), step('7000002', 'y'))).toThrow('more than its id');
    expect(of(step('7000001', 'of-7000001'), step('7000002', 'of-7000002'))).toThrow('more than its id');
    // The id of the first in both: pgbench would write all accounts into one.
    expect(pgbenchScriptOf(step('7000001', '7000001'), step('7000002', '7000001')).text).not.toContain(':account;');
    expect(of(step('7000001', 'x'), step('7000002', 'x', 'b $1'))).toThrow('differ: a $1');
    expect(of(recording('7000001', ['a']), recording('7000002', ['a'], ['a']))).toThrow('1 and 2 statements');
  });

  it.each(['select a :b', 'select 1; select 2', "select '10:00'", 'select $2'])('refuses %s', (text) => {
    expect(() => pgbenchScriptOf(recording('7000001', [text, 1]), recording('7000002', [text, 1]))).toThrow();
  });

  it('writes values as the connection would', () => {
    const values = [null, undefined, 'a', 1.5, true, 2n, [], ['a\\b', null, 3]];
    expect(values.map(pgText)).toEqual([null, null, 'a', '1.5', 'true', '2', '{}', '{"a\\\\b",NULL,"3"}']);
    expect(() => pgText({ a: 1 })).toThrow(TypeError);
  });
});
