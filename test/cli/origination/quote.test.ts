/** `quote` as its users run it: a process of its own, figures on its output, refusals beside it. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { ArgumentError } from '../../../src/cli/arguments';
import { main } from '../../../src/cli/origination/quote';
import { byContent } from '../../support/inOrder';
import vectors from '../../vectors.json';

const COMMAND = join(__dirname, '../../../dist/cli/origination/quote.js');

/** Words of a command line; none of these tests has blanks within a word. */
function run(line: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...line.split(' ')], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** What is on the output, and nothing but that, as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: every question has a shape of its own, and each test says what it expects
function answer(line: string): any {
  const { status, stdout, stderr } = run(`${line} --json`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

/**
 * What refuses a command line, in this process: some sixty of them are a second here and half a minute as processes.
 * That a refusal ends a process with 2 and prints nothing is seen in processes below.
 */
async function refusalOf(line: string): Promise<string> {
  const output = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await main(line.split(' '));
    return 'no refusal';
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    expect(output).not.toHaveBeenCalled();
    return (error as Error).message;
  } finally {
    output.mockRestore();
  }
}

const LOAN = 'cash-loan --principal 10000.00 --daily-rate 0.0004 --start 2026-01-15 --months 6';

describe('quote cash-loan', () => {
  it('V1: level by month, without dates', () => {
    const vector = vectors.V1_equal_instalment_monthly_12;
    expect(answer('cash-loan --principal 10000.00 --monthly-rate 0.012 --months 12 --method level-monthly')).toEqual({
      instalments: vector.rows.map((row) => ({
        number: row.k,
        dueDate: null,
        days: null,
        paymentFen: row.payFen,
        principalFen: row.principalFen,
        interestFen: row.interestFen,
        balanceFen: row.balanceFen,
      })),
      totalInterestFen: vector.totalInterestFen,
      aprNominal: Number(vector.aprNominal),
      ear: Number(vector.ear),
    });
  });

  it('V1 by month with a start has due dates', () => {
    const line =
      'cash-loan --principal 10000.00 --monthly-rate 0.012 --months 12 --method level-monthly --start 2026-01-31';
    const [first, second] = answer(line).instalments;
    expect([first.dueDate, first.days, second.dueDate, second.days]).toEqual(['2026-02-28', 28, '2026-03-31', 31]);
    expect([first.paymentFen, first.interestFen]).toEqual([89_975, 12_000]);
  });

  it('V3: level by actual days', () => {
    const vector = vectors.V3_equal_instalment_daily_actual_6;
    const { instalments, totalInterestFen } = answer(`${LOAN} --method level`);
    expect(totalInterestFen).toBe(vector.totalInterestFen);
    expect(instalments).toEqual(
      vector.rows.map((row) => ({
        number: row.k,
        dueDate: row.due,
        days: row.days,
        paymentFen: row.payFen,
        principalFen: row.principalFen,
        interestFen: row.interestFen,
        balanceFen: row.balanceFen,
      })),
    );
  });

  it('V4: interest first', () => {
    const vector = vectors.V4_interest_first_6;
    const { instalments, totalInterestFen } = answer(`${LOAN} --method interest-first`);
    expect(totalInterestFen).toBe(vector.totalInterestFen);
    expect(
      // biome-ignore lint/suspicious/noExplicitAny: read from JSON
      instalments.map((row: any) => [row.dueDate, row.days, row.paymentFen, row.principalFen, row.interestFen]),
    ).toEqual(vector.rows.map((row) => [row.due, row.days, row.payFen, row.principalFen, row.interestFen]));
  });

  it('takes a rate of zero, and one with fourteen decimals', () => {
    const free = answer('cash-loan --principal 100.00 --monthly-rate 0 --months 3');
    expect([free.totalInterestFen, free.aprNominal, free.ear]).toEqual([0, 0, 0]);
    const fine = answer('cash-loan --principal 1000000.00 --monthly-rate 0.01000000000001 --months 1');
    expect(fine.totalInterestFen).toBe(1_000_000);
  });

  it('checks the ranges of a product only when asked', () => {
    const outside = 'cash-loan --principal 500.00 --daily-rate 0.001 --start 2026-01-15 --months 7 --method level';
    expect(run(outside).status).toBe(0);
    const { status, stdout, stderr } = run(`${outside} --product cash-loan`);
    expect({ status, stdout, lines: stderr.trim().split('\n') }).toEqual({
      status: 2,
      stdout: '',
      lines: [
        '--principal 500.00 is outside cash-loan: it lends 1,000.00 to 200,000.00',
        '--months 7 is outside cash-loan: it runs 3, 6, 12 months',
        '--daily-rate 0.001 is outside cash-loan: it charges 0.00015 to 0.0006 a day',
      ],
    });
    expect(run(`${LOAN} --method level --product cash-loan`).status).toBe(0);
  });

  it('holds a monthly rate against thirty days of the range', () => {
    const line = 'cash-loan --principal 10000.00 --months 12 --product cash-loan --method level-monthly --monthly-rate';
    expect(run(`${line} 0.0181`).stderr).toContain('--monthly-rate 0.0181 is outside cash-loan');
    expect(run(`${line} 0.018`).stderr).not.toContain('--monthly-rate');
  });

  it('prints a table for people', () => {
    const { status, stdout } = run(`${LOAN} --method level`);
    expect(status).toBe(0);
    expect(stdout).toContain('  1  2026-02-15    31   1,737.59   1,613.59    124.00  8,386.41\n');
    expect(stdout).toMatch(/annual rate, effective +15\.4411 %\n$/);
  });
});

describe('quote instalment', () => {
  it.each(vectors.V6_huabei_instalment)('V6: in $n, at the fee of the default policy', (vector) => {
    const quote = answer(`instalment --principal 3000.00 --months ${vector.n}`);
    expect([quote.totalInterestFen, quote.totalFeeFen]).toEqual([0, vector.totalFeeFen]);
    expect([quote.aprNominal.toFixed(6), quote.ear.toFixed(6)]).toEqual([vector.aprNominal, vector.ear]);
    const { payFen, principalFen, feeFen } = vector.each;
    expect(quote.instalments).toHaveLength(vector.n);
    expect(quote.instalments[0]).toEqual({
      number: 1,
      dueDate: null,
      days: null,
      paymentFen: payFen,
      principalFen,
      interestFen: 0,
      feeFen,
      balanceFen: 300_000 - principalFen,
    });
    expect(quote.instalments.at(-1)).toMatchObject({ paymentFen: vector.last.payFen, balanceFen: 0 });
  });

  it('takes another rate, and lets the merchant pay', () => {
    expect(answer('instalment --principal 3000.00 --months 5 --fee-rate 0.04').totalFeeFen).toBe(12_000);
    const merchant = answer('instalment --principal 3000.00 --months 12 --fee-payer merchant');
    expect(merchant).toMatchObject({ totalFeeFen: 0, merchantFeeFen: 26_400, aprNominal: 0, ear: 0 });
    expect(merchant.instalments[0]).toMatchObject({ paymentFen: 25_000, feeFen: 0 });
  });
});

describe('quote cost', () => {
  const COST = 'cost --principal 10000.00 --months 12';

  it.each([
    ['--monthly-rate 0.015', '0.180002', true],
    ['--monthly-rate 0.015 --upfront-fee 300.00', '0.239090', true],
    ['--monthly-rate 0.015 --monthly-fee 25.00', '0.232149', true],
    ['--monthly-rate 0.015 --monthly-fee 50.00', '0.283556', false],
    ['--monthly-rate 0.02', '0.240001', true],
    ['--monthly-rate 0.02 --tolerance 0', '0.240001', false],
    ['--monthly-rate 0.015 --cap 0.12', '0.180002', false],
  ])('V11: %s is %s, within the cap: %p', (options, aprNominal, withinCap) => {
    const quote = answer(`${COST} ${options}`);
    expect([quote.aprNominal.toFixed(6), quote.withinCap]).toEqual([aprNominal, withinCap]);
  });

  it('says what it was held against, and what was received and paid', () => {
    const quote = answer(`${COST} --monthly-rate 0.015 --upfront-fee 300.00 --monthly-fee 50.00`);
    expect(quote).toMatchObject({ cap: '0.24', tolerance: '0.000001', receivedFen: 970_000, totalFeeFen: 90_000 });
    expect(quote.instalments).toHaveLength(12);
    expect(quote.instalments[0]).toMatchObject({ paymentFen: 96_680, interestFen: 15_000, feeFen: 5_000 });
  });

  it('takes a daily rate, a start and a method', () => {
    const quote = answer(`${COST} --daily-rate 0.0004 --start 2026-01-15 --method interest-first`);
    expect(quote.instalments[1]).toMatchObject({ dueDate: '2026-03-15', days: 28, interestFen: 11_200 });
    expect(quote.withinCap).toBe(true);
  });
});

describe('quote penalty', () => {
  it.each([
    ['--principal 500.00 --days 5 --product revolving', '0.0005', '1/2000', 125],
    ['--principal 2345.67 --days 15 --penalty-rate 0.0005', '0.0005', '1/2000', 1_759],
    ['--principal 2345.67 --days 15 --product revolving', '0.0005', '1/2000', 1_759],
    ['--principal 10000.00 --days 10 --daily-rate 0.0004', '0.0006', '3/5000', 6_000],
    ['--principal 10000.00 --days 365 --daily-rate 0.0005', '0.00065753424657', '6/9125', 240_000],
    ['--principal 10000.00 --days 365 --daily-rate 0.0005 --product cash-loan', '0.00065753424657', '6/9125', 240_000],
    ['--principal 10000.00 --days 0 --daily-rate 0.0005', '0.00065753424657', '6/9125', 0],
    ['--principal 10000.00 --days 9 --penalty-rate 0', '0', '0/1', 0],
  ])('V7: %s is at %s, %s: %p fen', (options, dailyRate, dailyRateFraction, penaltyFen) => {
    expect(answer(`penalty ${options}`)).toMatchObject({ dailyRate, dailyRateFraction, penaltyFen });
  });
});

describe('quote payment', () => {
  const OWED = '--owed fee=1.00,penalty=2.00,interest=3.00,principal=100.00';

  it('settles costs, then interest, then principal', () => {
    expect(answer(`payment ${OWED} --amount 50.00`)).toEqual({
      amountFen: 5_000,
      order: ['fee', 'penalty', 'interest', 'principal'],
      settled: { feeFen: 100, penaltyFen: 200, interestFen: 300, principalFen: 4_400 },
      settledFen: 5_000,
      leftFen: 0,
      stillOwed: { feeFen: 0, penaltyFen: 0, interestFen: 0, principalFen: 5_600 },
      stillOwedFen: 5_600,
    });
  });

  it('settles in another order, stops where the money ends, and tells what is left over', () => {
    const principalFirst = answer(`payment ${OWED} --amount 102.50 --order principal,interest,penalty,fee`);
    expect(principalFirst.settled).toEqual({ feeFen: 0, penaltyFen: 0, interestFen: 250, principalFen: 10_000 });
    expect(answer('payment --owed=penalty=17.59,principal=2345.67 --amount 2500.00')).toMatchObject({
      settled: { feeFen: 0, penaltyFen: 1_759, interestFen: 0, principalFen: 234_567 },
      leftFen: 13_674,
      stillOwedFen: 0,
    });
  });
});

describe('docs/quote.md', () => {
  const text = readFileSync(join(__dirname, '../../../docs/quote.md'), 'utf8');
  const shown = [...text.matchAll(/^```console\n\$ npx creditloom quote (.*)\n([\s\S]*?)^```/gm)];

  it('shows every question', () => {
    const questions = new Set(shown.map(([, line]) => line?.split(' ')[0]));
    expect([...questions].sort(byContent)).toEqual(['cash-loan', 'cost', 'instalment', 'payment', 'penalty']);
  });

  it.each(shown.map(([, line = '', output = '']) => [line, output]))('shows what %s prints', (line, output) => {
    const { stdout, stderr } = run(line);
    expect(stdout + stderr).toBe(output);
  });
});

describe('refusals', () => {
  it.each([
    ['cash-loan --principal 1e3 --months 6 --monthly-rate 0.01 --json', '--principal "1e3" is no amount'],
    ['cash-loan --principal 1.00 --months 6 --colour red --json', '--colour is not known here'],
    ['cash-loan --principal 1.00 --months 0 --monthly-rate 0.01', '--months 0 is not a whole number'],
    [
      'cost --principal 1.00 --months 1 --monthly-rate 1 --monthly-fee 9.00 --json',
      'this cannot be quoted: payments of',
    ],
    ['', '"" is no question; there are:'],
  ])('of %j end a process with 2, beside an empty output', (line, says) => {
    const { status, stdout, stderr } = run(line);
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: expect.stringContaining(says) });
  });

  const MONEY = 'give yuan with two decimals';
  it.each([
    ['--principal 1e3', `--principal "1e3" is no amount: ${MONEY}`],
    ['--principal 10', `--principal "10" is no amount: ${MONEY}`],
    ['--principal 10.0', `--principal "10.0" is no amount: ${MONEY}`],
    ['--principal 10.000', `--principal "10.000" is no amount: ${MONEY}`],
    ['--principal -1.00', `--principal "-1.00" is no amount: ${MONEY}`],
    ['--principal 1,000.00', `--principal "1,000.00" is no amount: ${MONEY}`],
    ['--principal 00.10', `--principal "00.10" is no amount: ${MONEY}`],
    ['--principal 99999999999.00', '--principal "99999999999.00" is no amount'],
    ['--principal 1000000000.01', 'give yuan with two decimals, at most 1000000000.00'],
    ['--principal=', '--principal "" is no amount'],
    ['--principal 0.00', '--principal 0.00 is too little: give at least 0.01, such as 10000.00'],
    ['--months 0', '--months 0 is not a whole number from 1 to 360, such as 12'],
    ['--months 361', '--months 361 is not a whole number from 1 to 360'],
    ['--months 6.5', '--months 6.5 is not a whole number'],
    ['--start 2026-02-30', '--start "2026-02-30" is no date: give a real one such as 2026-01-15'],
    ['--start 15.01.2026', '--start "15.01.2026" is no date'],
    ['--start 9999-12-31', '--start 9999-12-31 is not from 1900-01-01 to 2199-12-31'],
    ['--daily-rate 0.04%', '--daily-rate "0.04%" is no rate: give a decimal from 0 to 1 with at most 14 decimals'],
    ['--daily-rate -0.0004', '--daily-rate "-0.0004" is no rate'],
    ['--daily-rate 1.1', '--daily-rate "1.1" is no rate'],
    ['--daily-rate 0.000400000000001', '--daily-rate "0.000400000000001" is no rate'],
    ['--method balloon', '--method "balloon" is not one of level, level-monthly, interest-first'],
    ['--product huge', '--product "huge" is not one of cash-loan'],
    ['--monthly-rate 0.012', '--daily-rate and --monthly-rate exclude each other'],
    ['--colour red', '--colour is not known here; there are --principal'],
    ['now', '"now" is not known here: options begin with --'],
    ['--daily-rate 1', 'this cannot be quoted: payments of'],
  ])('cash-loan %s', async (words, says) => {
    // What a case gives takes the place of what is right otherwise.
    const right = {
      principal: '10000.00',
      'daily-rate': '0.0004',
      start: '2026-01-15',
      months: '6',
      method: 'level',
    };
    const kept = Object.entries(right).filter(([name]) => !words.startsWith(`--${name}`));
    const options = kept.map(([name, value]) => `--${name} ${value}`).join(' ');
    const refusal = await refusalOf(`cash-loan ${options} ${words} --json`);
    expect(refusal).toContain(says);
    expect(refusal.split('\n')).toHaveLength(1);
  });

  it.each([
    ['cash-loan --principal 1.00 --months 6', 'one of --daily-rate, --monthly-rate is missing: give exactly one'],
    ['cash-loan --months 6 --daily-rate 0.0004', '--principal is missing: give it, such as --principal 10000.00'],
    ['cash-loan --principal 1.00 --daily-rate 0.0004', '--months is missing: give it, such as --months 12'],
    ['cash-loan --principal 1.00 --months 6 --daily-rate 0.0004', '--start is missing: --method level counts days'],
    ['cash-loan --principal 1.00 --principal 2.00 --months 6', '--principal is given twice'],
    ['cash-loan --principal', '--principal needs a value'],
    [
      'cash-loan --principal 1.00 --months 6 --monthly-rate 0.01 --method interest-first',
      '--method interest-first counts days, and --monthly-rate has none',
    ],
    [
      'instalment --principal 3000.00 --months 5',
      '--months 5 has no fee in the default policy: give one of 3, 6, 9, 12',
    ],
    ['instalment --principal 3000.00 --months 12 --fee-payer nobody', '--fee-payer "nobody" is not one of borrower'],
    [
      'instalment --principal 99.99 --months 12 --product revolving',
      '--principal 99.99 is outside revolving: it splits 100.00 or more',
    ],
    [
      'cost --principal 100.00 --months 3 --monthly-rate 0.01 --upfront-fee 100.00',
      '--upfront-fee 100.00 leaves nothing of 100.00',
    ],
    ['cost --principal 100.00 --months 3 --monthly-rate 0.01 --monthly-fee 5', '--monthly-fee "5" is no amount'],
    ['cost --principal 100.00 --months 3 --monthly-rate 0.01 --cap 24', '--cap "24" is no rate'],
    ['penalty --principal 100.00 --days 3', 'one of --daily-rate, --product revolving, --penalty-rate is missing'],
    ['penalty --principal 100.00 --days 3 --daily-rate 0.0004 --penalty-rate 0.0005', 'exclude each other'],
    ['penalty --principal 100.00 --days 3 --product revolving --daily-rate 0.0004', 'exclude each other'],
    ['penalty --principal 100.00 --days 3 --product cash-loan', '--daily-rate is missing'],
    ['penalty --principal 100.00 --days -1 --penalty-rate 0.0005', '--days -1 is not a whole number from 0'],
    ['payment --amount 50.00', '--owed is missing'],
    ['payment --owed fees=1.00 --amount 50.00', '--owed "fees=1.00" is not one of fee, penalty, interest, principal'],
    ['payment --owed fee --amount 50.00', '--owed "fee" is not one of'],
    ['payment --owed fee=1 --amount 50.00', '--owed fee "1" is no amount'],
    ['payment --owed fee=1.00,fee=2.00 --amount 50.00', '--owed names fee twice'],
    ['payment --owed fee=1.00 --amount 0.00', '--amount 0.00 is too little: give at least 0.01'],
    ['payment --owed fee=1.00 --amount 1.00 --order fee,principal', '--order "fee,principal" is no order of all four'],
    ['payment --owed fee=1.00 --amount 1.00 --order fee,fee,interest,principal', 'is no order of all four'],
    ['mortgage --principal 1.00', '"mortgage" is no question; there are:'],
    ['constructor', '"constructor" is no question'],
  ])('%s', async (line, says) => {
    expect(await refusalOf(line)).toContain(says);
  });

  it('shows its questions when asked', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    expect(stdout.match(/^ {2}quote \S+/gm)).toHaveLength(5);
  });
});
