/** Where a notice goes that no text can bring, over time: e-mail by a real mail server, the inbox with one push. */
import { afterEach, expect, it } from '@jest/globals';
import { createPushGateway } from '../../../src/adapters/channels/pushGateway';
import { createSmtpMail } from '../../../src/adapters/channels/smtpMail';
import type { SendOutcome, SmsMessage } from '../../../src/adapters/sms/port';
import { recordContactChoice } from '../../../src/db/messaging/contact/contactChoices';
import { saveVaultContact } from '../../../src/db/messaging/contact/vaultContacts';
import { resumeProvider } from '../../../src/db/messaging/delivery/providerStops';
import { readInbox } from '../../../src/db/messaging/outbox/inbox';
import { ensureBorrower } from '../../../src/db/origination/borrowers';
import { erasePerson } from '../../../src/db/origination/personKeys';
import { inTransaction } from '../../../src/db/transaction';
import { type ContactField, createVault } from '../../../src/db/vault';
import { HIDDEN_CODE } from '../../../src/domain/messaging/codes/verificationCodes';
import { addDays } from '../../../src/domain/values/calendar';
import { formatYuan } from '../../../src/domain/values/money';
import { Credit, until } from '../../support/credits';
import { type Activities, DAY_MS, type Deployment, TENANT, withDeployment } from '../../support/deployment';
import { type MailServer, smtpError, startMailServer, textOf } from '../../support/mailServer';
import { noticesOf, untilStatus } from '../../support/notices';
import { type PushServer, startPushServer } from '../../support/pushServer';

const ADDRESS = 'lin@mail.example';
const TOKEN = 'token-of-a-device';
const KEY = { keyId: 'lender-1', secret: 'not-a-real-secret-of-32-characters' };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Bounds that a test can wait for. */
const SOON = { connectTimeoutMs: 2_000, answerTimeoutMs: 500, totalTimeoutMs: 3_000 };
const LOGIN = { username: 'lender', password: 'not-a-real-password' };

const NO_NUMBER: SendOutcome = {
  status: 'refused',
  failure: 'bad-address',
  code: 'NO_NUMBER',
  detail: 'no such number',
};

interface Servers {
  mail?: MailServer;
  push?: PushServer;
  login?: typeof LOGIN;
  /** Of the carrier, to whatever it is asked to send. */
  answer?: SendOutcome;
}

interface Parts {
  deployment: Deployment;
  /** What the carrier was asked to send. */
  texts: SmsMessage[];
}

/** Unless told otherwise, the carrier knows no number. Every sweep's first answer is lost, so that each is done at least twice. */
async function withChannels({ mail, push, login, answer = NO_NUMBER }: Servers, run: (parts: Parts) => Promise<void>) {
  const texts: SmsMessage[] = [];
  for (const server of [mail, push]) if (server) closing.push(server.close);
  await withDeployment((deployment) => run({ deployment, texts }), {
    lookEveryMs: DAY_MS,
    providers: [
      {
        name: 'carrier',
        capabilities: { freeText: true, echoesReference: true, maxParts: 8, perSecond: 1_000 },
        async send(message) {
          texts.push(message);
          return answer;
        },
      },
    ],
    ...(mail && {
      mail: createSmtpMail({
        host: '127.0.0.1',
        port: mail.port,
        security: 'none',
        from: 'notice@lender.example',
        ...SOON,
        ...login,
      }),
    }),
    ...(push && { push: createPushGateway({ ...KEY, url: push.url, now: () => Date.now() }) }),
    activities: losingAnswers,
  });
}

function losingAnswers(real: Activities): Partial<Activities> {
  const lost = new Set<number>();
  return {
    async sweepLane(input) {
      const result = await real.sweepLane(input);
      if (lost.has(input.asOfMs)) return result;
      lost.add(input.asOfMs);
      throw new Error('the answer of this sweep was lost');
    },
  };
}

async function give({ deployment: { pool } }: Parts, borrowerId: string, field: ContactField, value: string) {
  const vault = createVault({ keyId: 'test', key: Buffer.alloc(32, 7) });
  const borrower = { tenantId: TENANT, borrowerId };
  await inTransaction(pool, async (client) => {
    await ensureBorrower(client, borrower);
    await saveVaultContact(client, vault, { ...borrower, field, value });
  });
}

async function attemptsOf({ deployment, accountId }: Credit): Promise<string[]> {
  const { rows } = await deployment.pool.query<{ line: string }>(
    `select dedupe_key || ' ' || attempt || ' ' || attempt.provider || ' ' || channel || ' ' || attempt.status as line
       from notice_attempt attempt join notice using (tenant_id, notice_id)
      where account_id = $1 order by attempt.attempted_at_ms, attempt`,
    [accountId],
  );
  return rows.map(({ line }) => line);
}

/** Of what neither law nor contract demands. */
async function optOut({ borrowerId, deployment: { pool, env } }: Credit): Promise<void> {
  const choice = { tenantId: TENANT, borrowerId, choiceKey: 'choice-1', wantsCourtesy: false };
  const atMs = await env.currentTimeMs();
  await inTransaction(pool, (client) => recordContactChoice(client, { ...choice, source: 'borrower', atMs }));
}

const inboxOf = ({ deployment: { pool }, borrowerId }: Credit) =>
  readInbox(pool, { tenantId: TENANT, borrowerId, limit: 9 });

it('a number that takes nothing: the e-mail arrives once, with the figures of the books, and stays accepted', async () => {
  const mail = await startMailServer();
  const push = await startPushServer();
  await withChannels({ mail, push }, async (parts) => {
    await give(parts, 'b-mailed', 'email', ADDRESS);
    await give(parts, 'b-mailed', 'pushToken', TOKEN);
    const loan = await new Credit(parts.deployment, 'mailed', 'cash-loan').open();
    await untilStatus(loan, 'loan-disbursed', 'accepted');
    const [first] = (await loan.now()).obligations;
    const dueDate = first?.dueDate ?? '';
    await loan.sleepUntil(addDays(dueDate, -2), '20:00');
    await untilStatus(loan, 'due-soon/instalment-1/3', 'accepted');
    // Far more than 72 hours after it: no receipt is waited for.
    expect(await attemptsOf(loan)).toEqual([
      'loan-disbursed 1 carrier sms refused',
      'loan-disbursed 2 email email accepted',
      'due-soon/instalment-1/3 1 email email accepted',
    ]);
    expect(parts.texts).toHaveLength(1);
    expect(mail.arrived.map(({ to }) => to)).toEqual([[ADDRESS], [ADDRESS]]);
    const told = mail.arrived.map(textOf);
    expect(told[0]).toBe(parts.texts[0]?.text);
    expect(told[1]).toContain(`应还${formatYuan(first?.owedFen ?? 0)}元`);
    const kept = (await noticesOf(parts.deployment.pool, TENANT, loan.accountId)).find(
      ({ dedupeKey }) => dedupeKey === 'due-soon/instalment-1/3',
    );
    const hidden = (kept?.text ?? '').split(HIDDEN_CODE);
    expect(hidden).toHaveLength(2);
    expect(told[1]?.startsWith(hidden[0] ?? '-') && told[1].endsWith(hidden[1] ?? '-')).toBe(true);
    expect([await inboxOf(loan), push.posted]).toEqual([[], []]);
    await optOut(loan);
    await loan.sleepUntil(addDays(dueDate, -1), '20:00');
    await untilStatus(loan, 'due-soon/instalment-1/1', 'delivered');
    expect([(await inboxOf(loan)).length, mail.arrived.length, push.posted.length]).toEqual([1, 2, 0]);
  });
});

it('no address: each notice is in the inbox once, and one push tells of it, without a figure', async () => {
  const push = await startPushServer();
  await withChannels({ push }, async (parts) => {
    await give(parts, 'b-nudged', 'pushToken', TOKEN);
    const loan = await new Credit(parts.deployment, 'nudged', 'cash-loan').open();
    await untilStatus(loan, 'loan-disbursed', 'delivered');
    const dueDate = (await loan.now()).obligations[0]?.dueDate ?? '';
    await loan.sleepUntil(addDays(dueDate, -2), '20:00');
    await untilStatus(loan, 'due-soon/instalment-1/3', 'delivered');
    expect(await inboxOf(loan)).toHaveLength(2);
    await until(async () => push.posted.length === 2);
    const bodies = push.posted.map(({ body }) => JSON.parse(body.toString('utf8')));
    for (const body of bodies) expect(Object.keys(body).sort()).toEqual(['reference', 'title', 'token']);
    const { rows } = await parts.deployment.pool.query(
      'select reference, status from push_nudge order by attempted_at_ms',
    );
    expect(rows).toEqual(bodies.map(({ reference }) => ({ reference, status: 'accepted' })));
    await optOut(loan);
    await loan.sleepUntil(addDays(dueDate, -1), '20:00');
    await untilStatus(loan, 'due-soon/instalment-1/1', 'delivered');
    expect(await inboxOf(loan)).toHaveLength(3);
    expect(push.posted).toHaveLength(2);
  });
});

it('an address that takes nothing, and an app that is gone: the inbox has it, and neither is tried again', async () => {
  const asked: string[] = [];
  const mail = await startMailServer({
    onRcptTo({ address }, _session, done) {
      asked.push(address);
      done(smtpError(550));
    },
  });
  const push = await startPushServer((response) => response.writeHead(410).end());
  await withChannels({ mail, push }, async (parts) => {
    await give(parts, 'b-gone', 'email', ADDRESS);
    await give(parts, 'b-gone', 'pushToken', TOKEN);
    const loan = await new Credit(parts.deployment, 'gone', 'cash-loan').open();
    await untilStatus(loan, 'loan-disbursed', 'delivered');
    await loan.sleepUntil(addDays((await loan.now()).obligations[0]?.dueDate ?? '', -2), '20:00');
    await untilStatus(loan, 'due-soon/instalment-1/3', 'delivered');
    expect(await attemptsOf(loan)).toEqual([
      'loan-disbursed 1 carrier sms refused',
      'loan-disbursed 2 email email refused',
      'loan-disbursed 3 inbox inbox delivered',
      'due-soon/instalment-1/3 1 inbox inbox delivered',
    ]);
    expect([asked.length, push.posted.length]).toEqual([1, 1]);
    const { rows } = await parts.deployment.pool.query('select status, failure from push_nudge');
    expect(rows).toEqual([{ status: 'refused', failure: 'bad-address' }]);
  });
});

it('an e-mail that was not answered is in doubt: it goes nowhere else, now or later', async () => {
  let taken = 0;
  const mail = await startMailServer({
    onData(stream) {
      stream.resume().on('end', () => {
        taken += 1;
      });
    },
  });
  const push = await startPushServer();
  await withChannels({ mail, push }, async (parts) => {
    await give(parts, 'b-doubt', 'email', ADDRESS);
    await give(parts, 'b-doubt', 'pushToken', TOKEN);
    const loan = await new Credit(parts.deployment, 'doubt', 'cash-loan').open();
    await untilStatus(loan, 'loan-disbursed', 'unknown');
    await loan.sleepDays(4);
    await until(async () => {
      const { rows } = await parts.deployment.pool.query('select from notice where closed_at_ms is not null');
      return rows.length === 1;
    });
    expect(await attemptsOf(loan)).toEqual([
      'loan-disbursed 1 carrier sms refused',
      'loan-disbursed 2 email email unknown',
    ]);
    expect([taken, (await inboxOf(loan)).length, push.posted.length]).toEqual([1, 0, 0]);
  });
});

it('a mail server that does not take our credentials is asked no more until a person resumes it', async () => {
  let asked = 0;
  let isKnown = false;
  const mail = await startMailServer({
    authOptional: false,
    onAuth: ({ username }, _session, done) => {
      asked += 1;
      if (isKnown) done(null, { user: username });
      else done(smtpError(535));
    },
  });
  await withChannels({ mail, login: LOGIN }, async (parts) => {
    await give(parts, 'b-stopped', 'email', ADDRESS);
    const loan = await new Credit(parts.deployment, 'stopped', 'cash-loan').open();
    await untilStatus(loan, 'loan-disbursed', 'delivered');
    const { pool, env } = parts.deployment;
    const dueDate = (await loan.now()).obligations[0]?.dueDate ?? '';
    await loan.sleepUntil(addDays(dueDate, -2), '20:00');
    await untilStatus(loan, 'due-soon/instalment-1/3', 'delivered');
    expect(asked).toBe(1);
    isKnown = true;
    const resume = { tenantId: TENANT, provider: 'email', resumedBy: 'staff-7', atMs: await env.currentTimeMs() };
    expect(await inTransaction(pool, (client) => resumeProvider(client, resume))).toBe(true);
    await loan.sleepUntil(addDays(dueDate, -1), '20:00');
    await untilStatus(loan, 'due-soon/instalment-1/1', 'accepted');
    expect(await attemptsOf(loan)).toEqual([
      'loan-disbursed 1 carrier sms refused',
      'loan-disbursed 2 email email refused',
      'loan-disbursed 3 inbox inbox delivered',
      'due-soon/instalment-1/3 1 inbox inbox delivered',
      'due-soon/instalment-1/1 1 email email accepted',
    ]);
    expect(mail.arrived).toHaveLength(1);
  });
});

it('a phone that is taken off the record: the next notice goes by e-mail, and nobody is asked for a text', async () => {
  const mail = await startMailServer();
  const answer: SendOutcome = { status: 'accepted', providerMessageIds: ['carrier-1'] };
  await withChannels({ mail, answer }, async (parts) => {
    await give(parts, 'b-no-phone', 'email', ADDRESS);
    const loan = await new Credit(parts.deployment, 'no-phone', 'cash-loan').open();
    await untilStatus(loan, 'loan-disbursed', 'accepted');
    const erased = { tenantId: TENANT, borrowerId: loan.borrowerId, erasedBy: 'staff-7', atMs: 0 };
    await inTransaction(parts.deployment.pool, (client) => erasePerson(client, erased));
    await give(parts, 'b-no-phone', 'email', ADDRESS);
    await loan.sleepUntil(addDays((await loan.now()).obligations[0]?.dueDate ?? '', -2), '20:00');
    await untilStatus(loan, 'due-soon/instalment-1/3', 'accepted');
    expect((await attemptsOf(loan)).at(-1)).toBe('due-soon/instalment-1/3 1 email email accepted');
    expect([parts.texts.length, mail.arrived.length]).toEqual([1, 1]);
    const { rows } = await parts.deployment.pool.query(`select recipient from notice_attempt where channel = 'email'`);
    const vault = createVault({ keyId: 'test', key: Buffer.alloc(32, 7) });
    expect(rows).toEqual([{ recipient: vault.fingerprint(TENANT, 'email', ADDRESS) }]);
  });
});
