/** Every reason code that is given has its sentences, and docs/reason-codes.md says the same as the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REASONS } from '../../../src/domain/policy/reasonCodes';

const ROOT = join(__dirname, '../../..');
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

  it.each(['domain', 'activities', 'workflows'])('hold every code that src/%s gives', (folder) => {
    const given = readdirSync(join(ROOT, 'src', folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [...readFileSync(join(ROOT, 'src', folder, file), 'utf8').matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g)])
      .map(([, code]) => String(code));
    expect(given.length).toBeGreaterThan(0);
    // What a text is refused by is told to its author with its own words: docs/template-review.md.
    const ofTexts = readFileSync(join(ROOT, 'docs/template-review.md'), 'utf8').matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g);
    const known = new Set([...Object.keys(REASONS), ...[...ofTexts].map(([, code]) => code)]);
    expect(given.filter((code) => !known.has(code))).toEqual([]);
  });
});
