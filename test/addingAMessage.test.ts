/** docs/adding-a-message.md lists the files of a message: here they are found in the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(__dirname, '..');
const PAGE = 'docs/adding-a-message.md';
const MOST = 6;
/** They send messages as an upstream does. */
const SENDERS = /^src\/dev\//;
/** They show what came of it, or do the same for another reason: a line of the timeline, a mandate that the bank ended. */
const BESIDE = ['src/activities/debits/debitOutcome.ts', 'src/api/credit/accountViews.ts', 'src/db/credit/timeline.ts'];
/** The names of the message, of its kind, of what takes it and of what keeps it. */
const NAMES =
  /\b(setDebitMandate|DebitMandateChange|invalidDebitMandateChange|mandateKey|takeMandate|changeMandate)\b|'mandate'/;

const listed = [...readFileSync(join(ROOT, PAGE), 'utf8').matchAll(/^\| \d \| \[[^\]]+\]\(([^)]+)\)/gm)].map(
  ([, link = '']) => normalize(join(dirname(PAGE), link)),
);

describe('a message of an account', () => {
  it('stands in the files that the page lists, and in no other', () => {
    const named = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `src/${file.split(sep).join('/')}`)
      .filter((file) => !SENDERS.test(file) && !BESIDE.includes(file))
      .filter((file) => NAMES.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(named.sort()).toEqual([...listed].sort());
  });

  it('touches at most six files', () => {
    expect(listed.length).toBeGreaterThan(0);
    expect(listed.length).toBeLessThanOrEqual(MOST);
  });
});
