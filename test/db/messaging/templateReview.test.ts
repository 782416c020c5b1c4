/** Templates on a real PostgreSQL: the life of a wording, and what no statement may do to it. */
import { describe, expect, it } from '@jest/globals';
import { createTemplateReviewActivities } from '../../../src/activities/messaging/templateReview';
import { registeredTemplate, saveRegistration } from '../../../src/db/messaging/templates/templateRegistrations';
import {
  activateTemplate,
  insertTemplate,
  lockTemplate,
  type NewTemplate,
  nextTemplateVersion,
  readTemplate,
  saveTemplate,
  supersedeActive,
  type TemplateChange,
} from '../../../src/db/messaging/templates/templates';
import { type Client, inTransaction } from '../../../src/db/transaction';
import { activeTemplate } from '../../support/ofOne';
import { NOW_MS, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);

async function draft(changes: Partial<NewTemplate> = {}): Promise<NewTemplate> {
  const version = await nextTemplateVersion(database.pool, { tenantId: TENANT, kind: 'due-soon' });
  const template: NewTemplate = {
    tenantId: TENANT,
    kind: 'due-soon',
    version,
    body: '本期应还{amount}，请安排',
    signature: '示例消金',
    submittedBy: 'staff-1',
    submittedAtMs: NOW_MS,
    ...changes,
  };
  await run((client) => insertTemplate(client, template));
  return template;
}

async function change(ref: NewTemplate, ...changes: TemplateChange[]): Promise<void> {
  for (const each of changes)
    await run(async (client) => {
      const row = await lockTemplate(client, ref);
      if (!row) throw new Error('it was added');
      await saveTemplate(client, row, each);
    });
}

const IN_REVIEW: TemplateChange = { status: 'in-review' };
const APPROVED: TemplateChange = { status: 'registering', approvedBy: 'staff-2' };
const ACTIVE: TemplateChange = { status: 'active' };
const where = (ref: NewTemplate) =>
  `where tenant_id = '${TENANT}' and kind = '${ref.kind}' and version = ${ref.version}`;
const update = (ref: NewTemplate, set: string) =>
  database.owner.query(`update notice_template set ${set} ${where(ref)}`);

async function activated(changes: Partial<NewTemplate> = {}): Promise<NewTemplate> {
  const ref = await draft(changes);
  await change(ref, IN_REVIEW, APPROVED);
  await run((client) => supersedeActive(client, ref));
  await change(ref, ACTIVE);
  return ref;
}

describe('the checks of a review', () => {
  it.each([
    ['4008000000', 'in-review'],
    ['4008000001', 'rejected'],
  ])('of a text that names %s: it is %s, by the list of the lender', async (number, stage) => {
    const { pool } = database;
    const { advanceTemplate } = createTemplateReviewActivities({ pool, officialNumbers: ['4008000000'] });
    const ref = await draft({ body: `本期应还{amount}，{dueDate}到期，客服${number}，请在APP内查看。` });
    const step = { kind: 'begin', submittedBy: 'staff-1' } as const;
    expect(await advanceTemplate({ ...ref, asOfMs: NOW_MS, step })).toMatchObject({ answer: { stage } });
  });
});

describe('the life of a wording', () => {
  it('goes from draft over review and registration to active, and supersedes the one before', async () => {
    const first = await activated();
    const second = await activated();
    expect((await readTemplate(database.pool, first))?.status).toBe('superseded');
    expect(await activeTemplate(database.pool, second)).toMatchObject({
      version: second.version,
      approvedBy: 'staff-2',
    });
  });

  it.each<[string, TemplateChange[], string]>([
    ['skips its review', [APPROVED], 'draft'],
    ['skips its registration', [IN_REVIEW, { status: 'active', approvedBy: 'staff-2' }], 'in-review'],
    ['comes back after its end', [IN_REVIEW, { status: 'rejected', decisionReason: 'no' }, IN_REVIEW], 'rejected'],
  ])('is refused when it %s', async (_, changes, status) => {
    const ref = await draft();
    await expect(change(ref, ...changes)).rejects.toThrow(/does not become/);
    expect((await readTemplate(database.pool, ref))?.status).toBe(status);
  });

  it('a retired or superseded one never comes back, and whoever retires is named', async () => {
    const ref = await activated();
    await expect(change(ref, { status: 'retired' })).rejects.toThrow(/whoever retires it is named/);
    await change(ref, { status: 'retired', retiredBy: 'staff-3', retireReason: 'wrong', retiredAtMs: NOW_MS });
    await expect(change(ref, ACTIVE)).rejects.toThrow(/does not become active again/);
    expect(await activeTemplate(database.pool, ref)).toBeUndefined();
  });

  it('a new one is a draft, or reviewed', async () => {
    const insert = `insert into notice_template (tenant_id, kind, version, status, body, signature, submitted_by, approved_by)
      values ($1, 'due-soon', 900, 'active', 'b', 's', 'staff-1', 'staff-2')`;
    await expect(database.owner.query(insert, [TENANT])).rejects.toThrow(/a new one is a draft/);
  });
});

describe('two people', () => {
  it('the author is never the reviewer, whatever the statement', async () => {
    const ref = await draft();
    await change(ref, IN_REVIEW);
    await expect(change(ref, { ...APPROVED, approvedBy: 'staff-1' })).rejects.toThrow(/approved_by_another/);
    await expect(change(ref, { status: 'rejected', rejectedBy: 'staff-1', decisionReason: 'x' })).rejects.toThrow(
      /rejected_by_another/,
    );
    await expect(change(ref, { status: 'registering' })).rejects.toThrow(/approved_by_someone/);
    const alone = { ...ref, version: 901, submittedBy: 'staff-4', approvedBy: 'staff-4' };
    await expect(run((client) => activateTemplate(client, alone))).rejects.toThrow(/approved_by_another/);
  });
});

describe('a wording that stands', () => {
  it('does not change once it is in review: nor its author, hash, providers or approval', async () => {
    const ref = await draft();
    const before = await readTemplate(database.pool, ref);
    await update(ref, `body = '本期应还{amount}，请早安排'`);
    const after = await readTemplate(database.pool, ref);
    expect(after?.contentHash).not.toBe(before?.contentHash);
    await change(ref, IN_REVIEW);
    for (const set of [`body = 'x'`, `signature = 'x'`, `submitted_by = 'staff-9'`, `required_providers = '{a}'`])
      await expect(update(ref, set)).rejects.toThrow(/wording and approval stand/);
    await change(ref, APPROVED);
    await expect(update(ref, `approved_by = 'staff-9'`)).rejects.toThrow(/wording and approval stand/);
    await update(ref, `content_hash = 'forged'`);
    expect((await readTemplate(database.pool, ref))?.contentHash).toBe(after?.contentHash);
  });

  it('one with findings is never active', async () => {
    const ref = await draft();
    const findings = [{ rule: 'THREAT' as const, words: '起诉', why: 'w', fix: 'f' }];
    await change(ref, { ...IN_REVIEW, findings }, APPROVED);
    await expect(change(ref, ACTIVE)).rejects.toThrow(/active_is_clean/);
  });

  it('two of a kind are never active', async () => {
    const first = await activated();
    const second = await draft();
    await change(second, IN_REVIEW, APPROVED);
    await expect(change(second, ACTIVE)).rejects.toThrow(/notice_template_one_active/);
    expect((await activeTemplate(database.pool, first))?.version).toBe(first.version);
  });
});

describe('registrations', () => {
  const answer = (ref: NewTemplate, status: 'pending' | 'approved' | 'rejected' | 'not-needed', provider = 'cloud') =>
    run((client) =>
      saveRegistration(client, {
        tenantId: TENANT,
        kind: ref.kind,
        version: ref.version,
        provider,
        status,
        askedAtMs: NOW_MS,
        code: status === 'approved' ? 'SMS_1' : null,
        reason: status === 'rejected' ? 'words' : null,
      }),
    );

  it('an active one has every required provider, none open and none refused', async () => {
    const ref = await draft({ requiredProviders: ['cloud', 'sink'] });
    await change(ref, IN_REVIEW, APPROVED);
    await expect(change(ref, ACTIVE)).rejects.toThrow(/is not registered with cloud, sink/);
    await answer(ref, 'pending');
    await answer(ref, 'not-needed', 'sink');
    await run((client) => supersedeActive(client, ref));
    await expect(change(ref, ACTIVE)).rejects.toThrow(/is not registered with cloud/);
    expect(await registeredTemplate(database.pool, { ...ref, provider: 'cloud' })).toBeUndefined();
    await answer(ref, 'approved');
    await answer(ref, 'rejected', 'another');
    await expect(change(ref, ACTIVE)).rejects.toThrow(/is not registered/);
    expect(await registeredTemplate(database.pool, { ...ref, provider: 'cloud' })).toEqual({ code: 'SMS_1' });
    expect(await registeredTemplate(database.pool, { ...ref, provider: 'sink' })).toBeUndefined();
  });

  it('a final answer stands, and no registration is removed', async () => {
    const ref = await draft();
    await answer(ref, 'approved');
    await answer(ref, 'rejected');
    expect(await registeredTemplate(database.pool, { ...ref, provider: 'cloud' })).toEqual({ code: 'SMS_1' });
    await expect(database.owner.query(`update template_registration set code = 'SMS_2'`)).rejects.toThrow(/for good/);
    await expect(database.owner.query('delete from template_registration')).rejects.toThrow(/never removed/);
  });
});
