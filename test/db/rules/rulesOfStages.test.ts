/** Stages, what follows what, and what is behind: the database and the domain say the same. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { takeAccountsToLook } from '../../../src/db/credit/accountLooks';
import { readAhead, readMissedApplications, readMissedDeadlines } from '../../../src/db/credit/runChecks';
import { signRow } from '../../../src/db/evidence/signedRows';
import { saveRegistration } from '../../../src/db/messaging/templates/templateRegistrations';
import { approveTemplate, supersedeActive } from '../../../src/db/messaging/templates/templates';
import { closeOffer } from '../../../src/db/origination/applications';
import { accountToTell as accountInBooks, phoneChangesToTell } from '../../../src/db/origination/phoneChanges';
import { insertPolicy, policyVersionInForce } from '../../../src/db/policy/policies';
import type { Client } from '../../../src/db/transaction';
import type { Stage } from '../../../src/domain/credit/account';
import { type IncidentStage, mayFollow } from '../../../src/domain/incidents/incidents';
import {
  afterApproval,
  FOLLOWS,
  type Registration,
  registrationAfter,
  type TemplateStage,
} from '../../../src/domain/messaging/templates/templateStages';
import {
  type AccountTimes,
  accountDueAtMs,
  hasToLook,
  holdsClockAtMs,
  missedItsDeadline,
} from '../../../src/domain/operations/pace';
import {
  type ApplicationStage,
  isEnded,
  stageAfterOffer,
  stageEndsAtMs,
} from '../../../src/domain/origination/applicationStages';
import { accountToTell, changesToTell } from '../../../src/domain/origination/identity';
import type { LendingPolicy } from '../../../src/domain/policy/lendingPolicy';
import { versionInForce } from '../../../src/domain/policy/policyVersions';
import { NOW_MS, TENANT, useDatabase } from '../testDatabase';
import { compareOn, numbered, put, useLooseTables, uuidOf } from './randomRows';

const database = useDatabase();
const TABLES = ['application', 'credit_account', 'notice', 'planned_debit', 'phone_change_notice', 'policy_version'];
useLooseTables(database, [...TABLES, 'notice_template', 'template_registration', 'incident']);

const instant = fc.integer({ min: -3, max: 3 }).map((step) => NOW_MS + step);
const of = { tenant_id: TENANT };

/** Which of all changes the guard of a table lets through. */
async function allowed<Status extends string>(
  client: Client,
  { table, column, statuses }: { table: string; column: string; statuses: readonly Status[] },
): Promise<string[]> {
  await client.query(`alter table ${table} enable trigger user`);
  const passed: string[] = [];
  const { rows } = await client.query<{ id: string; status: Status }>(
    `select ctid as id, ${column} as status from ${table}`,
  );
  for (const { id, status } of rows) {
    for (const to of statuses) {
      await client.query('savepoint before');
      const done = await client.query(`update ${table} set ${column} = $1 where ctid = $2`, [to, id]).then(
        ({ rowCount }) => rowCount === 1,
        () => false,
      );
      await client.query('rollback to savepoint before');
      if (done && to !== status) passed.push(`${status} ${to}`);
    }
  }
  return passed.sort();
}

function pairs<Status extends string>(
  statuses: readonly Status[],
  may: (from: Status, to: Status) => boolean,
): string[] {
  return statuses
    .flatMap((from) => statuses.filter((to) => to !== from && may(from, to)).map((to) => `${from} ${to}`))
    .sort();
}

describe('what may follow what, by the last line in the database', () => {
  it('of an incident is what the domain lets follow', () => {
    const statuses: IncidentStage[] = ['open', 'acknowledged', 'resuming', 'resumed', 'reviewed'];
    return compareOn(
      database,
      fc.constant('all'),
      async (client) => {
        const row = (stage: IncidentStage) => ({
          ...of,
          incident_id: stage,
          dedupe_key: stage,
          stage,
          measures: [],
          scope: {},
        });
        await put(
          client,
          'incident',
          statuses.map((stage) => ({ ...row(stage), exempt_borrower_ids: [] })),
        );
        expect(await allowed(client, { table: 'incident', column: 'stage', statuses })).toEqual(
          pairs(statuses, mayFollow),
        );
      },
      1,
    );
  });

  it('of an application: nothing follows what is over', () => {
    const statuses: ApplicationStage[] = ['assessing', 'referred', 'offered', 'declined', 'expired', 'accepted'];
    return compareOn(
      database,
      fc.constant('all'),
      async (client) => {
        await put(
          client,
          'application',
          statuses.map((stage) => ({ ...of, application_id: stage, stage, drawn_fen: 0 })),
        );
        const may = (from: ApplicationStage) => !isEnded({ stage: from });
        expect(await allowed(client, { table: 'application', column: 'stage', statuses })).toEqual(
          pairs(statuses, may),
        );
      },
      1,
    );
  });

  it('of a template is what the domain lets follow', () => {
    const statuses = Object.keys(FOLLOWS) as TemplateStage[];
    return compareOn(
      database,
      fc.constant('all'),
      async (client) => {
        await client.query('drop index notice_template_one_active');
        const row = {
          ...of,
          kind: 'due-today',
          body: 'b',
          signature: 's',
          required_providers: [],
          retired_by: 'somebody',
        };
        await put(
          client,
          'notice_template',
          statuses.map((status, index) => ({ ...row, version: index + 1, status })),
        );
        const may = (from: TemplateStage, to: TemplateStage) => FOLLOWS[from].includes(to);
        expect(await allowed(client, { table: 'notice_template', column: 'status', statuses })).toEqual(
          pairs(statuses, may),
        );
      },
      1,
    );
  });
});

describe('a template', () => {
  it('is approved and superseded, and a provider answers for it, as the domain says', () => {
    const registration = fc.record({
      status: fc.constantFrom('pending', 'approved', 'rejected', 'not-needed'),
      code: fc.option(fc.constantFrom('c-1', 'c-2')),
      reason: fc.option(fc.constant('r')),
    }) as fc.Arbitrary<Registration>;
    const statuses = Object.keys(FOLLOWS) as TemplateStage[];
    return compareOn(
      database,
      fc.record({ status: fc.constantFrom(...statuses), told: fc.array(registration, { minLength: 1, maxLength: 4 }) }),
      async (client, { status, told }) => {
        const ref = { tenantId: TENANT, kind: 'due-today', version: 1 } as const;
        await put(client, 'notice_template', [{ ...of, kind: ref.kind, version: 1, status }]);
        const after = afterApproval(status);
        expect(await approveTemplate(client, { ...ref, approvedBy: 'a' })).toBe(after !== status);
        const read = async () => (await client.query('select status from notice_template')).rows[0]?.status;
        expect(await read()).toBe(after);
        expect(await supersedeActive(client, ref)).toBe(after === 'active' ? 1 : undefined);
        expect(await read()).toBe(after === 'active' ? 'superseded' : after);
        let known: Registration | undefined;
        for (const each of told) {
          await saveRegistration(client, { ...ref, provider: 'p', ...each, askedAtMs: NOW_MS });
          known = registrationAfter(known, each);
        }
        expect((await client.query('select status, code, reason from template_registration')).rows).toEqual([known]);
      },
      60,
    );
  });
});

const STAGES: Stage[] = ['current', 'overdue', 'write-off-review', 'settled', 'written-off'];
const account = fc.record({
  stage: fc.constantFrom(...STAGES),
  openedAtMs: instant,
  advancedAtMs: fc.option(instant),
  nextDeadlineAtMs: fc.option(instant),
  foldVersion: fc.integer({ min: 1, max: 2 }),
  minutesAgo: fc.option(fc.constantFrom(5, 9, 11, 60)),
});
const application = fc.record({
  stage: fc.constantFrom<ApplicationStage>('assessing', 'referred', 'offered', 'declined', 'expired', 'accepted'),
  receivedAtMs: instant,
  decideByMs: fc.option(instant),
  offerExpiresAtMs: fc.option(instant),
  drawnFen: fc.integer({ min: 0, max: 1 }),
});
const accounts = fc
  .array(account, { maxLength: 10 })
  .map((drawn) => numbered(drawn).map(({ index, ...each }) => ({ ...each, accountId: `account-${index}` })));

async function keepAccounts(
  client: Client,
  drawn: readonly (AccountTimes & { accountId: string; minutesAgo: number | null })[],
): Promise<void> {
  await put(
    client,
    'credit_account',
    drawn.map((each) => ({
      ...of,
      account_id: each.accountId,
      borrower_id: 'b',
      product: 'cash-loan',
      stage: each.stage,
      opened_at_ms: each.openedAtMs,
      advanced_at_ms: each.advancedAtMs,
      fold_version: each.foldVersion,
      next_deadline_at_ms: each.nextDeadlineAtMs,
    })),
  );
  for (const { accountId, minutesAgo } of drawn) {
    await client.query(
      'update credit_account set told_to_look_at = now() - make_interval(mins => $2) where account_id = $1',
      [accountId, minutesAgo],
    );
  }
}

describe('what is behind', () => {
  it('of accounts and applications is what the domain finds, and an offer that is over ends as it says', () =>
    compareOn(
      database,
      fc.record({ drawn: accounts, applications: fc.array(application, { maxLength: 8 }) }),
      async (client, { drawn, applications }) => {
        await keepAccounts(client, drawn);
        const rows = numbered(applications).map(({ index, ...each }) => ({ ...each, applicationId: `a-${index}` }));
        await put(
          client,
          'application',
          rows.map((each) => ({
            ...of,
            application_id: each.applicationId,
            stage: each.stage,
            received_at_ms: each.receivedAtMs,
            decide_by_at_ms: each.decideByMs,
            expires_at_ms: each.offerExpiresAtMs,
            drawn_fen: each.drawnFen,
          })),
        );
        const beforeMs = NOW_MS;
        expect(await readMissedDeadlines(client, { tenantId: TENANT, beforeMs })).toEqual(
          drawn.filter((each) => missedItsDeadline(each, beforeMs)).map(({ accountId }) => accountId),
        );
        const missed = await readMissedApplications(client, { tenantId: TENANT, beforeMs });
        expect(missed.map(({ applicationId }) => applicationId)).toEqual(
          rows.filter((each) => (stageEndsAtMs(each) ?? beforeMs) < beforeMs).map(({ applicationId }) => applicationId),
        );
        for (const { applicationId } of rows) {
          await signRow(client, 'application', [TENANT, applicationId]);
          await closeOffer(client, { tenantId: TENANT, applicationId, atMs: NOW_MS });
        }
        const after = await client.query<{ stage: string }>('select stage from application order by application_id');
        expect(after.rows.map(({ stage }) => stage)).toEqual(rows.map(stageAfterOffer));
      },
    ));

  it('is told to look again once its rules are old, each after its time', () =>
    compareOn(database, accounts, async (client, drawn) => {
      await keepAccounts(client, drawn);
      const query = { tenantId: TENANT, foldVersion: 2, limit: 50, againAfterMinutes: 10 };
      const taken = await takeAccountsToLook(client, query);
      const said = drawn.filter((each) => {
        const toldAtMs = each.minutesAgo === null ? null : NOW_MS - each.minutesAgo * 60_000;
        return hasToLook({ ...each, toldAtMs }, { foldVersion: 2, nowMs: NOW_MS, againAfterMs: 600_000 });
      });
      expect(taken.map(({ accountId }) => accountId).sort()).toEqual(said.map(({ accountId }) => accountId));
    }));

  it('holds the clock of a run as the domain says', () =>
    compareOn(
      database,
      fc.record({
        drawn: accounts,
        notices: fc.array(
          fc.record({ isPlanned: fc.boolean(), sendAfterMs: instant, goodForMs: fc.integer({ min: 0, max: 9 }) }),
        ),
        debits: fc.array(fc.record({ isPlanned: fc.boolean(), nextAtMs: instant }), { maxLength: 4 }),
        graceMs: fc.integer({ min: 0, max: 5 }),
      }),
      async (client, { drawn, notices, debits, graceMs }) => {
        await keepAccounts(client, drawn);
        await put(
          client,
          'notice',
          numbered(notices).map((each) => ({
            ...of,
            notice_id: uuidOf(each.index),
            dedupe_key: `${each.index}`,
            account_id: 'x',
            status: each.isPlanned ? 'planned' : 'cancelled',
            send_after_at_ms: each.sendAfterMs,
            expires_at_ms: each.sendAfterMs + each.goodForMs,
          })),
        );
        await put(
          client,
          'planned_debit',
          numbered(debits).map((each) => ({
            ...of,
            account_id: 'x',
            obligation_key: `${each.index}`,
            attempt: 1,
            reference: `r-${each.index}`,
            status: each.isPlanned ? 'planned' : 'settled',
            next_at_ms: each.nextAtMs,
          })),
        );
        const graces = { graceMs, shareOfNotice: 0.5 };
        const ahead = await readAhead(client, { tenantId: TENANT, ...graces, limit: 100 });
        const said = [
          ...drawn.flatMap((each) => accountDueAtMs(each) ?? []).map((dueAtMs) => holdsClockAtMs({ dueAtMs }, graces)),
          ...debits
            .filter(({ isPlanned }) => isPlanned)
            .map((each) => holdsClockAtMs({ dueAtMs: each.nextAtMs }, graces)),
          ...notices
            .filter(({ isPlanned }) => isPlanned)
            .map(({ sendAfterMs: dueAtMs, goodForMs }) => holdsClockAtMs({ dueAtMs, goodForMs }, graces)),
        ];
        expect(ahead.map(({ holdsAtMs }) => holdsAtMs)).toEqual(said.sort((one, other) => one - other));
      },
      60,
    ));
});

describe('a change of phone', () => {
  it('is told through the account that the domain names, until a notice of it was planned', () =>
    compareOn(
      database,
      fc.record({
        drawn: accounts,
        changes: fc.uniqueArray(
          fc.record({
            version: fc.integer({ min: 2, max: 4 }),
            toVersion: fc.integer({ min: 1, max: 2 }),
            atMs: instant,
          }),
          { selector: ({ version, toVersion }) => `${version} ${toVersion}` },
        ),
        planned: fc.subarray(['phone-changed/2/1', 'phone-changed/3/1', 'phone-changed/4/2']),
      }),
      async (client, { drawn, changes, planned }) => {
        await keepAccounts(client, drawn);
        const ref = { tenantId: TENANT, borrowerId: 'b' };
        const told = await accountInBooks(client, ref);
        expect(told?.accountId).toBe(accountToTell(drawn)?.accountId);
        await put(
          client,
          'phone_change_notice',
          changes.map(({ version, toVersion, atMs }) => ({
            ...of,
            borrower_id: 'b',
            version,
            to_version: toVersion,
            at_ms: atMs,
          })),
        );
        await put(
          client,
          'notice',
          planned.map((key, index) => ({
            ...of,
            notice_id: uuidOf(index),
            borrower_id: 'b',
            account_id: 'x',
            kind: 'phone-changed',
            dedupe_key: key,
          })),
        );
        const sinceMs = NOW_MS;
        expect(await phoneChangesToTell(client, { ...ref, sinceMs })).toEqual(
          changesToTell(changes, { sinceMs, plannedKeys: planned }),
        );
      },
      60,
    ));
});

describe('a policy', () => {
  it('is in force as the domain says', () => {
    const date = fc.constantFrom('2026-03-01', '2026-03-02', '2026-03-03');
    const version = fc.record({
      version: fc.constantFrom('v1', 'v2', 'v3', 'v4'),
      effectiveFrom: date,
      step: fc.nat(2),
    });
    return compareOn(
      database,
      fc.record({ versions: fc.uniqueArray(version, { selector: (each) => each.version }), on: date }),
      async (client, { versions, on }) => {
        await client.query('delete from policy_version');
        for (const { step, ...policy } of versions) {
          await insertPolicy(client, { tenantId: TENANT, policy: policy as unknown as LendingPolicy });
          await client.query('update policy_version set created_at = to_timestamp($2) where version = $1', [
            policy.version,
            step,
          ]);
        }
        const said = versionInForce(
          versions.map(({ step, ...each }) => ({ ...each, createdAtMs: step })),
          on,
        );
        expect(await policyVersionInForce(client, { tenantId: TENANT, date: on })).toBe(said);
      },
      60,
    );
  });
});
