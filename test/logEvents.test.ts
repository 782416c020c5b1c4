/** Log events of worker and API: each has its row in docs/operations.md, and each row is an event of the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { byContent } from './support/inOrder';

const ROOT = join(__dirname, '..');
const LEVELS = 'trace|debug|info|warn|error|fatal';

interface LogEvent {
  level: string;
  event: string;
}

/** A call of a log: its level, and what is between its brackets. */
const CALL = new RegExp(`\\b(?:log|logger)\\.(${LEVELS})\\(((?:[^()]|\\([^()]*\\))*)\\)`, 'g');
/** A text alone in quotes: nothing is put into it, what differs is in fields. */
const TEXT = /'([^']+)'/g;

function callsOfSrc(): { level: string; texts: string[]; at: string }[] {
  const src = join(ROOT, 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return files.flatMap((path) => {
    const code = readFileSync(join(src, path), 'utf8');
    return [...code.matchAll(CALL)].map(([, level = '', given = '']) => ({
      level,
      texts: [...given.matchAll(TEXT)].map(([, text = '']) => text),
      at: `${path}: ${given}`,
    }));
  });
}

function rowsOfDocs(): LogEvent[] {
  const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const row = new RegExp(`^\\| (${LEVELS}) \\| \`([^\`]+)\` \\|`, 'gm');
  return [...page.matchAll(row)].map(([, level = '', event = '']) => ({ level, event }));
}

const inWords = (events: LogEvent[]) =>
  [...new Set(events.map(({ level, event }) => `${level}: ${event}`))].sort(byContent);

describe('log events', () => {
  it('each call has one text, without values in it', () => {
    expect(callsOfSrc().filter(({ texts }) => texts.length !== 1)).toEqual([]);
  });

  it('are the rows of docs/operations.md, with their levels', () => {
    const events = callsOfSrc().map(({ level, texts: [event = ''] }) => ({ level, event }));
    expect(inWords(rowsOfDocs())).toEqual(inWords(events));
    expect(events.length).toBeGreaterThan(20);
  });
});
