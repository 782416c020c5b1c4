/** A file of card accounts is read by line: what cannot be right is refused with its reason, and the others stand. */
import { describe, expect, it } from '@jest/globals';
import { CardFileError, readCardFile } from '../../../src/dev/cardPortfolio/cardFile';
import { card, columnsWithout, fileOf } from './cards';

/** The one refusal of a file in which the second of three accounts has other fields. */
function refusedWith(other: Record<string, string | number>) {
  const { accounts, refused } = readCardFile(fileOf([card(1), card(2, other), card(3)]), 10);
  expect(accounts.map(({ line, id }) => [line, id])).toEqual([
    [2, 1],
    [4, 3],
  ]);
  return refused;
}

describe('readCardFile', () => {
  it('reads limit, months and codes, oldest month first, a dollar as 100 fen', () => {
    const fields = card(7, { LIMIT_BAL: 327_680, BILL_AMT6: -46, PAY_AMT1: 12, PAY_0: 2, PAY_6: -2 });
    const { accounts, refused } = readCardFile(fileOf([fields]), 10);
    expect(refused).toEqual([]);
    expect(accounts).toHaveLength(1);
    const [account] = accounts;
    expect(account).toMatchObject({ line: 2, id: 7, limitFen: 32_768_000 });
    expect(account?.months[0]).toEqual({ month: '2005-04', billFen: -4600, paidFen: 0, status: -2 });
    expect(account?.months[5]).toEqual({ month: '2005-09', billFen: 100_000, paidFen: 1200, status: 2 });
    expect(account?.months.map(({ month }) => month)).toEqual(
      ['04', '05', '06', '07', '08', '09'].map((month) => `2005-${month}`),
    );
  });

  it.each<[string, Record<string, string | number>, string]>([
    ['a negative limit', { LIMIT_BAL: -20_000 }, 'LIMIT_BAL is -20000: it cannot be below 1'],
    ['no limit', { LIMIT_BAL: 0 }, 'LIMIT_BAL is 0: it cannot be below 1'],
    ['a text for a number', { BILL_AMT3: 'none' }, 'BILL_AMT3 is "none": a whole number is needed'],
    ['a code that is a text', { PAY_4: 'late' }, 'PAY_4 is "late": a whole number is needed'],
    ['a part of a dollar', { BILL_AMT1: '12.5' }, 'BILL_AMT1 is "12.5": a whole number is needed'],
    ['an exponent', { PAY_AMT2: '1e3' }, 'PAY_AMT2 is "1e3": a whole number is needed'],
    ['an empty field', { PAY_AMT5: '' }, 'PAY_AMT5 is empty: a whole number is needed'],
    ['a negative payment', { PAY_AMT5: -1 }, 'PAY_AMT5 is -1: it cannot be below 0'],
    ['an amount beyond the API', { BILL_AMT2: '1000000001' }, 'BILL_AMT2 is 1000000001: it cannot be above 1000000000'],
    ['no such code', { PAY_0: 10 }, 'PAY_0 is 10: it cannot be above 9'],
    ['no id', { ID: 'x' }, 'ID is "x": a whole number is needed'],
    [
      'two faults',
      { LIMIT_BAL: -1, PAY_0: 'x' },
      'LIMIT_BAL is -1: it cannot be below 1; PAY_0 is "x": a whole number is needed',
    ],
    ['an id that was there', { ID: 1 }, 'ID 1 was on line 2 already'],
    ['a quote left open', { BILL_AMT1: '"5' }, 'BILL_AMT1 is "\\"5": a whole number is needed'],
    ['a comma in a number', { BILL_AMT1: '"1,000"' }, 'it has 23 fields, the header has 22'],
  ])('refuses %s by line, and the others run', (_, other, reason) => {
    expect(refusedWith(other)).toEqual([{ line: 3, reason }]);
  });

  it('refuses a line that is cut short', () => {
    const text = fileOf([card(1), card(2)]).replace(/\n2,.*\n/, '\n2,20000\n');
    expect(readCardFile(text, 10)).toMatchObject({
      accounts: [{ id: 1 }],
      refused: [{ line: 3, reason: 'it has 2 fields, the header has 22' }],
    });
  });

  it('takes quoted fields, spaces, a byte order mark, other line ends and empty lines as they are meant', () => {
    const text = `\ufeff${fileOf([card('"1"'), card(' 2 ')])}`.replace(/\n/g, '\r\n').replace('\r\n', '\r\n\r\n');
    const { accounts, refused } = readCardFile(text, 10);
    expect(refused).toEqual([]);
    expect(accounts.map(({ line, id }) => [line, id])).toEqual([
      [3, 1],
      [4, 2],
    ]);
  });

  it('reads as many rows as asked for, refused ones among them', () => {
    const { accounts, refused } = readCardFile(fileOf([card(1), card(2, { LIMIT_BAL: -1 }), card(3)]), 2);
    expect([accounts.length, refused.length]).toEqual([1, 1]);
  });

  it.each(['LIMIT_BAL', 'PAY_0', 'BILL_AMT6', 'PAY_AMT3', 'ID'])('refuses a file without %s as a whole', (name) => {
    const read = () => readCardFile(fileOf([card(1)], columnsWithout(name)), 10);
    expect(read).toThrow(new CardFileError(`the file has no column ${name}: add it to its header`));
  });

  it.each<[string, string, string]>([
    ['two columns missing', fileOf([card(1)], ['ID', ...columnsWithout('ID').slice(3)]), 'no column LIMIT_BAL: add it'],
    ['an empty file', '', 'the file is empty'],
    ['a header alone', fileOf([]), 'the file has no line after its header'],
    ['a column twice', fileOf([card(1)], [...columnsWithout(''), 'PAY_0']), 'the file has the column PAY_0 twice'],
  ])('refuses %s', (_, text, says) => {
    expect(() => readCardFile(text, 10)).toThrow(says);
  });

  const SOUND = fileOf([card(1), card(2)]);
  const utf16 = (order: 'le' | 'be', mark: string) => {
    const bytes = Buffer.from(`${mark}${SOUND}`, 'utf16le');
    return (order === 'le' ? bytes : bytes.swap16()).toString('utf8');
  };
  const descriptions = columnsWithout('')
    .map((_, index) => (index === 0 ? '' : `X${index}`))
    .join(',');

  it.each<[string, string, string]>([
    ['semicolons', SOUND.replaceAll(',', ';'), 'its columns are separated by semicolons: separate them by commas'],
    [
      'quoted semicolons behind a byte order mark',
      `\ufeff${SOUND.replace(/[^,\n]+/g, '"$&"').replaceAll(',', ';')}`,
      'its columns are separated by semicolons: separate them by commas',
    ],
    ['tabs', SOUND.replaceAll(',', '\t'), 'its columns are separated by tabs: separate them by commas'],
    ['sep=,', `sep=,\n${SOUND}`, 'line 1 is sep=,, a note for spreadsheets: remove it'],
    ['a quoted SEP=,', `\ufeff"SEP=,"\r\n${SOUND}`, 'line 1 is SEP=,, a note for spreadsheets: remove it'],
    [
      'sep=;',
      `sep=;\n${SOUND.replaceAll(',', ';')}`,
      'line 1 is sep=;, a note for spreadsheets: remove it, and separate the columns by commas',
    ],
    ['UTF-16, little end first, with its mark', utf16('le', '\ufeff'), 'the file is in UTF-16: save it as UTF-8'],
    ['UTF-16, little end first', utf16('le', ''), 'the file is in UTF-16: save it as UTF-8'],
    ['UTF-16, big end first, with its mark', utf16('be', '\ufeff'), 'the file is in UTF-16: save it as UTF-8'],
    ['UTF-16, big end first', utf16('be', ''), 'the file is in UTF-16: save it as UTF-8'],
    ['a spreadsheet', 'PK\u0003\u0004\0\0x', 'the file is an archive or a spreadsheet (ZIP, XLSX): save its content'],
    [
      'an old spreadsheet',
      Buffer.from('d0cf11e0a1b11ae10000', 'hex').toString('utf8'),
      'the file is a spreadsheet (XLS): save its content',
    ],
    ['zeros', SOUND.replace('ID', 'I\0\0D'), 'the file is no text: it has zero bytes'],
    [
      'a row of numbers above the names',
      `${descriptions}\n${SOUND}`,
      'line 2 is a second header row, with the names: remove what is above it',
    ],
    [
      'a title and a row of numbers above the names',
      `Accounts of 2005\n${descriptions}\n${SOUND}`,
      'line 3 is a second header row, with the names: remove what is above it',
    ],
  ])('tells %s what it is', (_, text, says) => {
    expect(() => readCardFile(text, 10)).toThrow(CardFileError);
    expect(() => readCardFile(text, 10)).toThrow(says);
  });

  it('still tells the column that one of another layout lacks by name', () => {
    const text = fileOf([card(1)], columnsWithout('PAY_3')).replaceAll(',', ';');
    expect(() => readCardFile(text, 10)).toThrow('its columns are separated by semicolons');
    expect(() => readCardFile(text.replaceAll(';', ','), 10)).toThrow('the file has no column PAY_3: add it');
  });

  it.each<[string, string]>([
    ['the names again', SOUND.split('\n')[0] ?? ''],
    ['the names in another order', (SOUND.split('\n')[0] ?? '').split(',').reverse().slice(1).join(',')],
    [
      'descriptions',
      columnsWithout('')
        .map((_, index) => `X${index}`)
        .join(','),
    ],
  ])('refuses %s below the header as a second header row, and reads the others', (_, row) => {
    const [names, first, ...rest] = SOUND.split('\n');
    const { accounts, refused } = readCardFile([names, first, row, ...rest].join('\n'), 10);
    expect(accounts.map(({ id }) => id)).toEqual([1, 2]);
    expect(refused).toEqual([{ line: 3, reason: 'it is a second header row: remove it' }]);
  });

  it('reads a number beside a no-break space within quotes, and one that has them between its groups', () => {
    const fields = {
      LIMIT_BAL: '"\u00a020000\u00a0"',
      BILL_AMT1: '" 1\u00a0234\u202f567 "',
      BILL_AMT2: '"-12\u00a0345"',
      PAY_0: '"\u00a0-1"',
    };
    const { accounts, refused } = readCardFile(fileOf([card('"1\u00a0"', fields)]), 10);
    expect(refused).toEqual([]);
    expect(accounts[0]).toMatchObject({ id: 1, limitFen: 2_000_000 });
    expect(accounts[0]?.months.slice(4)).toMatchObject([{ billFen: -1_234_500 }, { billFen: 123_456_700, status: -1 }]);
  });

  it.each(['1\u00a023', '1234\u00a0567', '1 234', '1\u00a02345'])('guesses nothing of "%s"', (text) => {
    const reason = `BILL_AMT1 is ${JSON.stringify(text)}: a whole number is needed`;
    expect(refusedWith({ BILL_AMT1: text })).toEqual([{ line: 3, reason }]);
  });

  it('does not need the columns that decide nothing', () => {
    const columns = columnsWithout('SEX').filter((name) => name !== 'AGE');
    expect(readCardFile(fileOf([card(1)], columns), 10).accounts).toHaveLength(1);
  });
});
