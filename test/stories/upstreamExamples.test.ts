/** The examples of docs/examples run as an upstream would run them: as programs of their own, against real workflows. */
import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { SCOPES } from '../../src/api/http/authentication';
import { createKey } from '../../src/api/operations/keys';
import { workflowIds } from '../../src/contracts/names';
import { insertApiKey } from '../../src/db/operations/apiKeys';
import { inTransaction } from '../../src/db/transaction';
import { withApi } from '../support/api';
import { TENANT, withDeployment } from '../support/deployment';

const EXAMPLES = join(__dirname, '../../docs/examples');

/** Runs an example to its end; returns what it printed. Not synchronously: the worker that answers it runs here. */
function run(example: string, variables: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH, ...variables };
    // An example waits for its answers for ever; here it is ended before the test is.
    const child = spawn(process.execPath, [join(EXAMPLES, example)], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 55_000,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`${example}: ${code}\n${output}`))));
  });
}

/** Of the application, of its account's opening, and of everything that was told of the account. */
async function principalsOf(pool: Pool, applicationId: string): Promise<string[]> {
  const { rows } = await pool.query<{ principal: string }>(
    `select principal from application where application_id = $1
     union select opened_by from credit_account where application_id = $1
     union select principal from account_fact where account_id = $1 || '-1' order by 1`,
    [applicationId],
  );
  return rows.map(({ principal }) => principal);
}

it(
  'an upstream opens and feeds credits over HTTP, and through the contracts alone',
  () =>
    withDeployment(async (deployment) => {
      const { env, pool, started } = deployment;
      const { key, keyHash } = createKey();
      await inTransaction(pool, (client) =>
        insertApiKey(client, { tenantId: TENANT, keyId: 'shop', keyHash, scopes: [...SCOPES], label: 'shop' }),
      );
      await withApi(deployment, async ({ api }) => {
        await api.listen({ host: '127.0.0.1', port: 0 });
        const { port } = api.server.address() as AddressInfo;
        const overHttp = await run('upstream-http.mjs', {
          API_URL: `http://127.0.0.1:${port}`,
          API_KEY: key,
          APPLICATION_ID: 'by-http',
        });
        started.add(workflowIds.application(TENANT, 'by-http')).add(workflowIds.cashLoan(TENANT, 'by-http-1'));
        expect(overHttp).toContain('application offered: LIMIT_AS_REQUESTED; limit 1000000 fen');
        expect(overHttp).toContain('account by-http-1: settled, 500000 fen collected');
      });
      const overTemporal = await run('upstream-temporal.mjs', {
        TEMPORAL_ADDRESS: env.address,
        TENANT_ID: TENANT,
        APPLICATION_ID: 'by-temporal',
      });
      started.add(workflowIds.application(TENANT, 'by-temporal'));
      started.add(workflowIds.revolvingAccount(TENANT, 'by-temporal-1'));
      expect(overTemporal).toContain('purchase approved, 988000 fen available');
      expect(overTemporal).toMatch(/account by-temporal-1: \*\*current\*\* \(M0\) · principal 0\.00 CNY/);
      // Who acted is on record: the holder of the key, or nobody whom we know.
      expect(await principalsOf(pool, 'by-http')).toEqual(['system:shop']);
      expect(await principalsOf(pool, 'by-temporal')).toEqual(['temporal:unverified']);
    }),
  150_000,
);
