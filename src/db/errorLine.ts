/**
 * What may be told of an error, wherever it is told: logs, standard error, histories of Temporal. Its kind and its place
 * are told, and no value: PostgreSQL puts the row into `detail`, the statement into `where` and the bad value into its
 * message; a parser quotes what it could not read.
 */

/** An error as a log line has it. */
interface ErrorLine {
  type: string;
  message: string;
  code?: string;
  table?: string;
  column?: string;
  constraint?: string;
  /** Where it was thrown: frames alone, without the message. */
  stack?: string;
  cause?: ErrorLine;
}

type Fields = Error & Record<string, unknown>;

/** Causes of causes; a longer chain, or a circle, ends there. */
const MOST_CAUSES = 4;
const NOT_SHOWN = 'not shown: it may quote a value';

/**
 * Classes of PostgreSQL's conditions whose message speaks of the server, the connection or the words of a statement,
 * which are constants of ours: what an operator needs. All others are told by their name alone.
 */
const TELLS_NO_VALUE = /^(08|0A|25|28|3D|3F|40|42|53|57|58)/;
/** A syntax error quotes from where it could not go on, and a path in JSON is read as syntax. */
const SYNTAX_ERROR = '42601';

const CONDITIONS: Record<string, string> = {
  '22001': 'a text is too long',
  '22003': 'a number is out of range',
  '22007': 'a date or an instant cannot be read',
  '22008': 'a date or an instant is out of range',
  '22021': 'a character is not in the encoding',
  '22P02': 'a value cannot be read as its type',
  '22P05': 'a character cannot be translated',
  '23502': 'a value is missing',
  '23503': 'what it refers to is not there, or is referred to',
  '23505': 'it is there already',
  '23514': 'a rule of the table is broken',
  '55000': 'a rule of the table forbids it',
};

/** For a log; the same for whatever was thrown. */
function errorLine(error: unknown, depth = 0): ErrorLine {
  if (!(error instanceof Error)) return { type: typeof error, message: NOT_SHOWN };
  const { code, table, column, constraint, cause } = error as Fields;
  const isDatabase = isDatabaseError(error);
  return {
    type: errorKindOf(error),
    message: messageOf(error),
    ...textOf('code', code),
    ...(isDatabase ? { ...textOf('table', table), ...textOf('column', column) } : {}),
    ...(isDatabase ? textOf('constraint', constraint) : {}),
    stack: framesOf(error),
    ...(cause === undefined || depth >= MOST_CAUSES ? {} : { cause: errorLine(cause, depth + 1) }),
  };
}

/** One sentence, for a person or a history. */
export function tellable(error: unknown): string {
  return error instanceof Error ? messageOf(error) : `something that is no error was thrown (${typeof error})`;
}

/** A sentence and the places, for the end of a process. */
export function tellableWithPlaces(error: unknown): string {
  if (!(error instanceof Error)) return tellable(error);
  const { cause } = error as Fields;
  const because =
    cause === undefined ? '' : `\n  because of ${cause instanceof Error ? errorKindOf(cause) : ''}: ${tellable(cause)}`;
  return `${errorKindOf(error)}: ${messageOf(error)}\n${framesOf(error)}${because}`.trimEnd();
}

/** The name of its kind, by which it is handled. PostgreSQL's are all named `error`. */
function errorKindOf(error: Error): string {
  return isDatabaseError(error) ? 'DatabaseError' : error.name;
}

/** The stack without its first lines, which repeat the message. */
export function framesOf({ stack = '', message }: Error): string {
  // Behind the message, which may have lines that look like places.
  const at = message === '' ? -1 : stack.indexOf(message);
  return (at < 0 ? stack : stack.slice(at + message.length))
    .split('\n')
    .filter((line) => /^ {4}at .*:\d+:\d+\)?$|^ {4}at .*\(<anonymous>\)$/.test(line))
    .join('\n');
}

/** For the field of an error; what is no error any more was told already. */
export function errorField(value: unknown): unknown {
  return value instanceof Error ? errorLine(value) : value;
}

/** Of whatever is logged beside a text: each error in it as its line. */
export function withErrorLines(value: unknown, depth = 0): unknown {
  if (value instanceof Error) return errorLine(value);
  if (depth > 2 || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((each) => withErrorLines(each, depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withErrorLines(each, depth + 1)]));
}

function isDatabaseError(error: Error): boolean {
  const { severity, code } = error as Fields;
  return typeof severity === 'string' && typeof code === 'string';
}

function messageOf(error: Error): string {
  if (isDatabaseError(error)) return databaseMessage(error as Fields);
  // Parsers quote the text, checks the names and values that were sent.
  if (
    error instanceof SyntaxError ||
    /^(Zod|Assertion)Error$/.test(error.name) ||
    /^ZodError$|^\$Zod/.test(error.constructor.name)
  )
    return NOT_SHOWN;
  const { code } = error as Fields;
  // Of a connection that was tried at several addresses: the message is empty.
  if (error.message === '') return typeof code === 'string' ? code : error.name;
  return withoutSecrets(error.message);
}

function databaseMessage(error: Fields): string {
  const code = String(error.code);
  if (TELLS_NO_VALUE.test(code) && code !== SYNTAX_ERROR)
    return `PostgreSQL: ${withoutSecrets(error.message)} (${code})`;
  const { constraint, table, column, where } = error;
  // The function that refused; what stands beside it may be a whole statement.
  const [, refusing, line] =
    /^PL\/pgSQL function (\w+)\([^()]*\) line (\d+) at \w+/.exec(typeof where === 'string' ? where : '') ?? [];
  const places = [
    ...(typeof constraint === 'string' ? [`constraint ${constraint}`] : []),
    ...(typeof column === 'string' ? [`column ${column}`] : []),
    ...(typeof table === 'string' ? [`table ${table}`] : []),
    ...(refusing === undefined ? [] : [`function ${refusing}, line ${line}`]),
  ];
  const condition = CONDITIONS[code] ?? 'it refused the statement';
  return [`PostgreSQL: ${condition} (${code})`, ...places].join(', ');
}

/** Our own messages hold no value; those of packages may hold where they connect to, and as whom. */
function withoutSecrets(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1***@')
    .replace(/(?<![\d.])1[3-9]\d{9}(?![\d.])/g, '[hidden]')
    .replace(/(?<![\d.])\d{17}[\dXx](?![\d.])/g, '[hidden]')
    .replace(/[^\s<>"'@]+@[^\s<>"'@/]+\.[a-z]{2,}/gi, '[hidden]');
}

function textOf<Name extends string>(name: Name, value: unknown): { [Key in Name]?: string } {
  return typeof value === 'string' ? ({ [name]: value } as { [Key in Name]?: string }) : {};
}
