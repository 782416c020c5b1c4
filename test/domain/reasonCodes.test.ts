/** The reason codes of the code, of its users, and of docs/reason-codes.md are the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Refusal } from '../../src/domain/authorisation';
import type { WarningRule } from '../../src/domain/earlyWarning';
import { REASONS, type ReasonCode } from '../../src/domain/reasonCodes';

const ROOT = join(__dirname, '../..');
const ROW = /^\| `([A-Z0-9_]+)` \| (.+) \| (.+) \|$/;

describe('reason codes', () => {
  it('are documented word for word, in the same order', () => {
    const documented = readFileSync(join(ROOT, 'docs/reason-codes.md'), 'utf8')
      .split('\n')
      .map((line) => ROW.exec(line))
      .filter((row) => row !== null)
      .map(([, code, en, zh]) => [code, { en, zh }]);
    expect(documented).toEqual(Object.entries(REASONS));
  });

  it.each(Object.entries(REASONS))('%s has a sentence in both languages', (_, { en, zh }) => {
    expect(en).toMatch(/^[A-Z].{10,}\.$/);
    expect(zh).toMatch(/^[\p{Script=Han}0-9，。]{5,}。$/u);
  });

  it('hold every code that the source gives as a reason', () => {
    const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
    const given = files
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [...readFileSync(join(ROOT, 'src', file), 'utf8').matchAll(/reasonCodes: \[([^\]]*)\]/g)])
      .flatMap(([, codes]) => [...(codes ?? '').matchAll(/'([A-Z0-9_]+)'/g)].map(([, code]) => code));
    expect(given.filter((code) => code === undefined || !(code in REASONS))).toEqual([]);
    // Checked by the compiler: what these types name is a reason code.
    const refusal: (code: Refusal | WarningRule) => ReasonCode = (code) => code;
    expect(refusal('ACCOUNT_CLOSED') in REASONS).toBe(true);
  });
});
