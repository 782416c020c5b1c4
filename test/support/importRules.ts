/**
 * Who may import whom, in words and as a check. The flow has one direction:
 * api → contracts → workflows (when) → activities (do) → domain (decide) → db | sms | rails.
 * biome.json says what Biome can say of it in the editor; this is the whole of it.
 */
import table from '../../imports.json';
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

/** One row an area: a folder of src with all below it that has no row of its own; `entry`: the files beside them. */
const { $comment: _, $tables: TABLES, ...ROWS } = table;
export const RULES: Readonly<Record<string, Rule>> = ROWS as never;

const ROW_NAMES = Object.keys(RULES).sort((a, b) => b.length - a.length);

type Area = string;
export type RuleName = Area;

const CLOCK = new Set(['Date.now', 'new Date()', 'Date()', 'performance', 'Math.random']);
const ENVIRONMENT = new Set(['process', 'process.env', 'process.?', 'globalThis.process', 'global.process']);

/** Checks sources by their path below src; in the order of the files. */
export function findViolations(sources: ReadonlyMap<string, string>): Violation[] {
  const files = [...sources].map(([path, text]) => readSource(path, text, (candidate) => sources.has(candidate)));
  return [...files.flatMap(violationsOf), ...cyclesOf(files)];
}

export function describeViolation({ file, found, rule, remedy }: Violation): string {
  const words = RULES[rule]?.words ?? rule;
  return `src/${file}: ${found}\n  rule: ${words}\n  do: ${remedy}`;
}

function areaOf(path: string): Area | undefined {
  if (!path.includes('/')) return 'entry';
  return ROW_NAMES.find((row) => path.startsWith(`${row}/`));
}

function violationsOf(file: SourceFile): Violation[] {
  const area = areaOf(file.path);
  if (!area) {
    const remedy = 'give the folder a row in imports.json and a line in docs/architecture.md';
    return [{ file: file.path, found: 'a folder without a rule', rule: 'known folder', remedy }];
  }
  return [...file.imports.flatMap((one) => refuseImport(file, area, one) ?? []), ...refuseGlobals(file, area)];
}

function refuseImport(file: SourceFile, area: Area, one: SourceImport): Violation | undefined {
  const rule = RULES[area] as Rule;
  const found = `${one.form === 'types' ? 'import type' : 'import'} '${one.specifier}'`;
  const refused = (name: RuleName, remedy: string): Violation => ({ file: file.path, found, rule: name, remedy });
  const { target } = one;
  if (one.form === 'computed') {
    if (rule.computes?.includes(withoutExtension(file.path))) return undefined;
    return refused('literal', 'write the path as a literal, so that it can be checked');
  }
  if (target.kind === 'outside') return refused('resolvable', 'import a file of src, or a package of package.json');
  if (target.kind === 'builtin') {
    if (target.name === 'node:process' && area !== 'platform/config') return refused('environment', ENVIRONMENT_REMEDY);
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
  const entries = allowed.flatMap((entry) => (entry === '$tables' ? TABLES : [entry]));
  return entries.some(
    (entry) => entry === area || entry === file || (!(entry in RULES) && file.startsWith(`${entry}/`)),
  );
}

const ENVIRONMENT_REMEDY =
  'add the setting to src/platform/config, and take it from the Config that the process has read';

function refuseGlobals(file: SourceFile, area: Area): Violation[] {
  const rule = RULES[area] as Rule;
  const mayReadClock = rule.clockReaders?.includes(withoutExtension(file.path)) ?? false;
  return [...new Set(file.globals)].flatMap((found): Violation[] => {
    if (ENVIRONMENT.has(found) && area !== 'platform/config')
      return [{ file: file.path, found, rule: 'environment', remedy: ENVIRONMENT_REMEDY }];
    const isClock = CLOCK.has(found);
    if (isClock && mayReadClock) return [];
    const isRefused = rule.refuses === 'impure' || (rule.refuses === 'clock' && isClock);
    return isRefused ? [{ file: file.path, found, rule: area, remedy: rule.remedy }] : [];
  });
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
