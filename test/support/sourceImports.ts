/** What a source file takes from outside: its imports of every form, and the globals that are not pure. Read by swc. */
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { parseSync } from '@swc/core';

export interface SourceImport {
  /** As written; empty where it is computed at run time. */
  specifier: string;
  /** `types`: gone after compilation. */
  form: 'types' | 'values' | 'computed';
  /** Imported names; `*` for a whole module. */
  names: string[];
  target: Target;
}

/** `source`: a file below src, by its path there without extension. `outside`: a relative path that leaves src. */
type Target =
  | { kind: 'source'; file: string }
  | { kind: 'package'; name: string }
  | { kind: 'builtin'; name: string }
  | { kind: 'outside' };

export interface SourceFile {
  /** Path below src, with extension. */
  path: string;
  imports: SourceImport[];
  /** Such as `Date.now`, `new Date()`, `process.env`; a bare `process` when it is handed on whole. */
  globals: string[];
}

interface Node {
  type?: string;
  [key: string]: unknown;
}

/** `process` and `globalThis` are told with the member that is read; the others by their name. */
const IMPURE_GLOBALS = [
  'process',
  'globalThis',
  'global',
  'performance',
  'crypto',
  'console',
  'fetch',
  'Buffer',
  'setTimeout',
  'setInterval',
  'setImmediate',
  '__dirname',
  '__filename',
];
/** Keys of a node that hold a name, not a reference to a variable. */
const NAME_KEYS = new Set(['property', 'key', 'imported', 'exported', 'orig', 'label', 'typeName', 'qualifier']);

export function readSource(path: string, text: string, isFile: (path: string) => boolean): SourceFile {
  const file: SourceFile = { path, imports: [], globals: [] };
  const add = (specifier: string, form: SourceImport['form'], names: string[]) =>
    file.imports.push({ specifier, form, names, target: resolve(path, specifier, isFile) });
  visit(parseSync(text, { syntax: 'typescript', target: 'es2022' }) as unknown as Node, (node) => {
    readImport(node, add);
    readGlobal(node, file.globals);
  });
  return file;
}

type Add = (specifier: string, form: SourceImport['form'], names: string[]) => void;

function readImport(node: Node, add: Add): void {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      readDeclaration(node, add);
      break;
    case 'TsImportType':
      add(literal(node.argument) ?? '', 'types', ['*']);
      break;
    case 'TsExternalModuleReference':
      add(literal(node.expression) ?? '', 'values', ['*']);
      break;
    case 'CallExpression':
      readCall(node, add);
      break;
    default:
  }
}

function readDeclaration(node: Node, add: Add): void {
  const specifier = literal(node.source);
  if (specifier === undefined) return;
  const specifiers = (node.specifiers ?? []) as Node[];
  const typeOnly = (part: Node) => part.isTypeOnly === true;
  const isTypes = typeOnly(node) || node.typeOnly === true || (specifiers.length > 0 && specifiers.every(typeOnly));
  const values = isTypes ? specifiers : specifiers.filter((part) => !typeOnly(part));
  const names = values.map(importedName);
  add(specifier, isTypes ? 'types' : 'values', node.type === 'ExportAllDeclaration' ? ['*'] : names);
}

function importedName(specifier: Node): string {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  if (specifier.type === 'ImportSpecifier') return nameOf(specifier.imported) ?? nameOf(specifier.local) ?? '*';
  return nameOf(specifier.orig) ?? '*';
}

/** `import(…)`, `require(…)`, `require.resolve(…)`. */
function readCall(node: Node, add: Add): void {
  const callee = node.callee as Node;
  const isRequire =
    nameOf(callee) === 'require' || (callee.type === 'MemberExpression' && nameOf(callee.object) === 'require');
  if (callee.type !== 'Import' && !isRequire) return;
  const [first] = node.arguments as { expression: Node }[];
  const specifier = literal(first?.expression);
  if (specifier === undefined) add('', 'computed', ['*']);
  else add(specifier, 'values', ['*']);
}

function readGlobal(node: Node, globals: string[]): void {
  if (node.type === 'Identifier' && node.isReference === true && IMPURE_GLOBALS.includes(String(node.value)))
    globals.push(String(node.value));
  if (node.type === 'MemberExpression') {
    const object = nameOf(node.object);
    const member = nameOf(node.property) ?? literal((node.property as Node).expression) ?? '?';
    if (object === 'process' || object === 'globalThis' || object === 'global') globals.push(`${object}.${member}`);
    if ((object === 'Date' && member === 'now') || (object === 'Math' && member === 'random'))
      globals.push(`${object}.${member}`);
  }
  const isDate = nameOf(node.callee) === 'Date';
  if (isDate && node.type === 'CallExpression') globals.push('Date()');
  if (isDate && node.type === 'NewExpression' && !((node.arguments as unknown[] | null)?.length ?? 0))
    globals.push('new Date()');
}

/** Visits every node; identifiers that are read as variables get `isReference`. */
function visit(node: Node, see: (node: Node) => void): void {
  see(node);
  for (const [key, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child === null || typeof child !== 'object') continue;
      const memberObject = node.type === 'MemberExpression' && key === 'object' && isNamespace(child as Node);
      if ((child as Node).type === 'Identifier' && !NAME_KEYS.has(key) && !memberObject)
        (child as Node).isReference = true;
      visit(child as Node, see);
    }
  }
}

/** Told with their member, so not once more alone. */
function isNamespace(node: Node): boolean {
  return ['process', 'globalThis', 'global'].includes(nameOf(node) ?? '');
}

function nameOf(node: unknown): string | undefined {
  const { type, value } = (node ?? {}) as Node;
  return type === 'Identifier' ? String(value) : undefined;
}

function literal(node: unknown): string | undefined {
  const { type, value } = (node ?? {}) as Node;
  return type === 'StringLiteral' ? String(value) : undefined;
}

function resolve(from: string, specifier: string, isFile: (path: string) => boolean): Target {
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(from), specifier).replace(/\.[cm]?[jt]s$/, '');
    if (path.startsWith('..')) return { kind: 'outside' };
    // Data imports nothing; that it is there, the compiler sees.
    if (path.endsWith('.json')) return { kind: 'source', file: path };
    const file = [path, posix.join(path, 'index')].find((candidate) => isFile(`${candidate}.ts`));
    return file === undefined ? { kind: 'outside' } : { kind: 'source', file };
  }
  const bare = specifier.replace(/^node:/, '');
  if (specifier.startsWith('node:') || builtinModules.includes(bare)) return { kind: 'builtin', name: `node:${bare}` };
  const parts = specifier.split('/');
  return { kind: 'package', name: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}
