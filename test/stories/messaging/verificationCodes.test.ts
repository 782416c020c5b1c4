/** The code of a text, from the sweep that writes it to the borrower who asks whether the text is ours. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { proveSubject } from '../../../src/activities/evidence/evidenceProof';
import { sealDay } from '../../../src/activities/evidence/sealing';
import { textHash } from '../../../src/db/contentHash';
import { CODE_ALPHABET } from '../../../src/db/messaging/codes/codeDrawing';
import { inRepeatableRead } from '../../../src/db/snapshot';
import { inTransaction } from '../../../src/db/transaction';
import { HIDDEN_CODE } from '../../../src/domain/messaging/codes/verificationCodes';
import { addDays } from '../../../src/domain/values/calendar';
import { withApi } from '../../support/api';
import { Carrier } from '../../support/carrier';
import { Credit, until } from '../../support/credits';
import { DAY_MS, type Deployment, TENANT, withDeployment } from '../../support/deployment';
import { noticesOf } from '../../support/notices';

const PHONE = '199 0000 0001';
const CODE = new RegExp(`核验码([${CODE_ALPHABET}]{8})`);

/** What the open route answers now, in the deployment's business time. */
async function verify(deployment: Deployment, code: string) {
  let body: unknown;
  await withApi(deployment, async ({ api }) => {
    const payload = { phone: PHONE, code };
    body = (await api.inject({ method: 'POST', url: '/v1/notices/verify', payload })).json();
  });
  return body;
}

/** The text as it was received is proved, and no table holds a hash in which its code could be tried out. */
async function provesWhatWasReceived({ pool }: Deployment, text: string): Promise<void> {
  const { rows } = await pool.query<{ noticeId: string }>(
    `select notice_id as "noticeId" from notice where kind = 'due-soon' and status = 'accepted'`,
  );
  await inTransaction(pool, (client) => sealDay(client, { tenantId: TENANT, date: '2099-12-31' }));
  const subject = { tenantId: TENANT, subjectKind: 'notice', subjectId: rows[0]?.noticeId ?? '' } as const;
  const folder = mkdtempSync(join(tmpdir(), 'creditloom-received-'));
  try {
    const file = join(folder, 'proof.json');
    writeFileSync(file, JSON.stringify(await inRepeatableRead(pool, (client) => proveSubject(client, subject))));
    const script = resolve(__dirname, '../../../docs/verify-notice-proof.mjs');
    const { stdout, stderr } = spawnSync(process.execPath, [script, file, '-', text], { encoding: 'utf8' });
    expect(stdout + stderr).toMatch(/^PROVED/);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const tables = await pool.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables
      where table_schema = current_schema() and table_type = 'BASE TABLE'`,
  );
  const body = text.replace(/^【.*?】/, '');
  for (const { name } of tables.rows) {
    const { rows: kept } = await pool.query(`select * from ${name}`);
    for (const hashed of [text, body]) expect(JSON.stringify(kept)).not.toContain(textHash(hashed));
  }
}

/** Tables in which a text stands, whatever the column. */
async function tablesWith({ pool }: Deployment, text: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables
      where table_schema = current_schema() and table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const kept = await pool.query(`select * from ${name}`);
    if (JSON.stringify(kept.rows).includes(text)) found.push(name);
  }
  return found;
}

it('a reminder carries a code that tells its receiver that it is ours, and no copy of ours tells the code', () => {
  const carrier = new Carrier();
  const codes = () => carrier.texts.map((text) => CODE.exec(text)?.[1]);
  return withDeployment(
    async (deployment) => {
      const loan = await new Credit(deployment, 'checked', 'cash-loan').open();
      const obligation = (await loan.now()).obligations[0];
      const dueDate = obligation?.dueDate ?? '';
      // The first call of it is refused: what goes out in its place has a code too.
      let refusals = 1;
      carrier.answering = async (message, keep) => {
        if (!CODE.test(message.text) || refusals-- <= 0) return keep();
        // As some do: it repeats what it was given.
        return { status: 'refused', failure: 'transient', code: 'BUSY', detail: `busy: ${message.text}` };
      };
      await loan.sleepUntil(addDays(dueDate, -2), '12:00');
      await until(async () =>
        (await noticesOf(deployment.pool, TENANT, loan.accountId)).some(
          ({ kind, status }) => kind === 'due-soon' && status === 'accepted',
        ),
      );
      const [disbursed, ...reminders] = codes();
      expect(disbursed).toBeUndefined();
      expect(reminders).toHaveLength(2);
      const code = reminders.at(-1) ?? '';
      const month = Number(dueDate.slice(5, 7));
      const ours = { ours: true, product: '借款', month, maskedAmount: '3,***.**元' };
      expect(await verify(deployment, code)).toEqual(ours);
      expect(await verify(deployment, code.replace(/.$/, code.endsWith('2') ? '3' : '2'))).toMatchObject({
        ours: false,
      });

      const kept = (await noticesOf(deployment.pool, TENANT, loan.accountId)).map(({ text }) => text ?? '').join();
      expect(kept).toContain(`核验码${HIDDEN_CODE}`);
      expect(await tablesWith(deployment, `busy: `)).toContain('notice_attempt');
      // The sink behind this carrier keeps texts whole, and says so; the first was refused before it came there.
      const [first = '', last = ''] = reminders;
      expect([await tablesWith(deployment, first), await tablesWith(deployment, last)]).toEqual([[], ['sink_message']]);
      await provesWhatWasReceived(deployment, carrier.texts.at(-1) ?? '');
      // From now on the number takes nothing: what comes next goes to the inbox, and its code to nobody.
      carrier.answering = async () => ({
        status: 'refused',
        failure: 'bad-address',
        code: 'GONE',
        detail: 'no such number',
      });
      await loan.sleepDays(31);
      const { rows: inbox } = await deployment.pool.query<{ text: string }>('select text from inbox_message');
      expect(inbox.map(({ text }) => text).join()).toContain(`核验码${HIDDEN_CODE}`);
      for (const { text } of inbox) expect(text).not.toMatch(CODE);
      expect(await verify(deployment, code)).toMatchObject({ ours: false });
    },
    { provider: carrier.provider, lookEveryMs: DAY_MS },
  );
});
