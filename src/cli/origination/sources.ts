/**
 * `creditloom sources conformance|sandbox|schema`: holds a supplier of data to the contract of docs/data-sources.md, runs a
 * fake one, or prints the contract. The secret is a setting and no argument: arguments are seen by others on the machine.
 */
import { checkSupplier } from '../../adapters/sources/conformance';
import { startSandboxSupplier } from '../../adapters/sources/sandboxSupplier';
import { SOURCE_SCHEMA } from '../../adapters/sources/sourceSchema';
import { SUPPLIED_KINDS, type SuppliedKind } from '../../domain/origination/dataSources';
import { readGivenSettings } from '../../platform/config/config';
import { stopOnSignal } from '../../platform/stopOnSignal';
import { ArgumentError } from '../arguments';
import { runCommandLine } from '../runCommandLine';
import { readWords, usageOf } from '../usage';

const USAGE = usageOf(
  'sources',
  [
    'conformance --url URL --kind KIND [--borrower BORROWER] [--key-id KEY]',
    'sandbox [--port PORT] [--key-id KEY]',
    'schema',
  ],
  { besides: [`KIND is one of ${SUPPLIED_KINDS.join(', ')}; SOURCE_SECRET holds the shared secret.`] },
);
const DEFAULT_KEY_ID = 'lender-1';

export async function main(argv: readonly string[]): Promise<number> {
  const { name, options } = readWords(USAGE, argv);
  if (name === 'schema') {
    process.stdout.write(`${JSON.stringify(SOURCE_SCHEMA, undefined, 2)}\n`);
    return 0;
  }
  const key = { keyId: options.get('key-id') ?? DEFAULT_KEY_ID, secret: secretOf() };
  if (name === 'sandbox') return runSandbox(key, options.get('port'));
  const kind = kindOf(options.get('kind'));
  const url = urlOf(options.get('url'));
  const borrowerId = options.get('borrower') ?? 'conformance-1';
  const findings = await checkSupplier({ ...key, url, kind, borrowerId, now: () => Date.now() });
  const lines = findings.map(({ check, fault }) =>
    fault === undefined ? `ok      ${check}` : `FAILED  ${check}: ${fault}`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
  return findings.some(({ fault }) => fault !== undefined) ? 1 : 0;
}

async function runSandbox(key: { keyId: string; secret: string }, port: string | undefined): Promise<number> {
  if (port !== undefined && !/^\d{1,5}$/.test(port))
    throw new ArgumentError('--port must be a port, such as --port 8090');
  const supplier = await startSandboxSupplier({ ...key, now: () => Date.now(), port: Number(port ?? 0) });
  process.stdout.write(`a fake supplier of every kind, for trials: ${supplier.url}\n`);
  await new Promise<void>((resolve) => {
    stopOnSignal(async () => resolve());
  });
  await supplier.close();
  return 0;
}

function secretOf(): string {
  const secret = readGivenSettings().SOURCE_SECRET;
  if (secret !== undefined) return secret;
  throw new ArgumentError(
    'SOURCE_SECRET is not set: give the secret that the supplier and we share, 32 characters or more',
  );
}

function kindOf(text: string | undefined): SuppliedKind {
  const kind = SUPPLIED_KINDS.find((each) => each === text);
  if (kind === undefined) throw new ArgumentError(`--kind must be one of ${SUPPLIED_KINDS.join(', ')}`);
  return kind;
}

function urlOf(text: string | undefined): string {
  if (text !== undefined && /^https?:\/\/[^\s?#@]+$/.test(text)) return text;
  throw new ArgumentError('--url must be an address without user and query, such as --url https://bureau.example/v1');
}

if (require.main === module) runCommandLine(main, USAGE);
