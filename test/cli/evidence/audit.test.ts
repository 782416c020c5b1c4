/** The audit on a real database: green on what our code wrote, red with a name for whatever a superuser does to it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ArgumentError } from '../../../src/cli/arguments';
import { audit } from '../../../src/cli/evidence/audit';
import { textHash } from '../../../src/db/contentHash';
import { recordDecision } from '../../../src/db/evidence/decisions';
import { appendEvidence, lockEvidence, readEvidence } from '../../../src/db/evidence/evidenceRecords';
import { creditDecisionEvidence, incidentEvidence, templateEvidence } from '../../../src/db/evidence/recordContents';
import { recordIncidentEvent } from '../../../src/db/incidents/incidentEvents';
import { openIncident } from '../../../src/db/incidents/incidentOpenings';
import { appendNoticeEvidence } from '../../../src/db/messaging/outbox/noticeEvidence';
import { cancelNotice, markOutcome, planNotices } from '../../../src/db/messaging/outbox/notices';
import { insertTemplate } from '../../../src/db/messaging/templates/templates';
import { type Client, inTransaction } from '../../../src/db/transaction';
import { recordHash } from '../../../src/domain/evidence/evidenceChain';
import { HIDDEN_CODE } from '../../../src/domain/messaging/codes/verificationCodes';
import { CASH_LOAN, openOnTerms, sentBy, stepsOn } from '../../db/servicedAccounts';
import { DAY_MS, NOW_MS, openAccount, POLICY_VERSION, TENANT, useDatabase } from '../../db/testDatabase';
import { BOOKS_KEY } from '../../setup/environment';
import { markAttempted } from '../../support/ofOne';

const database = useDatabase();
const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);
const TEXT = `【示例】您的账单已出，应还88.00元。核验码${HIDDEN_CODE}仅供核验`;

async function command(...words: string[]) {
  let text = '';
  const reported: string[] = [];
  const settings = { DATABASE_URL: database.url, TENANT_ID: TENANT, BOOKS_KEY };
  const write = (written: string) => {
    text += written;
  };
  const code = await audit(words, { settings, write, report: (line) => void reported.push(line) });
  return { code, text, said: reported.join('\n'), json: () => JSON.parse(text) };
}

const verify = async () => {
  const { code, json } = await command('verify', '--json');
  const { findings } = json() as { findings: { finding: string; what: string }[] };
  return { code, found: findings.map(({ finding, what }) => `${finding} ${what}`) };
};

const notices: string[] = [];

async function sendNotice(noticeId: string): Promise<void> {
  const ref = { tenantId: TENANT, noticeId };
  const attempted = { ...ref, provider: 'sink', templateVersion: 1, text: TEXT, parts: 1, atMs: NOW_MS };
  const figures = { amountFen: 8800 };
  await run(async (client) => {
    await markAttempted(client, { ...attempted, figures });
    await appendNoticeEvidence(client, { tenantId: TENANT, noticeIds: [noticeId], atMs: NOW_MS });
  });
  const outcome = {
    status: 'accepted' as const,
    providerMessageIds: [`m-${noticeId}`] as [string],
    nextLookAtMs: NOW_MS + DAY_MS,
  };
  await run(async (client) => {
    await markOutcome(client, { ...ref, attempt: 1, provider: 'sink', outcome, atMs: NOW_MS });
    await appendNoticeEvidence(client, { tenantId: TENANT, noticeIds: [noticeId], atMs: NOW_MS });
    // Again: the chain knows it.
    await appendNoticeEvidence(client, { tenantId: TENANT, noticeIds: [noticeId], atMs: NOW_MS });
  });
}

async function planThree(): Promise<void> {
  const ref = await run((client) => openAccount(client, 'told'));
  const planned = ['a', 'b', 'c'].map((dedupeKey) => ({
    kind: 'due-soon' as const,
    dedupeKey,
    obligationKey: 'instalment-1',
    priority: 3,
    sendAfterMs: NOW_MS,
    expiresAtMs: NOW_MS + DAY_MS,
  }));
  await run((client) => planNotices(client, { ...ref, borrowerId: 'told-borrower', lane: 1, notices: planned }));
  const { rows } = await database.owner.query('select notice_id as id from notice order by dedupe_key');
  notices.push(...rows.map(({ id }) => id));
}

async function decide(): Promise<void> {
  const atMs = NOW_MS;
  await run(async (client) => {
    const decision = {
      tenantId: TENANT,
      subjectKind: 'application' as const,
      subjectId: 'told-application',
      kind: 'approved',
      reasonCodes: ['LIMIT_BY_BAND'],
      policyVersion: POLICY_VERSION,
      body: { scorePoints: 640, share: 0.25 },
      decidedAtMs: atMs,
      decidedBy: 'policy',
    };
    const decisionId = await recordDecision(client, decision);
    const template = { kind: 'due-soon' as const, version: 1, body: 'text', signature: '示例', approvedBy: 'staff-1' };
    await insertTemplate(client, { tenantId: TENANT, ...template });
    const opened = await openIncident(client, {
      tenantId: TENANT,
      dedupeKey: 'surge',
      measures: ['notices'],
      reasonCode: 'NOTICE_SURGE',
      remedyChannel: 'hotline',
      openedBy: { kind: 'guard', id: 'anomaly' },
      atMs,
    });
    const event = { eventKey: 'noted-1', kind: 'noted' as const, atMs, by: 'staff-1', body: { reason: 'SEEN' } };
    await recordIncidentEvent(client, { tenantId: TENANT, incidentId: opened.incidentId, ...event });
    const records = [
      creditDecisionEvidence({ ...decision, decisionId }),
      templateEvidence({ ...template, status: 'approved' }, 'staff-1', atMs),
      incidentEvidence({ incidentId: opened.incidentId, ...event }),
    ];
    await appendEvidence(client, { tenantId: TENANT, records });
  });
}

beforeAll(async () => {
  await planThree();
  await sendNotice(notices[0] ?? '');
  await sendNotice(notices[1] ?? '');
  const cancelled = { tenantId: TENANT, noticeId: notices[2] ?? '', reason: 'expired' as const, atMs: NOW_MS };
  await run(async (client) => {
    await cancelNotice(client, cancelled);
    await appendNoticeEvidence(client, { tenantId: TENANT, noticeIds: [cancelled.noticeId], atMs: NOW_MS });
  });
  await decide();
  await openOnTerms(database.pool, 'lost', CASH_LOAN);
  const step = stepsOn(database.pool);
  await step('lost', '2026-03-02', { kind: 'opening' });
  for (const principal of ['staff:1', 'staff:2']) {
    const word = { decision: 'write-off', decidedBy: 'whoever', reason: 'nobody answers' } as const;
    const said = { kind: 'write-off-word', word, key: principal } as const;
    await step('lost', '2026-11-02', sentBy(principal, 'lost', 'decideWriteOff', said));
  }
  await command('seal', '--date', '2026-03-02');
  await command('seal', '--date', '2026-11-02');
});

/** Does to the database what no statement of ours can, audits it, and takes it back. */
function tampered(...statements: [text: string, values?: unknown[]][]) {
  return whileTampered(statements, verify);
}

async function whileTampered<Result>(
  statements: readonly [text: string, values?: unknown[]][],
  look: () => Promise<Result>,
): Promise<Result> {
  const client = await database.owner.connect();
  const tables = ['evidence_record', 'evidence_seal', 'notice', 'notice_attempt', 'decision_record', 'account_fact'];
  const kept = [...tables, 'notice_template', 'incident_event', 'notice_message'];
  try {
    await client.query("set session_replication_role = 'replica'");
    for (const table of kept) await client.query(`create temporary table kept_${table} as table ${table}`);
    for (const [text, values] of statements) await client.query(text, values ?? []);
    return await look();
  } finally {
    for (const table of kept) {
      await client.query(`delete from ${table}`);
      const columns = await columnsOf(client, table);
      const again = `select ${columns} from kept_${table}`;
      await client.query(`insert into ${table} (${columns}) overriding system value ${again}`);
      await client.query(`drop table kept_${table}`);
    }
    await client.query("set session_replication_role = 'origin'");
    client.release();
  }
}

/** Generated columns cannot be written. */
async function columnsOf(client: Client, table: string): Promise<string> {
  const { rows } = await client.query(
    `select string_agg(quote_ident(attname), ', ') as names from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  return rows[0].names;
}

test('of what our code wrote finds nothing', async () => {
  expect(await verify()).toEqual({ code: 0, found: [] });
  const { text } = await command('verify');
  expect(text).toMatch(
    /^evidence of lender: 9 records, 2 seals, 2 accounts with \d+ links; nothing was changed, removed or inserted\n$/,
  );
});

describe('names a record', () => {
  const record = (sequence: number, change: string): [string] => [
    `update evidence_record set ${change} where sequence = ${sequence}`,
  ];
  test('whose body was changed', async () => {
    expect((await tampered(record(2, `body = body || '{"outcome":"refused"}'`))).found).toContain('changed record 2');
  });

  test('whose body was changed with all its hashes made anew', async () => {
    const row = (await readEvidence(database.pool, { tenantId: TENANT, fromSequence: 2, limit: 1 }))[0];
    if (!row) throw new Error('it was recorded');
    const bodyHash = textHash('{}');
    const anew = recordHash(textHash, { tenantId: TENANT, ...row, bodyHash });
    const found = await tampered(record(2, `body = '{}', body_hash = '${bodyHash}', record_hash = '${anew}'`));
    expect(found.code).toBe(1);
    // The successor kept the old hash, and so did the seal.
    expect(found.found).toEqual(expect.arrayContaining(['changed record 2', 'changed records 1 to 8']));
  });

  test.each([
    ['changed in its time', record(3, 'at_ms = at_ms + 1'), 'changed record 3'],
    ['removed', ['delete from evidence_record where sequence = 4'] as [string], 'removed record 4'],
    ['removed at the end', ['delete from evidence_record where sequence = 9'] as [string], 'changed records 9 to 9'],
    [
      'inserted after the last',
      [
        `insert into evidence_record select tenant_id, 10, kind, subject_kind, subject_id, body, body_hash, prev_hash,
           record_hash, at_ms from evidence_record where sequence = 9`,
      ] as [string],
      'changed record 10',
    ],
  ])('%s', async (_, statement, expected) => {
    const { code, found } = await tampered(statement);
    expect(code).toBe(1);
    expect(found).toContain(expected);
  });

  test('and a seal that was changed or removed', async () => {
    const root = textHash('x');
    const changed = await tampered([`update evidence_seal set merkle_root = '${root}' where first_sequence = 1`]);
    expect(changed.found).toContain('changed seal 2026-03-02');
    const removed = await tampered(['delete from evidence_seal where first_sequence = 1']);
    expect(removed.found).toContain('removed the seal before 2026-11-02');
  });
});

describe('names a row', () => {
  const first = () => notices[0] ?? '';
  const ofNotice = (what: string, at = 0) => `${what} notice ${notices[at]}`;

  test.each([
    ['text', `text = 'another'`],
    ['template', 'template_version = 2'],
    ['status', `status = 'delivered'`],
    ['status back to planned', `status = 'planned'`],
  ])('of a notice with another %s', async (_, change) => {
    const { code, found } = await tampered([`update notice set ${change} where notice_id = $1`, [first()]]);
    expect([code, found]).toEqual([1, [ofNotice('changed')]]);
  });

  test('of a notice that was cancelled, and is planned again or for another reason', async () => {
    for (const change of [`status = 'planned', cancel_reason = null`, `cancel_reason = 'paid'`]) {
      const { found } = await tampered([`update notice set ${change} where notice_id = $1`, [notices[2]]]);
      expect(found).toEqual([ofNotice('changed', 2)]);
    }
  });

  test('of an attempt with other figures or outcome, or that is gone', async () => {
    for (const change of [`figures = '{"amountFen":1}'`, `status = 'delivered'`, `provider = 'other'`]) {
      const { found } = await tampered([`update notice_attempt set ${change} where notice_id = $1`, [first()]]);
      expect(found).toContain(ofNotice('changed'));
    }
    const { found } = await tampered(['delete from notice_attempt where notice_id = $1', [first()]]);
    expect(found).toEqual([ofNotice('removed')]);
  });

  test('of a notice that is gone, and of one that was sent without a record', async () => {
    const gone = await tampered(
      ['delete from notice_attempt where notice_id = $1', [first()]],
      ['delete from notice where notice_id = $1', [first()]],
    );
    expect(gone.found).toEqual([ofNotice('removed')]);
    const inserted = await tampered([
      `insert into notice_attempt (tenant_id, notice_id, attempt, provider, reference, status, attempted_at_ms)
       values ($1, $2, 2, 'sink', 'x', 'not-sent', 1)`,
      [TENANT, first()],
    ]);
    expect(inserted.found).toContain(ofNotice('inserted'));
  });

  test.each([
    ['a decision changed', `update decision_record set reason_codes = '{OTHER}'`, /^changed decision \d+$/],
    ['a decision gone', 'delete from decision_record', /^removed decision \d+$/],
    [
      'a decision inserted',
      `insert into decision_record (tenant_id, subject_kind, subject_id, kind, reason_codes, policy_version, body,
         decided_at_ms, decided_by) values ('lender', 'application', 'x', 'approved', '{}', 'v', '{}', 1, 'x')`,
      /^inserted decision \d+$/,
    ],
    [
      'a write-off changed',
      `update account_fact set body = body || '{"decidedBy":["x","y"]}' where kind = 'written-off'`,
      /^changed write-off of account lost$/,
    ],
    ['a write-off gone', `delete from account_fact where kind = 'written-off'`, /^removed write-off of account lost$/],
    ['a template changed', `update notice_template set body = 'x'`, /^changed template due-soon\/1$/],
    ['a template gone', 'delete from notice_template', /^removed template due-soon\/1$/],
    [
      'an event of an incident changed',
      `update incident_event set by = 'staff-2' where event_key = 'noted-1'`,
      /^changed incident \S+ event noted-1$/,
    ],
  ])('%s', async (_, statement, expected) => {
    const { code, found } = await tampered([statement]);
    expect(code).toBe(1);
    // Facts and events are signed as well, and told by their account or incident.
    const bySignature = /^(changed|removed) (account lost|incident \S+ event noted-1)$/;
    expect(found[0]).toMatch(expected);
    expect(found.slice(1).filter((each) => !bySignature.test(each))).toEqual([]);
  });
});

describe('a proof', () => {
  const SCRIPT = resolve(__dirname, '../../../docs/verify-notice-proof.mjs');
  const check = (proof: unknown, ...words: string[]) => checkText(JSON.stringify(proof), ...words);
  const checkText = (content: string, ...words: string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'creditloom-proof-'));
    try {
      const file = join(folder, 'proof.json');
      writeFileSync(file, content);
      const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, file, ...words], { encoding: 'utf8' });
      return { status, said: stdout + stderr };
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test('convinces a third party, with the kept seal and the text that was received', async () => {
    const proof = (await command('prove', notices[1] ?? '')).json();
    expect(JSON.stringify(proof)).not.toContain(TEXT);
    expect(proof).toMatchObject({ records: [{ sequence: 3 }, { sequence: 4 }], unsealed: [] });
    const { status, said } = check(proof, proof.seals.at(-1).sealHash, TEXT);
    expect(said).toMatch(/^PROVED: 2 records/);
    expect(status).toBe(0);
    expect(check(proof, textHash('x')).said).toContain('the seal that you kept is not among the seals');
    expect(check(proof, proof.seals[0].sealHash, 'another text').said).toContain('no record has this text');
  });

  test('says of the text with its code, as the borrower has it, that it is the one on record', async () => {
    const proof = (await command('prove', notices[1] ?? '')).json();
    const sealHash = proof.seals.at(-1).sealHash;
    const received = TEXT.replace(HIDDEN_CODE, '7H4KQ9XW');
    expect(check(proof, sealHash, received)).toMatchObject({ status: 0, said: expect.stringMatching(/^PROVED/) });
    expect(check(proof, '-', `${received}\n`)).toMatchObject({ status: 0, said: expect.stringMatching(/^PROVED/) });
    for (const forged of [
      received.replace('88.00', '98.00'),
      received.replace('7H4KQ9XW', '7H4KQ9X'),
      `${received}谢`,
    ]) {
      expect(check(proof, sealHash, forged)).toMatchObject({ status: 1, said: expect.stringContaining('no record') });
    }
    // Nothing on the chain can be tried out for the code.
    const { rows } = await database.owner.query('select * from evidence_record');
    expect(JSON.stringify(rows)).not.toContain(textHash(received));
  });

  test.each([
    [
      'an application',
      ['application', 'told-application'],
      'credit-decision',
      { body: { scorePoints: 640, share: 0.25 } },
    ],
    ['a write-off', ['account', 'lost'], 'write-off-decision', { decidedBy: ['staff:1', 'staff:2'] }],
    ['a wording', ['template', 'due-soon/1'], 'template-decision', { signature: '示例', approvedBy: 'staff-1' }],
  ])('of the decision on %s holds what was decided', async (_, words, kind, row) => {
    const proof = (await command('prove', ...words)).json();
    expect(proof.records).toMatchObject([{ kind, row }]);
    expect(check(proof, proof.seals.at(-1).sealHash)).toMatchObject({
      status: 0,
      said: expect.stringMatching(/^PROVED/),
    });
    const other = structuredClone(proof);
    other.records[0].row = { ...other.records[0].row, decidedBy: ['staff:1', 'staff:3'], approvedBy: 'staff-3' };
    expect(check(other)).toMatchObject({ status: 1, said: expect.stringContaining('what was decided') });
    expect(check({ ...proof, subjectId: 'another' })).toMatchObject({ status: 1 });
    delete other.records[0].row;
    expect(check(other).status).toBe(1);
  });

  test('of an incident holds its events', async () => {
    const { rows } = await database.owner.query('select incident_id as id from incident');
    const proof = (await command('prove', 'incident', rows[0].id)).json();
    expect(proof.records).toMatchObject([{ row: { eventKey: 'noted-1', by: 'staff-1' } }]);
    expect(check(proof).status).toBe(0);
  });

  test('goes to a file whole or not at all', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'creditloom-out-'));
    try {
      const file = join(folder, 'proof.json');
      const { text } = await command('prove', notices[1] ?? '', '--out', file);
      expect(text).toContain(`2 records of notice ${notices[1]}`);
      expect(check(JSON.parse(readFileSync(file, 'utf8'))).status).toBe(0);
      const made = readFileSync(file, 'utf8');
      await expect(command('prove', 'account', 'nobody', '--out', file)).rejects.toThrow('no record of account nobody');
      expect([readdirSync(folder), readFileSync(file, 'utf8')]).toEqual([['proof.json'], made]);
      await expect(command('prove', notices[1] ?? '', '--out', join(folder, 'none', 'x'))).rejects.toThrow('cannot be');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('is not made of a chain that was changed after its seal: nothing is written, and the code is 1', async () => {
    const change = `update evidence_record set body = body || '{"provider":"other"}' where sequence = 3`;
    const { code, text, said } = await whileTampered([[change]], () => command('prove', notices[1] ?? ''));
    expect({ code, text, said }).toEqual({ code: 1, text: '', said: expect.stringMatching(/^NOT PROVED: .*record 3/) });
    const gone = [['delete from evidence_record where sequence = 4']] as [string][];
    expect(await whileTampered(gone, () => command('prove', notices[1] ?? ''))).toMatchObject({ code: 1, text: '' });
    const row = [[`update decision_record set reason_codes = '{OTHER}'`]] as [string][];
    const decision = await whileTampered(row, () => command('prove', 'application', 'told-application'));
    expect(decision).toMatchObject({ code: 1, text: '', said: expect.stringContaining('was changed') });
  });

  test.each([
    ['is empty', ''],
    ['is cut', '{"proof":"creditloom-notice-1","records":['],
    ['holds something else', '{"refused":true}'],
    ['holds nothing', 'null'],
  ])('that %s is none', (_, content) => {
    expect(checkText(content)).toMatchObject({
      status: 1,
      said: expect.stringMatching(/^NOT PROVED: .*holds no proof/),
    });
  });

  test('does not with anything in it changed', async () => {
    const proof = (await command('prove', notices[1] ?? '')).json();
    const changes: ((copy: typeof proof) => void)[] = [
      (copy) => {
        copy.records[0].body.provider = 'other';
      },
      (copy) => {
        copy.records[0].atMs += 1;
      },
      (copy) => {
        copy.records[1].path[0].hash = textHash('x');
      },
      (copy) => {
        copy.records = [];
      },
      (copy) => {
        copy.noticeId = notices[0];
      },
      (copy) => {
        copy.seals[0].merkleRoot = textHash('x');
      },
      (copy) => {
        copy.seals.shift();
      },
      (copy) => {
        copy.seals[1].prevSealHash = textHash('x');
      },
      (copy) => {
        copy.tenantId = 'other';
      },
    ];
    for (const change of changes) {
      const copy = structuredClone(proof);
      change(copy);
      const { status, said } = check(copy);
      expect([change.toString(), status, said]).toEqual([change.toString(), 1, expect.stringMatching(/^NOT PROVED/)]);
    }
  });

  test('is refused for a notice that nobody knows', async () => {
    await expect(command('prove', '00000000-0000-4000-8000-000000000000')).rejects.toThrow(ArgumentError);
  });
});

describe('a seal', () => {
  test('of a date that a later one covers is told as the later one, and nothing is sealed', async () => {
    const { code, text } = await command('seal', '--date', '2026-05-05');
    expect(code).toBe(0);
    expect(text).toMatch(/^2026-05-05 has no seal of its own: it is under the seal of 2026-11-02: records 9 to 9, /);
    const told = (await command('seal', '--date', '2026-05-05', '--json')).json();
    expect(told).toMatchObject({ askedDate: '2026-05-05', businessDate: '2026-11-02', isNew: false });
  });

  test('that is there says so', async () => {
    const { text } = await command('seal', '--date', '2026-03-02');
    expect(text).toMatch(/^2026-03-02 was sealed before: seal of 2026-03-02: records 1 to 8, /);
  });
});

test.each([
  [[], /nothing is no command of the audit/],
  [['prove'], /prove needs the id of a notice/],
  [['prove', 'x'], /prove needs the id of a notice/],
  [['prove', 'application'], /prove needs the id of a notice/],
  [['prove', 'loan', 'x'], /prove needs the id of a notice/],
  [['prove', 'notice', 'x'], /prove needs the id of a notice/],
  [['prove', 'application', 'x', 'y'], /y is not known here/],
  [['verify', '--out', 'x'], /--out is not known here/],
  [['seal'], /seal needs a real date/],
  [['seal', '--date', '2026-02-30'], /seal needs a real date/],
  [['verify', 'x'], /x is not known here/],
])('%j is refused', async (words, message) => {
  await expect(command(...words)).rejects.toThrow(message);
});

test('a payment is booked while somebody else holds the chain, and leaves no record', async () => {
  const step = stepsOn(database.pool);
  await openOnTerms(database.pool, 'paying', CASH_LOAN);
  const before = await readEvidence(database.pool, { tenantId: TENANT, fromSequence: 1, limit: 100 });
  await run(async (holder) => {
    await lockEvidence(holder, { tenantId: TENANT });
    await step('paying', '2026-03-02', { kind: 'opening' });
    const payment = { paymentId: 'p1', amountFen: 1_000, paidOn: '2026-03-02', intent: 'instalment' as const };
    await step('paying', '2026-03-02', { kind: 'payment', payment });
  });
  expect(await readEvidence(database.pool, { tenantId: TENANT, fromSequence: 1, limit: 100 })).toEqual(before);
});
