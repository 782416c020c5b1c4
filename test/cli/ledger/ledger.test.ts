/** The ledger's commands on a real database: what they tell, as data and as tables, and their exit codes. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ArgumentError } from '../../../src/cli/arguments';
import { ledger } from '../../../src/cli/ledger/ledger';
import { localUrls } from '../../../src/cli/operations/localDatabase';
import { localSecrets, secretsFile } from '../../../src/cli/operations/localSecrets';
import { beginClockSegment } from '../../../src/db/operations/clock';
import { withPool } from '../../../src/db/pool';
import { prepareDatabase } from '../../../src/db/roles/prepareDatabase';
import { inTransaction } from '../../../src/db/transaction';
import { processEnvironment } from '../../../src/platform/config/config';
import { booksKeysOf } from '../../../src/platform/config/keyVariables';
import {
  CASH_LOAN,
  noonOf,
  OPENED_ON,
  openOnTerms,
  payment,
  purchase,
  REVOLVING,
  stepsOn,
} from '../../db/servicedAccounts';
import { TENANT, useDatabase } from '../../db/testDatabase';
import { BOOKS_KEY } from '../../setup/environment';

const DIST = resolve(__dirname, '../../../dist');

const database = useDatabase();

beforeAll(async () => {
  const { pool } = database;
  const step = stepsOn(pool);
  await openOnTerms(pool, 'loan', CASH_LOAN);
  await step('loan', OPENED_ON, { kind: 'opening' });
  await step('loan', '2026-04-02', payment('p1', 173_884, '2026-04-02'));
  await openOnTerms(pool, 'card', REVOLVING);
  await step('card', OPENED_ON, { kind: 'opening' });
  await step('card', '2026-03-12', purchase('o1', 234_567, '2026-03-12'));
  await step('card', '2026-04-01');
});

/** Runs a command in this process, for the tenant of the tests. */
async function run(...words: string[]) {
  let text = '';
  const code = await ledger(words, {
    settings: { DATABASE_URL: database.url, TENANT_ID: TENANT, BOOKS_KEY },
    write: (written) => {
      text += written;
    },
    report: () => undefined,
  });
  return { code, text, json: () => JSON.parse(text) };
}

const refusal = (...words: string[]) =>
  run(...words).then(
    () => 'not refused',
    (error: Error) => {
      expect(error).toBeInstanceOf(ArgumentError);
      return error.message;
    },
  );

describe('trial-balance', () => {
  test('sums to nothing, as a whole and as of a date', async () => {
    const whole = await run('trial-balance', '--json');
    expect(whole.code).toBe(0);
    expect(whole.json()).toMatchObject({ tenantId: TENANT, asOf: null, totalFen: 0, differences: [] });
    const early = await run('trial-balance', '--as-of', '2026-03-11', '--json');
    expect(early.json()).toEqual({
      tenantId: TENANT,
      asOf: '2026-03-11',
      lines: [
        { ledgerAccount: 'funding', amountFen: -1_000_000 },
        { ledgerAccount: 'principal-receivable', amountFen: 1_000_000 },
      ],
      debitFen: 1_000_000,
      creditFen: 1_000_000,
      totalFen: 0,
      differences: [],
    });
  });

  test('is a table of debits and credits', async () => {
    const { text } = await run('trial-balance', '--as-of', '2026-03-11');
    expect(text).toBe(
      `trial balance of ${TENANT}, as of 2026-03-11\n\n` +
        'ledger account            debit     credit\n' +
        'funding                          10,000.00\n' +
        'principal-receivable  10,000.00\n' +
        'total                 10,000.00  10,000.00\n\n' +
        'balanced\n',
    );
  });

  test('ends with 1 when a balance is not what its postings sum to', async () => {
    const add = async (amountFen: number) => {
      await database.owner.query('alter table ledger_balance disable trigger only_by_posting');
      await database.owner.query(
        `update ledger_balance set amount_fen = amount_fen + $1 where account_id = 'card' and ledger_account = 'funding'`,
        [amountFen],
      );
      await database.owner.query('alter table ledger_balance enable trigger only_by_posting');
    };
    await add(3);
    const { code, text } = await run('trial-balance');
    await add(-3);
    expect(code).toBe(1);
    expect(text).toContain('DIFFERENCE: card funding: balance -2,345.64, postings -2,345.67');
  });
});

describe('statement', () => {
  test('has every entry with its lines and what each receivable then stands at', async () => {
    const { code, json } = await run('statement', 'loan', '--json');
    expect(code).toBe(0);
    const { opening, entries, closing } = json();
    expect(opening).toMatchObject({ 'principal-receivable': 0, 'interest-receivable': 0 });
    expect(entries.map(({ businessKey }: { businessKey: string }) => businessKey)).toEqual([
      'disbursement',
      'interest/1',
      'payment/p1',
    ]);
    const interestFen = 12_400;
    const principalFen = 1_000_000 - (173_884 - interestFen);
    expect(entries[1].receivables).toMatchObject({
      'principal-receivable': 1_000_000,
      'interest-receivable': interestFen,
    });
    expect(entries[2].lines).toContainEqual({ account: 'collections', amountFen: 173_884 });
    expect(closing).toEqual({
      'fee-receivable': 0,
      'penalty-receivable': 0,
      'interest-receivable': 0,
      'principal-receivable': principalFen,
    });
  });

  test('of a range begins with what stood before it', async () => {
    const { json } = await run('statement', 'loan', '--from', '2026-03-03', '--to', '2026-03-31', '--json');
    expect(json()).toMatchObject({ entries: [], opening: { 'principal-receivable': 1_000_000 } });
    expect(json().closing).toEqual(json().opening);
  });

  test('is a table', async () => {
    const { text } = await run('statement', 'card');
    expect(text).toBe(
      `entries of card, ${TENANT}\n\n` +
        'date        entry        line                     amount  principal-receivable\n' +
        '            opening                                                       0.00\n' +
        '2026-03-12  purchase/o1  principal-receivable   2,345.67\n' +
        '                         funding               -2,345.67              2,345.67\n' +
        '            closing                                                   2,345.67\n',
    );
  });
});

describe('payoff', () => {
  test('quotes the components on a date, and their total', async () => {
    const { code, json } = await run('payoff', 'loan', '--on', '2026-04-12', '--json');
    expect(code).toBe(0);
    // Ten days of 0.04 % on what is not due yet.
    const principalFen = 838_516;
    expect(json()).toEqual({
      tenantId: TENANT,
      accountId: 'loan',
      on: '2026-04-12',
      stage: 'current',
      principalFen,
      interestFen: 3_354,
      penaltyFen: 0,
      feeFen: 0,
      creditFen: 0,
      recoverableFen: 0,
      totalFen: principalFen + 3_354,
    });
  });

  test('counts penalty when the date comes too late', async () => {
    const { json } = await run('payoff', 'card', '--on', '2026-04-25', '--json');
    expect(json()).toMatchObject({ stage: 'overdue', principalFen: 234_567, penaltyFen: 1_759, totalFen: 236_326 });
  });

  test('is a table', async () => {
    const { text } = await run('payoff', 'card', '--on', '2026-04-25');
    expect(text).toContain('principal  2,345.67\ninterest       0.00\npenalty       17.59\n');
    expect(text).toMatch(/total +2,363\.26\n$/);
  });

  test.each([
    ['card', '2026-03-01', '--on 2026-03-01 cannot be quoted: give a date from 2026-03-02 to 2027-04-02'],
    ['loan', '2027-04-04', '--on 2027-04-04 cannot be quoted: give a date from 2026-03-02 to 2027-04-03'],
    ['nobody', '2026-04-12', `there is no account nobody of tenant ${TENANT}`],
  ])('of %s on %s is refused', async (accountId, on, message) => {
    expect(await refusal('payoff', accountId, '--on', on)).toBe(message);
  });
});

describe('close', () => {
  test('is recorded: 1 and its differences when it is red, 0 and the trial balance when it is green', async () => {
    const add = (amountFen: number) =>
      database.owner.query(
        `update credit_account set outstanding_fen = outstanding_fen + $1 where account_id = 'card'`,
        [amountFen],
      );
    await add(100);
    const red = await run('close', '--date', '2026-04-02');
    await add(-100);
    expect(red.code).toBe(1);
    expect(red.text).toMatch(/^close \d+ of 2026-04-02, lender: FAILED with 1 difference; 2 accounts, /);
    expect(red.text).toMatch(/card +projection +outstandingFen +2,346\.67 +2,345\.67\n/);
    const green = await run('close', '--date=2026-04-02', '--json');
    expect(green.code).toBe(0);
    expect(green.json()).toMatchObject({ outcome: 'succeeded', businessDate: '2026-04-02', differences: [] });
    expect(await refusal('close', '--date', '2026-04-02')).toBe('2026-04-02 is closed already: close a later date');
    const behind = await run('close', '--date', '2026-04-11');
    expect(behind.code).toBe(1);
    expect(behind.text).toMatch(/card +behind +2026-04-11\n/);
  });

  test('of a date that has not come is refused', async () => {
    // A clock at 1000 x that stood still since 3 April: real time says nothing.
    await inTransaction(database.pool, (client) =>
      beginClockSegment(client, {
        segment: 1,
        clock: { realEpochMs: 0, businessEpochMs: noonOf('2026-04-03'), speed: 1000 },
      }),
    );
    const message = await refusal('close', '--date', '2026-04-04');
    expect(message).toBe('--date 2026-04-04 has not come yet: the business date is 2026-04-03');
  });
});

describe('wrong use', () => {
  test.each([
    [[], /nothing is no command of the ledger\nusage: ledger close/],
    [['toString'], /toString is no command of the ledger/],
    [['close'], /close needs a date, such as --date 2026-03-31/],
    [['close', '--date', '2026-02-30'], /--date 2026-02-30 is not a real date such as 2026-03-31/],
    [['close', '2026-03-31'], /2026-03-31 is not known here/],
    [['trial-balance', '--on', '2026-03-31'], /--on is not known here; there are --as-of, --tenant, --state, --json/],
    [['statement'], /statement needs an account/],
    [['statement', 'loan', '--from', '2026-04-02', '--to', '2026-04-01'], /--from 2026-04-02 is after --to 2026-04-01/],
    [['statement', 'nobody'], /there is no account nobody of tenant lender/],
    [['payoff', 'loan'], /payoff needs a date, such as --on 2026-04-10/],
    [['trial-balance', '--tenant', 'other'], /there is no tenant other here/],
  ])('%j is refused', async (words, message) => {
    expect(await refusal(...words)).toMatch(message);
  });

  test('of the database is told', async () => {
    const surroundings = { write: () => undefined, report: () => undefined };
    const stateDir = mkdtempSync(join(tmpdir(), 'creditloom-ledger-'));
    try {
      const without = ledger(['trial-balance', '--state', stateDir], { ...surroundings, settings: {} });
      await expect(without).rejects.toThrow(/DATABASE_URL is not set, and `npm start` keeps no database here/);
      const settings = { DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/books' };
      const silent = await ledger(['trial-balance'], { ...surroundings, settings }).catch((error: Error) => error);
      expect(silent).toBeInstanceOf(ArgumentError);
      expect(String(silent)).toMatch(/DATABASE_URL names 127\.0\.0\.1:1\/books, which does not answer/);
      expect(String(silent)).not.toContain('secret');
    } finally {
      rmSync(stateDir, { recursive: true });
    }
  });
});

/** The compiled command as a process of its own. */
async function runProcess(
  settings: Record<string, string>,
  ...words: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const module = resolve(DIST, 'cli/ledger/ledger.js');
  const env = { ...processEnvironment(), DATABASE_URL: database.url, TENANT_ID: TENANT, BOOKS_KEY, ...settings };
  const child = spawn(process.execPath, [module, ...words], { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, stdout, stderr };
}

/** A server on the folder of a start, in a process of its own as a start is; it ends when it is told. */
async function startKept(stateDir: string): Promise<{ url: string; stop(): Promise<void> }> {
  const script = `require(${JSON.stringify(resolve(DIST, 'platform/provision/index.js'))})
    .startPostgres({ dataDir: ${JSON.stringify(join(stateDir, 'postgres'))}, persistent: true })
    .then(({ url, stop }) => { process.stdout.write(url); process.stdin.once('end', stop).resume(); })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const url = await new Promise<string>((done, fail) => {
    child.stdout.once('data', (chunk) => done(String(chunk)));
    child.once('close', () => fail(new Error('the server did not come up')));
  });
  const stop = () => {
    child.stdin.end();
    return ended;
  };
  return { url, stop };
}

test('without DATABASE_URL it reads the database that npm start keeps, whether that runs or stands still', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'creditloom-ledger-'));
  // The server may run as another user, who must be able to enter.
  chmodSync(stateDir, 0o755);
  const ask = async () => {
    const words = ['payoff', 'kept', '--on', '2026-04-25', '--state', stateDir, '--json'];
    const { code, stdout, stderr } = await runProcess({ DATABASE_URL: '' }, ...words);
    return { code, accountId: JSON.parse(stdout).accountId, hasStarted: /PostgreSQL: serving/.test(stderr) };
  };
  const server = await startKept(stateDir);
  try {
    const secrets = localSecrets(secretsFile(stateDir));
    await prepareDatabase(localUrls(server.url, secrets));
    const books = booksKeysOf({ BOOKS_KEY: secrets.booksKey });
    const settings = { max: 1, applicationName: 'creditloom-test', statementTimeoutMs: 15_000, books };
    await withPool({ connectionString: server.url, ...settings }, (pool) => openOnTerms(pool, 'kept', REVOLVING));
    expect(await ask()).toEqual({ code: 0, accountId: 'kept', hasStarted: false });
    await server.stop();
    expect(await ask()).toEqual({ code: 0, accountId: 'kept', hasStarted: true });
    // It was stopped again: the next one starts it once more.
    expect(await ask()).toEqual({ code: 0, accountId: 'kept', hasStarted: true });
  } finally {
    await server.stop();
    rmSync(stateDir, { recursive: true });
  }
}, 180_000);

test('as a process it writes its report to stdout alone, and ends with 0, or 2 after wrong use', async () => {
  const good = await runProcess({}, 'payoff', 'card', '--on', '2026-04-25', '--json');
  expect({ code: good.code, stderr: good.stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(good.stdout)).toMatchObject({ accountId: 'card', totalFen: 236_326 });
  const wrong = await runProcess({}, 'payoff', 'card', '--on', 'tomorrow');
  expect(wrong).toEqual({ code: 2, stdout: '', stderr: '--on tomorrow is not a real date such as 2026-03-31\n' });
});
