/** The documents say what the code does: links, tables and figures are compared with it, and nothing foreign is in. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SCOPES } from '../src/api/http/authentication';
import { searchAttributes } from '../src/contracts/names';
import { nameOf, readRoutes } from '../src/dev/attack/routeTable';
import type { CashLoanTerms } from '../src/domain/credit/account';
import { summaryOf } from '../src/domain/credit/accountSummary';
import { planSchedule } from '../src/domain/credit/cashLoan/schedule';
import { deriveAccount } from '../src/domain/credit/derive';
import type { Fact } from '../src/domain/credit/facts';
import { planForAccount } from '../src/domain/credit/reminderLadder';
import { NOTICE_KINDS } from '../src/domain/messaging/outbox/noticeKinds';
import { figuresOf, render } from '../src/domain/messaging/outbox/noticeText';
import { defaultPolicy } from '../src/domain/policy/defaultPolicy';
import { SIGNATURE, TEMPLATES } from '../src/domain/policy/shippedTemplates';
import { dateAt, minuteOfDay, SHANGHAI, startOfDateMs } from '../src/domain/values/clock';
import { formatYuan } from '../src/domain/values/money';
import { residentIdFault } from '../src/domain/values/residentId';
import { SETTING_NAMES } from '../src/platform/config/settings';

const ROOT = resolve(__dirname, '..');
/** What git ignores or keeps for itself. */
const NOT_OURS = new Set(['.git', 'node_modules', 'dist', '.creditloom', 'coverage']);

/** Every file of the project by its path from the root. */
const FILES = filesBelow(ROOT).sort();
const TEXTS = new Map(FILES.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')] as const));
const DOCUMENTS = FILES.filter((file) => file.endsWith('.md'));

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (NOT_OURS.has(entry.name) || entry.name === '.env' || entry.name.endsWith('.log')) return [];
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [relative(ROOT, path).split(sep).join('/')] : [];
  });
}

function textOf(file: string): string {
  const text = TEXTS.get(file);
  if (text === undefined) throw new Error(`${file} is missing`);
  return text;
}

/** What follows a heading, up to the next one of any level. */
function section(file: string, heading: string): string {
  const parts = textOf(file).split(/^#+ /m);
  const found = parts.find((part) => part.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`${file} has no heading "${heading}"`);
  return found;
}

/** The rows of the tables in a text, without their heads; cells trimmed. */
function rows(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  return lines
    .filter((line, at) => !/^\|[-| ]+$/.test(line) && !/^\|[-| ]+$/.test(lines[at + 1] ?? ''))
    .map((line) => line.slice(1, -1).split('|'))
    .map((cells) => cells.map((cell) => cell.trim()));
}

/** The names in backquotes of a cell. */
function names(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
}

/** Targets of the relative links of a document; code blocks hold none. */
function linksOf(file: string): string[] {
  const prose = textOf(file).replace(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Whether a relative link of a document leads to a file, and to a heading of it when it names one. */
function leadsSomewhere(file: string, link: string): boolean {
  const [path = '', fragment] = link.split('#');
  const target = path === '' ? file : join(dirname(file), path).split(sep).join('/');
  if (!existsSync(join(ROOT, target))) return false;
  return fragment === undefined || headingsOf(target).includes(fragment);
}

/** As GitHub names headings: lower case, no punctuation, dashes for spaces. */
function headingsOf(file: string): string[] {
  return [...textOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    (heading ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\d\s-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

describe('references', () => {
  it.each(DOCUMENTS)('every relative link of %s leads somewhere', (file) => {
    expect(linksOf(file).filter((link) => !leadsSomewhere(file, link))).toEqual([]);
  });

  it('every document can be reached from the README', () => {
    const reached = new Set<string>();
    const follow = (file: string) => {
      if (reached.has(file) || !DOCUMENTS.includes(file)) return;
      reached.add(file);
      for (const link of linksOf(file)) {
        follow(
          join(dirname(file), link.split('#')[0] ?? '')
            .split(sep)
            .join('/'),
        );
      }
    };
    follow('README.md');
    expect(DOCUMENTS.filter((file) => !reached.has(file))).toEqual([]);
  });

  it('every document that the code names exists', () => {
    const named = FILES.filter((file) => /^(src|test|scripts|bench)\/.*\.(ts|mjs)$/.test(file)).flatMap((file) =>
      // Not `/docs/json`, which is a route.
      [...textOf(file).matchAll(/(?<![\w/.-])docs\/[\w./-]+\.\w+/g)].map(([path]) => ({ file, path })),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ path }) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('every fact that a comment refers to is in docs/facts.md', () => {
    const sources = FILES.filter((file) => /^(src|test)\/.*\.ts$/.test(file) && file !== 'test/docs.test.ts');
    const cited = sources.flatMap((file) =>
      [...textOf(file).matchAll(/\bfacts ((?:\d\.\d|V\d+|7\b)(?:(?:,| and| to)? (?:\d\.\d|V\d+|7\b))*)/gi)].flatMap(
        ([, list]) => (list ?? '').match(/\d\.\d|(?<!V\d*)\b7\b/g) ?? [],
      ),
    );
    const known = rows(textOf('docs/facts.md')).flatMap(([number]) => (number ?? '').split(', '));
    expect(cited.length).toBeGreaterThan(20);
    expect([...new Set(cited)].filter((number) => number !== '7' && !known.includes(number))).toEqual([]);
    expect(textOf('docs/facts.md')).toMatch(/^## 7\. /m);
  });

  it('every npm command and every command of ours that a document names exists', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const prose = DOCUMENTS.map(textOf).join('\n');
    const run = [...prose.matchAll(/npm run ([\w-]+)/g)].map(([, name]) => name ?? '');
    const ours = [...prose.matchAll(/(?:npm run cli|npx creditloom) ([\w-]+)/g)].map(([, name]) => name ?? '');
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
    expect(ours).toContain('create-key');
    const commands = JSON.parse(textOf('src/cli/commands.json')) as { name: string }[];
    expect(ours.filter((name) => !commands.some((row) => row.name === name))).toEqual([]);
  });
});

describe('tables', () => {
  it('docs/operations.md names every setting, and no other', () => {
    const documented = rows(section('docs/operations.md', 'Settings')).flatMap(([name]) => names(name));
    expect([...documented].sort()).toEqual([...SETTING_NAMES].sort());
  });

  it('docs/operations.md names every search attribute with its type', () => {
    const documented = rows(section('docs/operations.md', 'Search attributes'))
      .filter(([name]) => name !== '')
      .map(([name, type]) => `${names(name)[0]} ${type?.toUpperCase()}`);
    const known = Object.values(searchAttributes).map(({ name, type }) => `${name} ${type}`);
    expect(documented.sort()).toEqual(known.sort());
  });

  it('the decision on dependencies names every package, and no other', () => {
    const { dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Record<string, object>;
    const used = Object.keys({ ...dependencies, ...devDependencies });
    const decided = rows(textOf('docs/decisions/0002-dependencies.md')).flatMap(([name]) => names(name));
    expect([...decided].sort()).toEqual(used.sort());
  });

  it('the list of decisions has each of them with its title', () => {
    const decisions = FILES.filter((file) => /^docs\/decisions\/\d{4}-.*\.md$/.test(file));
    const listed = rows(textOf('docs/decisions/README.md')).map(([link, title]) => `${link}: ${title}`);
    const titles = decisions.map((file) => {
      const [, number, title] = /^# (\d{4}): (.*)\n/.exec(textOf(file)) ?? [];
      return `[${number}](${file.slice('docs/decisions/'.length)}): ${title}`;
    });
    expect(listed).toEqual(titles);
  });

  it('docs/notices.md names every kind of notice', () => {
    const documented = rows(section('docs/notices.md', 'Who plans what, and when')).flatMap(([kind]) => names(kind));
    expect([...documented].sort()).toEqual([...NOTICE_KINDS].sort());
  });

  it('documents name every scope and every route, and no other route', async () => {
    const prose = DOCUMENTS.map(textOf).join('\n');
    for (const scope of SCOPES) expect(prose).toContain(`\`${scope}\``);
    const routes = (await readRoutes())
      .filter(({ method, url }) => method !== 'HEAD' && url.startsWith('/v1/'))
      .map(nameOf);
    const named = [...prose.matchAll(/`(GET|POST|PUT) (\/v1\/[\w/:.-]*)`/g)]
      .map(([, verb, path]) => `${verb} ${path?.replace(/\/app-77(-1)?/, '/:id')}`)
      .concat(prose.includes('`…/timeline`') ? ['GET /v1/accounts/:id/timeline'] : []);
    expect(routes.length).toBeGreaterThan(10);
    expect([...new Set(named)].sort()).toEqual([...new Set(routes)].sort());
  });

  it('the code in docs/temporal-contracts.md is that of the example', () => {
    const example = textOf('docs/examples/upstream-temporal.mjs');
    const blocks = [...textOf('docs/temporal-contracts.md').matchAll(/^```js\n([\s\S]*?)^```/gm)];
    expect(blocks.length).toBeGreaterThan(2);
    for (const [, code] of blocks) expect(example).toContain(code ?? '');
  });
});

describe('the walk of one loan', () => {
  const WALK = 'docs/walk-of-one-loan.md';
  const terms: CashLoanTerms = {
    product: 'cash-loan',
    principalFen: 1_000_000,
    dailyRate: '0.0004',
    months: 6,
    method: 'level',
    startDate: '2026-01-15',
  };
  const paid = (number: number, valueDate: string, amountFen: number, intent: 'instalment' | 'payoff'): Fact => ({
    kind: 'paid',
    key: `payment/p${number}`,
    valueDate,
    amountFen,
    intent,
  });
  const facts: Fact[] = [
    { kind: 'disbursed', key: 'disbursement', valueDate: '2026-01-15', amountFen: 1_000_000 },
    paid(1, '2026-02-15', 173_759, 'instalment'),
    paid(2, '2026-03-23', 174_548, 'instalment'),
    paid(3, '2026-04-15', 173_759, 'instalment'),
    paid(4, '2026-05-01', 512_134, 'payoff'),
  ];
  /** The account after so many facts. */
  const at = (asOf: string, count: number) =>
    deriveAccount({ terms, facts: facts.slice(0, count), issued: [] }, defaultPolicy, asOf);

  it('has the schedule that the terms give', () => {
    const planned = planSchedule(terms).map(({ number, dueDate, days, principalFen, interestFen, balanceFen }) => [
      String(number),
      dueDate,
      String(days),
      ...[principalFen, interestFen, balanceFen].map(formatYuan),
    ]);
    expect(rows(section(WALK, '15 January, 10:20: the offer is taken up'))).toEqual(planned);
  });

  it('has the notices that the first step plans', () => {
    const asOfMs = startOfDateMs('2026-01-15', SHANGHAI) + (10 * 60 + 20) * 60_000;
    const planned = planForAccount({
      before: undefined,
      after: at('2026-01-15', 1),
      policy: defaultPolicy.notices,
      zone: SHANGHAI,
      asOfMs,
      accountKey: 'app-77-1',
      promises: [],
    });
    const timeOf = (ms: number) => {
      const minutes = minuteOfDay(ms, SHANGHAI);
      const pad = (part: number) => String(part).padStart(2, '0');
      return `${dateAt(ms, SHANGHAI)} ${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
    };
    expect(rows(section(WALK, '15 January: the first step'))).toEqual(
      planned.map(({ dedupeKey, sendAfterMs, expiresAtMs }) => [
        `\`${dedupeKey}\``,
        timeOf(sendAfterMs),
        timeOf(expiresAtMs),
      ]),
    );
  });

  it('has the entries that the facts give', () => {
    const entries = at('2026-05-01', 5).entries.map(({ valueDate, key, lines }) => [
      valueDate,
      `\`${key}\``,
      lines.map(({ account, amountFen }) => `${account} ${formatYuan(amountFen)}`).join(', '),
    ]);
    expect(rows(section(WALK, 'The books at the end'))).toEqual(entries);
  });

  it('quotes what operators and the borrower read, and the sums that are asked for', () => {
    const text = textOf(WALK);
    const third = at('2026-03-18', 2);
    expect(text).toContain(`> ${summaryOf(at('2026-01-15', 1))}\n`);
    expect(text).toContain(
      `> ${render(TEMPLATES['overdue-factual'].body, SIGNATURE, figuresOf(third, 'instalment-2'), { code: '7H4KQ9XW' })}\n`,
    );
    expect(at('2026-03-23', 2).overdueFen).toBe(174_548);
    expect(text).toContain(`\`payoffFen\` is ${at('2026-05-01', 4).payoffFen},`);
    expect(at('2026-05-01', 5).stage).toBe('settled');
  });
});

describe('what does not belong here', () => {
  /** In parts, so that this file does not hold what it refuses. */
  const HOSTS = [
    ['registry', '.npmjs'],
    ['npm', 'mirror.com'],
    ['proxy', '.golang'],
    ['repo1', '.maven'],
    ['repo', '.maven.apache'],
    ['maven', '.aliyun'],
    ['pypi', '.org'],
  ].map((parts) => parts.join(''));
  const WORDS = [
    ['clau', 'de'],
    ['anthro', 'pic'],
    ['chat', 'gpt'],
    ['co', 'pilot'],
    ['language', ' model'],
    ['sub', 'agent'],
    ['ai', '-generated'],
  ].map((parts) => parts.join(''));
  /** Folders of one machine; `/var/lib` and `/usr` are everybody's. */
  const MACHINE_PATH = /(?<![\w.:/-])\/(?:work|root|home|Users)\/\w{2}/;

  it('no file names a host of a package registry, or a tool that wrote it', () => {
    const found = FILES.flatMap((file) => {
      const text = textOf(file).toLowerCase();
      return [...HOSTS, ...WORDS].filter((word) => text.includes(word)).map((word) => `${file}: ${word}`);
    });
    expect(found).toEqual([]);
  });

  it('every identity number of an example is right, and of nobody', () => {
    const numbers = FILES.filter((file) => /^(docs|src|bench)\/|^README/.test(file)).flatMap((file) =>
      [...textOf(file).matchAll(/(?<![\d.])\d{17}[\dXx](?!\w)/g)].map(([number]) => number),
    );
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers.filter((number) => residentIdFault(number) || !number.startsWith('000000'))).toEqual([]);
  });

  it('no file names a path of one machine', () => {
    expect(FILES.filter((file) => MACHINE_PATH.test(textOf(file)))).toEqual([]);
  });
});
