/** docs/glossary.md: its rows are in the code, and the code's names are words of the field, each of one meaning. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(__dirname, '..');
const PAGE = readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8');

interface Row {
  term: string;
  chinese: string;
  meaning: string;
  name: string;
  file: string;
}

const ROW = /^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| \[`(\w+)`\]\(\.\.\/(src\/[^)]+)\) \|$/gm;
const ROWS: Row[] = [...PAGE.matchAll(ROW)].map(([, term = '', chinese = '', meaning = '', name = '', file = '']) => ({
  term,
  chinese,
  meaning,
  name,
  file,
}));

/** Words of before: what they meant has a word of the field now. */
const PRIVATE_WORDS =
  /^(AccountLife|Life|Deed|Fate|Told|nudge\w*|Nudge\w*|\w+Nudge|knockOuts|doubtful\w*|Doubtful\w*|hear[A-Z]\w*|ring[A-Z]\w*|putForward\w*|lookAt[A-Z]\w*|steadily|tryOrRest|payOut|waterfall\w*|foreign(InText|InWording)|inSnapshot|withRests)$/;

/**
 * Names that two files export with one meaning: what every module of a kind has, what a statement decides and the domain
 * says, what is refused at two doors, and the field of a message with the zod of it.
 */
const ONE_MEANING = new Set([
  'main',
  'sql',
  'accountToTell',
  'countMoreImportant',
  'incidentEventContent',
  'conflict',
  'notFound',
  'ApplicationRef',
  'SweepInput',
  'cashLoanAcceptance',
  'revolvingAcceptance',
  'date',
  'id',
  'personId',
  'product',
]);

function exportsOfSrc(): Map<string, string[]> {
  const src = join(ROOT, 'src');
  const found = new Map<string, string[]>();
  const files = readdirSync(src, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.name.endsWith('.ts'),
  );
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    const declared = /^export (?:async )?(?:function\*?|const|let|interface|type|class) (\w+)/gm;
    for (const [, exported = ''] of readFileSync(path, 'utf8').matchAll(declared)) {
      found.set(exported, [...new Set([...(found.get(exported) ?? []), relative(src, path)])]);
    }
  }
  return found;
}

describe('the glossary', () => {
  it('has about 80 rows, each read whole, none twice', () => {
    const lines = PAGE.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| Term '));
    expect(ROWS).toHaveLength(lines.length);
    expect(ROWS.length).toBeGreaterThanOrEqual(80);
    expect(new Set(ROWS.map(({ term }) => term)).size).toBe(ROWS.length);
  });

  it.each(ROWS)('$term is $name in $file', ({ chinese, name, file }) => {
    expect(chinese).toMatch(/\p{Script=Han}/u);
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(readFileSync(join(ROOT, file), 'utf8')).toMatch(new RegExp(`\\b${name}\\b`));
  });
});

describe('exported names', () => {
  const exported = exportsOfSrc();

  it('are none of the private words of before', () => {
    expect(exported.size).toBeGreaterThan(1000);
    expect([...exported.keys()].filter((name) => PRIVATE_WORDS.test(name))).toEqual([]);
  });

  it('mean one thing each: no two files export the same name', () => {
    const doubled = [...exported].filter(([name, files]) => files.length > 1 && !ONE_MEANING.has(name));
    expect(Object.fromEntries(doubled)).toEqual({});
  });
});
