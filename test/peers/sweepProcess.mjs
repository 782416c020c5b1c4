/**
 * A worker's sweep in a process of its own, which kills itself at a point that the test names: the activity, the
 * statements and the provider are those of dist/. Input is the first message; the answer is what the sweep counted.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const dist = (path) => require(`../../dist/${path}`);
const { createNoticeActivities } = dist('activities/messaging/notices.js');
const { createPolicyReader } = dist('db/policy/policyReader.js');
const { createNoticeCodes } = dist('db/messaging/codes/codeDrawing.js');
const { createPool } = dist('db/pool.js');
const { createVault } = dist('db/vault.js');
const { createInbox } = dist('platform/wiring/appInbox.js');
const { createProviderPool } = dist('adapters/sms/providerPool.js');
const { createHttpGateway } = dist('adapters/sms/providers/httpGateway.js');

/** SIGKILL to oneself ends the process before the next statement. */
function die() {
  process.kill(process.pid, 'SIGKILL');
}

/** Of a group, so many calls are answered before the process dies at the next one. */
const ANSWERED_BEFORE = 3;

/** The fault is put before the provider; what is behind it is real. */
function withFault(providers, fault, groupSize) {
  let called = 0;
  let answered = 0;
  const some = deferred();
  return {
    ...providers,
    choose(question) {
      if (fault === 'before-attempt') die();
      return providers.choose(question);
    },
    async send(chosen, message) {
      called += 1;
      if (fault === 'before-answer' && called > ANSWERED_BEFORE) {
        await some.promise;
        die();
      }
      const outcome = await providers.send(chosen, message);
      answered += 1;
      if (answered === ANSWERED_BEFORE) some.resolve();
      if (fault === 'before-commit' && answered === groupSize) die();
      // The others of the group wait, so that nothing is committed before the last one is answered.
      if (fault === 'before-commit') await new Promise(() => undefined);
      return outcome;
    },
  };
}

function deferred() {
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

process.once('message', (told) => void sweepOnce(told));

async function sweepOnce({ databaseUrl, vaultKeyId, vaultKey, books, gateway, sweep, fault, groupSize }) {
  const pool = createPool({
    connectionString: databaseUrl,
    max: 4,
    applicationName: 'creditloom-sweep',
    statementTimeoutMs: 10_000,
    books: { keyId: books.keyId, key: Buffer.from(books.key, 'hex') },
  });
  const providers = createProviderPool([createHttpGateway(gateway)]);
  const activities = createNoticeActivities({
    pool,
    policies: createPolicyReader(),
    vault: createVault({ keyId: vaultKeyId, key: Buffer.from(vaultKey, 'hex') }),
    codes: createNoticeCodes(Buffer.alloc(32, 9)),
    inbox: createInbox(pool, sweep.tenantId),
    providers: withFault(providers, fault, groupSize),
    heartbeat: () => undefined,
  });
  const counted = await activities.sweepLane(sweep);
  await pool.end();
  process.send(counted, () => process.exit(0));
}
