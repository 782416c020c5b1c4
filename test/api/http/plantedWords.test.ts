/** What a failing statement says over HTTP and in the API's log: each table refuses every row, one after the other. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { applicationOf, type Harness, openedAccount, startHarness } from '../harness';

const WORD = 'planted-word-of-somebody';
const BORROWER = 'borrower-of-application-of-card';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
  await openedAccount(harness, 'card', 'revolving');
}, 60_000);
afterAll(() => harness.close());

/** Requests that write, each with the word in whatever takes a text. */
function requests(turn: number): [method: 'POST' | 'PUT', url: string, body: object][] {
  const application = applicationOf(`${WORD}-${turn}`, {
    borrower: { borrowerId: `${WORD}-${turn}`, name: WORD, idNumber: '000000199003071236', phone: '13812348000' },
  });
  return [
    ['POST', '/v1/applications', application],
    ['POST', `/v1/borrowers/${BORROWER}/holds`, { holdId: `${WORD}-${turn}`, kind: 'hardship', placedBy: WORD }],
    ['PUT', `/v1/borrowers/${BORROWER}/contact`, { email: `${WORD}@example.com`, pushToken: `${WORD}-token` }],
    [
      'POST',
      '/v1/incidents',
      { by: WORD, measures: ['draws'], scope: {}, reasonCode: 'A_TEST', remedyChannel: `${WORD}-hotline` },
    ],
  ];
}

/** Open routes answer evenly, which takes its time: only where they write. */
const OPEN: Record<string, [url: string, body: object]> = {
  code_check: ['/v1/notices/verify', { phone: '13812348000', code: '7H4KQ9XW' }],
  fraud_report: ['/v1/notices/report', { phone: '13812348000', sender: 'other', reason: 'asked-for-code' }],
};

function asked(table: string, turn: number) {
  const [url, body] = OPEN[table] ?? [];
  return url && body ? [['POST', url, body] as const, ...requests(turn)] : requests(turn);
}

it('names the request in the answer and the constraint in the log, and the word nowhere', async () => {
  const { rows: tables } = await harness.pool.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
  );
  const refused = new Set<string>();
  for (const [turn, { name }] of tables.entries()) {
    await harness.owner.query(`alter table ${name} add constraint planted_refusal check (false) not valid`);
    for (const [method, url, payload] of asked(name, turn)) {
      const headers = { 'idempotency-key': `${name}-${url.replaceAll('/', '.')}` };
      const answer = await harness.call({ method, url, payload, headers });
      if (answer.status !== 500) continue;
      refused.add(name);
      expect(answer.text).not.toContain(WORD);
      expect(answer.text).not.toMatch(/planted_refusal|violates|constraint/);
    }
    await harness.owner.query(`alter table ${name} drop constraint planted_refusal`);
  }
  expect([...refused]).toEqual(
    expect.arrayContaining([
      'application',
      'borrower',
      'code_check',
      'contact_hold',
      'fraud_report',
      'idempotency_record',
      'vault_identity_version',
    ]),
  );
  const faults = harness.log.filter((line) => line.includes('planted_refusal')).map((line) => JSON.parse(line));
  expect(new Set(faults.map(({ err }) => err.table))).toEqual(refused);
  for (const { err } of faults) {
    expect(err.message).toBe(
      `PostgreSQL: a rule of the table is broken (23514), constraint planted_refusal, table ${err.table}`,
    );
  }
  expect(harness.log.filter((line) => line.includes(WORD))).toEqual([]);
}, 120_000);
