/** Suppliers over a real connection: bounds, tries, rests, and answers that keep no contract. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkSupplier } from '../../../src/adapters/sources/conformance';
import { createHttpSource, type HttpSourceOptions } from '../../../src/adapters/sources/httpSource';
import type { SourceQuestion } from '../../../src/adapters/sources/port';
import { type SandboxSupplier, startSandboxSupplier } from '../../../src/adapters/sources/sandboxSupplier';
import { readSourceAnswer } from '../../../src/adapters/sources/sourceAnswer';
import { SUPPLIED_KINDS } from '../../../src/domain/origination/dataSources';

const KEY = { keyId: 'lender-1', secret: 'an-example-secret-of-32-characters' };
const now = () => Date.now();
let supplier: SandboxSupplier;
let pauses: number[];

beforeEach(async () => {
  supplier = await startSandboxSupplier({ ...KEY, now });
  pauses = [];
});
afterEach(() => supplier.close());

function source(changes: Partial<HttpSourceOptions> = {}) {
  const pause = async (ms: number) => {
    pauses.push(ms);
  };
  return createHttpSource({ ...KEY, supplier: 'sandbox', url: supplier.url, now, pause, ...changes });
}

function question(changes: Partial<SourceQuestion> = {}): SourceQuestion {
  return {
    requestId: 'a-1.financial-record.1',
    sourceKind: 'financial-record',
    purpose: 'credit-assessment',
    consent: { consentId: 'a-1.financial-record', fromMs: 1, untilMs: null },
    borrowerId: 'b-1',
    ...changes,
  };
}

describe('a supplier over HTTP', () => {
  it('shows the figures of its kind, the same whenever it is asked', async () => {
    const first = await source().ask(question());
    expect(first).toMatchObject({ status: 'complete', missing: [], figures: { finances: { openOverdue: false } } });
    expect(await source().ask(question())).toEqual(first);
    expect(await source().ask(question({ sourceKind: 'consumption' }))).toMatchObject({ status: 'complete' });
  });

  it('is told the person only by who gives it, and hears purpose and consent', async () => {
    await source().ask(question());
    expect(supplier.asked.at(-1)).toEqual({ ...question() });
    const person = { name: '样例', idNumber: '000000199003071236', phone: '19900000001' };
    await source().ask(question({ sourceKind: 'identity', person }));
    expect(supplier.asked.at(-1)).toMatchObject({ person, purpose: 'credit-assessment' });
  });

  it('shows half of them: each that is missing by its name', async () => {
    supplier.mood = 'partial';
    expect(await source().ask(question())).toMatchObject({
      status: 'partial',
      missing: ['finances.monthlyIncomeFen', 'finances.monthlyDebtServiceFen', 'finances.unsecuredDebtFen'],
    });
  });

  it('is away: tried twice more under the same id, and unavailable', async () => {
    supplier.mood = 'down';
    expect(await source().ask(question())).toEqual({
      status: 'unavailable',
      detail: 'HTTP status 503 of the supplier',
    });
    expect(pauses).toEqual([500, 2_000]);
    expect(supplier.asked.map(({ requestId }) => requestId)).toEqual(Array(3).fill(question().requestId));
  });

  it('comes back while it is tried', async () => {
    supplier.mood = 'down';
    const pause = async () => {
      supplier.mood = 'whole';
    };
    expect(await source({ pause }).ask(question())).toMatchObject({ status: 'complete' });
  });

  it.each([
    ['slow', /no whole answer within 1000 ms/, 3],
    ['huge', /larger than 16384 bytes/, 3],
    ['unsigned', /without a timestamp/, 3],
    // It was meant so: the same question would be answered so again.
    ['wrong', /finances.monthlyIncomeFen must be whole fen/, 1],
  ] as const)('is %s: unavailable, told by field and fix, never by what it sent', async (mood, detail, tries) => {
    supplier.mood = mood;
    const answer = await source(mood === 'slow' ? { totalTimeoutMs: 1_000 } : {}).ask(question());
    expect(answer).toMatchObject({ status: 'unavailable', detail: expect.stringMatching(detail) });
    expect(JSON.stringify(answer)).not.toContain('20000.00');
    expect(supplier.asked).toHaveLength(tries);
  });

  it('nobody listens, or knows us by another key: unavailable', async () => {
    const url = supplier.url;
    expect(await source({ secret: 'another-secret-of-more-than-32-characters' }).ask(question())).toMatchObject({
      status: 'unavailable',
    });
    await supplier.close();
    expect(await source({ url }).ask(question())).toMatchObject({
      status: 'unavailable',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
    supplier = await startSandboxSupplier({ ...KEY, now });
  });

  it('rests after troubles in a row, and is tried again after its rest', async () => {
    supplier.mood = 'down';
    const resting = source({ triesAgainAfterMs: [], restsAfter: 2, restMs: 1_000 });
    for (let at = 0; at < 2; at += 1) await resting.ask(question());
    expect(await resting.ask(question())).toEqual({
      status: 'unavailable',
      detail: 'the supplier rests after trouble',
    });
    expect(supplier.asked).toHaveLength(2);
    supplier.mood = 'whole';
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await resting.ask(question())).toMatchObject({ status: 'complete' });
  });

  it('answers wrongly and does not rest for it: others may be answered well', async () => {
    supplier.mood = 'wrong';
    const asked = source({ restsAfter: 1 });
    await asked.ask(question());
    supplier.mood = 'whole';
    expect(await asked.ask(question())).toMatchObject({ status: 'complete' });
  });
});

const FINANCES = {
  monthlyIncomeFen: 1,
  monthlyDebtServiceFen: 0,
  unsecuredDebtFen: 0,
  worstBureauCode: 0,
  openOverdue: false,
  bureauInquiries3Months: 0,
};
const ANSWER = { requestId: 'r', status: 'complete', figures: { finances: FINANCES }, missing: [] };
const { monthlyIncomeFen: _, ...WITHOUT_INCOME } = FINANCES;

describe('the contract of an answer', () => {
  const read = (content: unknown) =>
    readSourceAnswer(Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)), {
      requestId: 'r',
      sourceKind: 'financial-record',
    });

  it.each([
    ['no JSON', 'nothing', /body must be one JSON object/],
    ['a list', [], /body must be a JSON object/],
    ['a field that is not known', { ...ANSWER, note: 'x' }, /body must have no other fields than/],
    ['of another question', { ...ANSWER, requestId: 's' }, /requestId must be that of the request/],
    ['of no status', { ...ANSWER, status: 'fine' }, /status must be one of complete, partial/],
    ['figures of another kind', { ...ANSWER, figures: { identity: { adult: true } } }, /no other fields than finances/],
    [
      'a figure that is not known',
      { ...ANSWER, figures: { finances: { age: 30 } } },
      /figures.finances must have no other/,
    ],
    ['yuan', { ...ANSWER, figures: { finances: { ...FINANCES, monthlyIncomeFen: 1.5 } } }, /must be whole fen from 0/],
    ['null', { ...ANSWER, figures: { finances: { ...FINANCES, openOverdue: null } } }, /must be true or false/],
    [
      'less than complete',
      { ...ANSWER, figures: { finances: WITHOUT_INCOME } },
      /missing must name finances.monthlyIncomeFen/,
    ],
    [
      'complete with gaps',
      { ...ANSWER, figures: { finances: WITHOUT_INCOME }, missing: ['finances.monthlyIncomeFen'] },
      /status must be complete where/,
    ],
    [
      'missing that is there',
      { ...ANSWER, status: 'partial', missing: ['finances.openOverdue'] },
      /missing must name finances.openOverdue where/,
    ],
    [
      'missing of another kind',
      { ...ANSWER, status: 'partial', missing: ['identity.adult'] },
      /missing must be a list of figures/,
    ],
  ])('%s is refused by field and fix', (_name, content, fault) => {
    expect(() => read(content)).toThrow(fault);
  });

  it('partial: what is there is taken', () => {
    const missing = ['finances.monthlyIncomeFen'];
    expect(read({ ...ANSWER, status: 'partial', figures: { finances: WITHOUT_INCOME }, missing })).toEqual({
      status: 'partial',
      missing,
      figures: { finances: WITHOUT_INCOME },
    });
  });
});

describe('the conformance of a supplier', () => {
  it.each(SUPPLIED_KINDS)('finds the sandbox to keep the contract of %s', async (kind) => {
    const findings = await checkSupplier({ ...KEY, url: supplier.url, kind, borrowerId: 'b-1', now });
    expect(findings).toHaveLength(4);
    expect(findings.filter(({ fault }) => fault !== undefined)).toEqual([]);
  });

  it.each([
    ['wrong', /is not usable/],
    ['unsigned', /sign it as docs/],
    ['down', /HTTP status 503: answer 200/],
  ] as const)('tells what is wrong with a supplier that is %s', async (mood, fault) => {
    supplier.mood = mood;
    const options = { ...KEY, url: supplier.url, kind: 'identity', borrowerId: 'b-1', now } as const;
    const [first] = await checkSupplier(options);
    expect(first?.fault).toMatch(fault);
  });
});
