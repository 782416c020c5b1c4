/** docs/adding-a-message.md lists the files of two messages: here they are found in the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(__dirname, '..');
const PAGE = 'docs/adding-a-message.md';
const MOST = 6;
/** They send messages as an upstream does. */
const SENDERS = /^src\/dev\//;

/** The parts of the page, by their heading; the first one has that of the page. */
const SECTIONS = readFileSync(join(ROOT, PAGE), 'utf8').split(/^#+ /m);
const SOURCES = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `src/${file.split(sep).join('/')}`)
  .filter((file) => !SENDERS.test(file));

/** Each file of the table below a heading: how it is called there, and where the link leads. */
function listedBelow(heading: string): { label: string; file: string }[] {
  const section = SECTIONS.find((each) => each.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| \d \| \[([^\]]+)\]\(([^)]+)\)/gm)].map(([, label = '', link = '']) => ({
    label,
    file: normalize(join(dirname(PAGE), link)),
  }));
}

interface Message {
  heading: string;
  /** The names of the message, of its kind, of what takes it, and of what keeps it or what it becomes. */
  names: RegExp;
  /** They show what came of it, or do the same for another reason. */
  beside: string[];
}

const MESSAGES: [string, Message][] = [
  [
    'setDebitMandate',
    {
      heading: 'Adding a message to an account',
      names:
        /\b(setDebitMandate|DebitMandateChange|invalidDebitMandateChange|mandateKey|takeMandate|changeMandate)\b|'mandate'/,
      // A mandate that the bank ended; a line of the timeline.
      beside: ['src/activities/debits/debitOutcome.ts', 'src/db/credit/timeline.ts'],
    },
  ],
  [
    'correctRate, which becomes a fact',
    {
      heading: 'A message that becomes a fact',
      names:
        /\b(correctRate|(invalid)?RateCorrection|rateCorrection\w*|RateCorrected|rateCorrectedBy|refusalsOfRates|ratesOfAnother)\b|['/]rate-correct(ion|ed)s?\b/,
      beside: [],
    },
  ],
];

describe.each(MESSAGES)('a message of an account: %s', (_, { heading, names, beside }) => {
  const listed = listedBelow(heading);
  const named = SOURCES.filter((file) => names.test(readFileSync(join(ROOT, file), 'utf8')));

  it('stands in the files that the page lists, and in no other', () => {
    expect(named.filter((file) => !beside.includes(file)).sort()).toEqual(listed.map(({ file }) => file).sort());
    expect(named).toEqual(expect.arrayContaining(beside));
  });

  it('touches at most six files', () => {
    expect(listed.length).toBeGreaterThan(0);
    expect(listed.length).toBeLessThanOrEqual(MOST);
  });

  it('has each file under its own name', () => {
    expect(listed.map(({ label }) => `src/${label}`)).toEqual(listed.map(({ file }) => file));
  });
});
