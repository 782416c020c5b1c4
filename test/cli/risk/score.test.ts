/** `score` as its users run it: a process of its own, the file that it writes, refusals beside it; and its statement. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CsvRecord, csvRecords } from '../../../src/cli/risk/csvRecords';
import { scoreByCard } from '../../../src/domain/risk/cards/cardScore';
import { shippedCard } from '../../support/cardData';
import { exampleCard } from '../../support/exampleCard';

const ROOT = join(__dirname, '../../..');
const COMMAND = join(ROOT, 'dist/cli/risk/score.js');

let folder: string;
let card: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'score-'));
  card = join(folder, 'card.json');
  writeFileSync(card, JSON.stringify(exampleCard()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...words], { encoding: 'utf8', cwd: ROOT });
  return { status, stdout, stderr };
}

function score(text: string, of = card) {
  const [from, to] = [join(folder, 'in.csv'), join(folder, 'out.csv')];
  writeFileSync(from, text);
  rmSync(to, { force: true });
  const ended = run('--card', of, '--in', from, '--out', to);
  return { ...ended, written: existsSync(to) ? readFileSync(to, 'utf8') : undefined };
}

describe('score', () => {
  it('adds three columns, and keeps all others and the order', () => {
    const { written, ...ended } = score('id,job,delay,limit,bill,note\n7,A,-1,100,10,"one, two"\n5,A,0,100,50,\n');
    expect(ended).toMatchObject({
      status: 0,
      stderr: '',
      stdout: '2 rows scored by card example version 1, 0 refused\n',
    });
    expect(written).toBe(
      [
        'id,job,delay,limit,bill,note,probability,score,reasons',
        '7,A,-1,100,10,"one, two",0.123004661,543.8,',
        '5,A,0,100,50,,0.296885040,512.0,USE;DELAY',
        '',
      ].join('\n'),
    );
  });

  it('takes a header in other letters and order, CR LF, a byte order mark, quotes, blanks and decimals', () => {
    const { written, status } = score('\ufeff Bill , "DELAY",Limit,JOB\r\n"10.0", -1.0 ,100.00,A\r\n\r\n1e1,-1,+100,A');
    expect(status).toBe(0);
    const [header, ...rows] = written?.trimEnd().split('\n') ?? [];
    expect(header).toBe(' Bill , "DELAY",Limit,JOB,probability,score,reasons');
    expect(rows.map((row) => row.split(',').slice(-2))).toEqual([
      ['543.8', ''],
      ['543.8', ''],
    ]);
  });

  it('scores what is not known by its own points', () => {
    const { written, status } = score('delay,limit,bill,job\n,100,10,A\n');
    expect(status).toBe(0);
    expect(written?.split('\n')[1]).toMatch(/^,100,10,A,0\.\d{9},493\.3,DELAY$/);
  });

  it('refuses a bad row by line with field, fault and fix, and scores the others', () => {
    const { written, ...ended } = score(
      [
        'delay,limit,bill,job',
        '-1,100,10,A',
        'x,100,10,A',
        '0.5,100,10,Z',
        '-1,100,10',
        ',,,',
        '10,"1,000",10,A',
        '-1,100,10,A',
      ].join('\n'),
    );
    expect(ended.status).toBe(1);
    expect(ended.stderr.trimEnd().split('\n')).toEqual([
      'line 3: delay is "x": give a whole number from -2 to 9, or leave it empty where it is not known',
      'line 4: delay is "0.5": give a whole number from -2 to 9, or leave it empty where it is not known',
      'line 4: job is "Z": give one of A, B, C, or leave it empty where it is not known',
      'line 5: the row has 3 fields where the header has 4: give one field for each column, and put quotes around a field with a comma',
      'line 6: the row knows nothing: fill in what the card reads, or remove it',
      'line 7: delay is "10": give a whole number from -2 to 9, or leave it empty where it is not known',
      'line 7: limit is "1,000": give a number without separators from 0 to 1000000000, or leave it empty where it is not known',
    ]);
    expect(ended.stdout).toBe('2 rows scored by card example version 1, 5 refused\n');
    expect(written?.trimEnd().split('\n')).toHaveLength(3);
  });

  it('a quote that is not closed loses its own row alone', () => {
    const rows = Array.from({ length: 30 }, () => '-1,100,10,A').join('\n');
    const { written, status, stderr } = score(`delay,limit,bill,job\n-1,100,"10,A\n${rows}\n-1,100,10,"A\n`);
    expect({ status, lines: written?.trimEnd().split('\n').length }).toEqual({ status: 1, lines: 31 });
    expect(stderr.trimEnd().split('\n')).toEqual([
      'line 2: the row has a quote that is not closed: close it, or remove it',
      'line 33: the row has a quote that is not closed: close it, or remove it',
    ]);
  });

  it.each([
    ['', 'the file is empty: give a header and rows\n'],
    [
      'delay,limit,job\n',
      'the header lacks bill: the card example reads them; name the columns in the first line, with commas between\n',
    ],
    ['delay,Delay,limit,bill,job\n', 'the header has delay twice: remove one of both columns\n'],
    ['delay,limit,bill,job,score\n', 'the header has score already: remove that column\n'],
  ])('refuses a file %j whole, and writes nothing', (text, fault) => {
    expect(score(text)).toMatchObject({ status: 2, stderr: fault, stdout: '', written: undefined });
  });

  it('refuses a card that cannot be used', () => {
    writeFileSync(join(folder, 'bad.json'), '{"id":"x"}');
    expect(score('a\n', join(folder, 'bad.json')).stderr).toMatch(
      /bad\.json: the card cannot be used:\n- version is missing/,
    );
    expect(score('a\n', join(folder, 'none.json')).stderr).toMatch(
      /cannot be read: ENOENT; give application, behaviour/,
    );
    expect(run('--card', card, '--out', 'x.csv')).toMatchObject({
      status: 2,
      stderr: '--in is missing: give --in rows.csv\n',
    });
  });

  it('the shipped cards need none of the columns that only measure', () => {
    for (const name of ['behaviour', 'application']) {
      const { columns } = shippedCard(name);
      const values = columns.map((column) => (column.kind === 'category' ? (column.values[0] ?? '') : '1'));
      const { written, status } = score(`${columns.map((each) => each.name).join(',')}\n${values.join(',')}\n`, name);
      expect(status).toBe(0);
      const row = Object.fromEntries(
        columns.map((column, at) => [column.name, column.kind === 'category' ? (values[at] ?? '') : 1]),
      );
      expect(written?.split('\n')[1]).toContain(`,${scoreByCard(shippedCard(name), row).points.toFixed(1)},`);
    }
  });
});

describe('records of a file', () => {
  async function recordsOf(...chunks: string[]): Promise<CsvRecord[]> {
    const stream = async function* () {
      yield* chunks;
    };
    const records: CsvRecord[] = [];
    for await (const record of csvRecords(stream())) records.push(record);
    return records;
  }

  it.each<[string, string[], [number, string[]][]]>([
    [
      'plain',
      ['a,b\nc,d\n'],
      [
        [1, ['a', 'b']],
        [2, ['c', 'd']],
      ],
    ],
    [
      'cut anywhere',
      ['a', ',b\r', '\nc,', 'd'],
      [
        [1, ['a', 'b']],
        [2, ['c', 'd']],
      ],
    ],
    ['quoted', ['"a,b","say ""x""",\n'], [[1, ['a,b', 'say "x"', '']]]],
    [
      'over lines',
      ['1,"a\nb"\n2,c\n'],
      [
        [1, ['1', 'a\nb']],
        [3, ['2', 'c']],
      ],
    ],
    ['empty fields', [',,\n'], [[1, ['', '', '']]]],
    [
      'a quote within a field',
      ['5",6\n7,8\n'],
      [
        [1, ['5"', '6']],
        [2, ['7', '8']],
      ],
    ],
    ['quoted and empty', ['"",,"x"\n'], [[1, ['', '', 'x']]]],
  ])('%s', async (_, chunks, expected) => {
    expect((await recordsOf(...chunks)).map(({ line, fields }) => [line, fields])).toEqual(expected);
  });
});

describe('score export', () => {
  it('prints one statement over the table that is named', () => {
    const { status, stdout } = run('export', '--sql', '--card', card, '--table', 'risk.rows');
    expect(status).toBe(0);
    expect(stdout).toContain('FROM "risk"."rows" AS raw');
    expect(stdout.match(/;/g)).toHaveLength(1);
    expect(run('export', '--card', card)).toMatchObject({ status: 2, stdout: '' });
    expect(run('export', '--sql', '--card', card, '--table', 'x; drop')).toMatchObject({ status: 2, stdout: '' });
  });
});
