/** A list that is copied in part does not compile; and units of time, the largest amount and what a product has are said once. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { LEDGER_ACCOUNTS } from '../src/domain/ledger/journal';
import { PRODUCTS } from '../src/domain/policy/products';
import { namesOf } from '../src/domain/values/tables';

const ROOT = join(__dirname, '..');
const CASES = join(ROOT, 'test/support/partialCopies');

function compiled(project: string): string {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  try {
    return execFileSync(process.execPath, [tsc, '--noEmit', '-p', project], { encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

describe('a partial copy of a list', () => {
  it('does not compile: every expected error is there, and no other', () => {
    const cases = readFileSync(join(CASES, 'partialCopies.ts'), 'utf8').match(/@ts-expect-error/g);
    expect(cases?.length).toBeGreaterThan(25);
    expect(compiled(CASES)).toBe('');
  });
});

describe('what has one place', () => {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    // An applied migration is never edited.
    (file) => file.endsWith('.ts') && !file.startsWith('db/migrations/'),
  );
  const linesWith = (pattern: RegExp, home: string) =>
    files
      .filter((file) => file !== home)
      .flatMap((file) =>
        readFileSync(join(ROOT, 'src', file), 'utf8')
          .split('\n')
          .map((line) => `${file}: ${line}`),
      )
      .filter((line) => pattern.test(line) && !/^\S+ +(\*|\/\/|\/\*\*)/.test(line));

  it.each([
    ['an hour or a day of milliseconds', /\b(3_?600|86_?400)_?000\b(?! for a day')/],
    ['a day of seconds or minutes', /\b86_?400\b|\b1_?440\b|\b24 \* 60\b/],
    ['a number of minutes in milliseconds', /[*/] 60_?000\b|\b60_?000 \*/],
    ['a unit of time by its name', /\bconst (SECOND|MINUTE|HOUR|DAY|WEEK)S?_MS\b/],
  ])('%s is in domain/values/timeUnits.ts alone', (_, pattern) => {
    expect(linesWith(pattern, 'domain/values/timeUnits.ts')).toEqual([]);
  });

  it('a product is asked for a column of domain/policy/products.ts, never for its name', () => {
    const name = `'(${PRODUCTS.join('|')})'`;
    const compared = new RegExp(`[!=]==? ${name}|${name} [!=]==?`);
    expect("if (terms.product !== 'revolving') return;").toMatch(compared);
    expect(linesWith(compared, 'domain/policy/products.ts')).toEqual([]);
  });

  it('the largest amount is in domain/values/acceptedValues.ts alone', () => {
    expect(linesWith(/\b100_?000_?000_?000\b/, 'domain/values/acceptedValues.ts')).toEqual([]);
  });
});

describe('the chart of accounts of docs/ledger.md', () => {
  it('is the table of the code', () => {
    const [, chart = ''] = readFileSync(join(ROOT, 'docs/ledger.md'), 'utf8').split('## Chart of accounts');
    const [rows = ''] = chart.split('\n## ');
    const documented = [...rows.matchAll(/^\| `([a-z-]+)` \| (asset|liability|income|expense|money)/gm)].map(
      ([, name, type]) => [name, type === 'money' ? 'clearing' : type],
    );
    expect(documented).toEqual(namesOf(LEDGER_ACCOUNTS).map((name) => [name, LEDGER_ACCOUNTS[name].type]));
  });
});
