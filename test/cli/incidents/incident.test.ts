/** The commands on incidents, on a real database; Temporal is a fake here that keeps what it was asked. */

import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type MadeKey, makeKey } from '../../../src/activities/operations/apiKeys';
import { createKey } from '../../../src/api/operations/keys';
import { ArgumentError } from '../../../src/cli/arguments';
import { incidentCommand } from '../../../src/cli/incidents/incident';
import { createActorSeals } from '../../../src/db/evidence/actorSeals';
import { measuresInForce } from '../../../src/db/incidents/incidents';
import { ensureBorrower } from '../../../src/db/origination/borrowers';
import { inTransaction } from '../../../src/db/transaction';
import { OutcomeUnknown } from '../../../src/platform/outcomeUnknown';
import { FakeGateway } from '../../api/harness';
import { TENANT, useDatabase } from '../../db/testDatabase';
import { BOOKS_KEY } from '../../setup/environment';

const database = useDatabase();
let gateway = new FakeGateway();
let isTemporalSet = true;

const SECRET = 'the secret of the actors of the tests';
/** Who runs the command. */
let acting: { OPERATOR_KEY?: string } = {};
let operator = '';

function keyOf(principal: string, changes: Partial<Parameters<typeof makeKey>[2]> = {}) {
  return inTransaction(database.pool, async (client) => {
    const asked = { tenantId: TENANT, label: 'test', principal, scopes: ['incidents:write'], ...changes };
    return ((await makeKey(client, createKey(), asked)) as MadeKey).key;
  });
}

beforeAll(async () => {
  await inTransaction(database.pool, (client) => ensureBorrower(client, { tenantId: TENANT, borrowerId: 'b-1' }));
  operator = await keyOf('staff:op');
});
beforeEach(() => {
  gateway = new FakeGateway();
  acting = { OPERATOR_KEY: operator };
  isTemporalSet = true;
  gateway.outcome = { status: 'answered', answer: { status: 'needs-second-person', stage: 'resuming' } };
});

async function run(...words: string[]) {
  let text = '';
  let told = '';
  const code = await incidentCommand(words, {
    settings: { DATABASE_URL: database.url, TENANT_ID: TENANT, BOOKS_KEY, ACTOR_SECRET: SECRET, ...acting },
    write: (written) => {
      text += written;
    },
    report: (line) => {
      told += line;
    },
    temporal: async () => (isTemporalSet ? gateway : undefined),
  });
  return { code, text, told, json: () => JSON.parse(text) };
}

const OPEN = [
  'open',
  '--by',
  'staff-01',
  '--measures',
  'draws,auto-debit',
  '--reason',
  'WRONG_AMOUNTS',
  '--channel',
  'hotline',
];

async function opened(...words: string[]): Promise<string> {
  return (await run(...OPEN, ...words, '--json')).json().incidentId;
}

const refusal = (...words: string[]) =>
  run(...words).then(
    () => 'not refused',
    (error: Error) => {
      expect(error).toBeInstanceOf(ArgumentError);
      return error.message;
    },
  );

describe('open', () => {
  test('is in force at once, narrowed as it says, and starts the workflow', async () => {
    const { code, text } = await run(...OPEN, '--product', 'cash-loan', '--key', 'once');
    expect(code).toBe(0);
    const [, incidentId] = /^(\S+) is in force\n$/.exec(text) ?? [];
    const inForce = await measuresInForce(database.pool, { tenantId: TENANT });
    expect(inForce).toContainEqual(
      expect.objectContaining({ incidentId, measures: ['draws', 'auto-debit'], scope: { product: 'cash-loan' } }),
    );
    expect(gateway.asked).toMatchObject([{ kind: 'start', input: { incidentId } }]);
    expect(await opened('--product', 'cash-loan', '--key', 'once')).toBe(incidentId);
  });

  test.each([
    ['is away', () => (gateway.fault = new OutcomeUnknown('Temporal is away'))],
    ['is not named', () => (isTemporalSet = false)],
  ])('is in force where Temporal %s', async (_, takeAway) => {
    takeAway();
    const { code, text } = await run(...OPEN);
    expect(code).toBe(0);
    expect(text).toContain('is in force\nits workflow is started by a worker\n');
  });

  test.each([
    ['--measures', ['open', '--by', 's', '--measures', 'all', '--reason', 'ABC', '--channel', 'c'], 'measures must be'],
    ['--by', OPEN.map((word) => (word === 'staff-01' ? 'a b' : word)), '--by must be'],
    ['--measures', ['open'], 'measures must be'],
    ['--reason', ['open', '--by', 's', '--measures', 'draws', '--reason', 'abc', '--channel', 'c'], 'reasonCode must'],
    [
      '--template',
      [...OPEN, '--measures=notices']
        .filter((word) => word !== '--measures' && word !== 'draws,auto-debit')
        .concat(['--template', 'due-son']),
      '--template must be one of loan-disbursed',
    ],
    ['--region', [...OPEN, '--region', 'east'], 'region cannot narrow draws'],
    ['--key', [...OPEN, '--key', 'again-2-x'], '--key must not begin with again- and a number, which is reserved'],
    ['another word', [...OPEN, '--city', 'x'], '--city is not known'],
  ])('refuses a wrong %s before anything is opened', async (_, words, fault) => {
    const before = await measuresInForce(database.pool, { tenantId: TENANT });
    expect(await refusal(...words)).toContain(fault);
    expect(await measuresInForce(database.pool, { tenantId: TENANT })).toEqual(before);
  });
});

describe('list and show', () => {
  test('tell what is stopped, by whom and since when', async () => {
    const incidentId = await opened();
    expect((await run('list', '--in-force')).text).toContain(
      `${incidentId}  open  stops draws, auto-debit for the whole`,
    );
    const { text } = await run('show', incidentId);
    expect(text).toContain('borrowers turn to hotline');
    expect(text).toContain('opened  staff:op');
    expect((await run('show', incidentId, '--json')).json()).toMatchObject({ timeline: [{ kind: 'opened' }] });
    expect(await refusal('show', 'none')).toContain('there is no incident none');
  });
});

describe('what is told to an incident', () => {
  test.each<[string, string[], string, object]>([
    ['acknowledge', [], 'acknowledge', { by: 'staff-02' }],
    ['resume', [], 'approveResume', { by: 'staff-02' }],
    ['widen', ['--measures', 'draws,notices'], 'changeMeasures', { by: 'staff-02', measures: ['draws', 'notices'] }],
    [
      'appeal',
      ['--appeal', 'ap-1', '--borrower', 'b-1'],
      'appeal',
      { appealId: 'ap-1', borrowerId: 'b-1', by: 'staff-02' },
    ],
    [
      'answer',
      ['--appeal', 'ap-1', '--decision', 'upheld', '--reason', 'paid before'],
      'answerAppeal',
      { appealId: 'ap-1', by: 'staff-02', isUpheld: true, reason: 'paid before' },
    ],
    [
      'answer',
      ['--appeal', 'ap-1', '--decision', 'dismissed', '--reason', 'not paid'],
      'answerAppeal',
      { appealId: 'ap-1', by: 'staff-02', isUpheld: false, reason: 'not paid' },
    ],
    ['note', ['--text', 'called'], 'note', { by: 'staff-02', text: 'called' }],
    [
      'review',
      ['--summary', 'why', '--action', 'test'],
      'recordReview',
      { by: 'staff-02', summary: 'why', actions: ['test'] },
    ],
  ])('%s is an update of its workflow', async (word, more, name, input) => {
    const incidentId = await opened();
    gateway.asked = [];
    const { code, text } = await run(word, incidentId, '--by', 'staff-02', ...more, '--key', 'k-1');
    expect(gateway.asked).toEqual([
      { kind: 'update', name, input, workflowId: `incident/${TENANT}/${incidentId}`, updateId: 'k-1' },
    ]);
    expect({ code, text }).toEqual({ code: 0, text: `needs-second-person; ${incidentId} is resuming\n` });
  });

  test('an appeal of somebody who is not there is refused, unless the incident turns applicants away', async () => {
    const words = (incidentId: string) => ['appeal', incidentId, '--by', 's', '--appeal', 'a', '--borrower', 'b-0'];
    const incidentId = await opened();
    gateway.asked = [];
    expect(await refusal(...words(incidentId))).toBe('there is no borrower b-0: correct --borrower');
    expect(gateway.asked).toEqual([]);
    const ofApplicants = await run(
      'open',
      '--by',
      's',
      '--measures',
      'applications',
      '--reason',
      'ABC',
      '--channel=c',
      '--json',
    );
    expect((await run(...words(ofApplicants.json().incidentId))).code).toBe(0);
  });

  test('a refusal is exit code 1 with its reason', async () => {
    const incidentId = await opened();
    gateway.outcome = { status: 'answered', answer: { status: 'refused', refusal: 'same-person', stage: 'resuming' } };
    const { code, text } = await run('resume', incidentId, '--by', 'staff-02');
    expect({ code, text }).toEqual({ code: 1, text: `refused: same-person; ${incidentId} is resuming\n` });
  });

  test.each([
    ['no appeal', ['appeal', '--borrower', 'b-1'], '--appeal is needed'],
    ['no borrower', ['appeal', '--appeal', 'ap-1'], '--borrower is needed'],
    ['a borrower that is none', ['appeal', '--appeal', 'ap-1', '--borrower', 'b 1'], 'borrowerId must be'],
    ['no decision', ['answer', '--appeal', 'ap-1', '--reason', 'why'], '--decision is needed'],
    [
      'another decision',
      ['answer', '--appeal', 'ap-1', '--decision', 'yes', '--reason', 'why'],
      '--decision must be upheld or dismissed',
    ],
    ['no reason', ['answer', '--appeal', 'ap-1', '--decision', 'upheld'], '--reason is needed'],
    ['an empty reason', ['answer', '--appeal', 'ap-1', '--decision', 'upheld', '--reason', ''], 'reason must be'],
  ])('refuses an appeal or answer with %s before anybody is told', async (_, [word = '', ...more], fault) => {
    const incidentId = await opened();
    gateway.asked = [];
    expect(await refusal(word, incidentId, '--by', 'staff-02', ...more)).toContain(fault);
    expect(gateway.asked).toEqual([]);
  });

  test('an appeal that nobody filed, or that was answered, is refused with its reason', async () => {
    const incidentId = await opened();
    gateway.outcome = { status: 'answered', answer: { status: 'refused', refusal: 'unknown-appeal', stage: 'open' } };
    const words = ['--by', 'staff-02', '--appeal', 'ap-9', '--decision', 'upheld', '--reason', 'why'];
    const { code, text } = await run('answer', incidentId, ...words);
    expect({ code, text }).toEqual({ code: 1, text: `refused: unknown-appeal; ${incidentId} is open\n` });
  });

  test('says when Temporal is not named, and when it does not answer', async () => {
    const incidentId = await opened();
    isTemporalSet = false;
    expect(await refusal('resume', incidentId, '--by', 'staff-02')).toContain('TEMPORAL_ADDRESS is not set');
    isTemporalSet = true;
    gateway.fault = new OutcomeUnknown('Temporal is away');
    const named = await run('resume', incidentId, '--by', 'staff-02', '--key', 'mine');
    expect(named).toMatchObject({
      code: 1,
      text:
        'no clear answer of Temporal came, so it is not known whether this was done: give the same command again with ' +
        '--key mine; it is done once\n',
    });
    const unnamed = await run('resume', incidentId, '--by', 'staff-02', '--json');
    expect(unnamed.json()).toEqual({ status: 'unknown', key: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(gateway.asked.at(-1)).toMatchObject({ updateId: unnamed.json().key });
  });
});

describe('who acts', () => {
  test('is the principal of the key, signed; a name stands beside it', async () => {
    const incidentId = await opened();
    const { timeline } = (await run('show', incidentId, '--json')).json();
    expect(timeline).toMatchObject([{ kind: 'opened', by: 'staff:op', body: { saidBy: 'staff-01' } }]);
    await run('resume', incidentId, '--key', 'k-9');
    const [asked] = gateway.asked.filter(({ name }) => name === 'approveResume');
    expect(asked?.input).toEqual({ by: 'staff:op' });
    const [actor] = gateway.actors;
    expect(actor).toMatchObject({ principal: 'staff:op', messageId: 'api:k-9' });
    const message = { ...asked?.input, actor };
    const sent = { workflowId: `incident/${TENANT}/${incidentId}`, name: 'approveResume', message };
    expect(createActorSeals(SECRET).principalOf(sent, 'api:k-9')).toBe('staff:op');
  });

  test.each<[what: string, key: () => Promise<string | undefined>, says: string]>([
    ['no key', async () => undefined, 'OPERATOR_KEY is not set'],
    ['an unknown key', async () => `clk_${'x'.repeat(43)}`, 'is not known here, has expired, or was revoked'],
    ['a key that has expired', () => keyOf('staff:op', { expiresAtMs: 1 }), 'has expired'],
    [
      'a key without the scope',
      () => keyOf('staff:op', { scopes: ['incidents:read'] }),
      'lacks the scope incidents:write',
    ],
  ])('with %s nothing is done', async (_, key, says) => {
    const incidentId = await opened();
    const before = await measuresInForce(database.pool, { tenantId: TENANT });
    const made = await key();
    acting = made === undefined ? {} : { OPERATOR_KEY: made };
    gateway.asked = [];
    for (const words of [OPEN, ['resume', incidentId], ['note', incidentId, '--text', 'called']]) {
      expect(await refusal(...words)).toContain(says);
    }
    expect(gateway.asked).toEqual([]);
    expect(await measuresInForce(database.pool, { tenantId: TENANT })).toEqual(before);
    expect((await run('list')).code).toBe(0);
  });
});
