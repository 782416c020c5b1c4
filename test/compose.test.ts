/** The composition file as `docker-compose config` resolves it: what runs, and what waits for what. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readConfig } from '../src/platform/config/config';
import { DOES_WITHOUT, MADE_BY_CHANCE } from '../src/platform/config/settings';
import { needPeer } from './setup/environment';

interface Service {
  image: string;
  build?: { context: string } | string;
  command?: string[] | string;
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  ports?: unknown[];
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  user?: string;
  depends_on?: Record<string, { condition: string }>;
}

const ROOT = resolve(__dirname, '..');
const SECRETS = {
  POSTGRES_PASSWORD: 'pw0123',
  APPLICATION_PASSWORD: 'pw4567',
  API_DATABASE_PASSWORD: 'pw2345',
  TEMPORAL_PASSWORD: 'pw8901',
  VAULT_KEY: 'ab'.repeat(32),
  RECEIPT_SECRET: 'not-a-real-secret',
  CALLBACK_SECRET: 'not-a-real-secret-of-callbacks-either',
  ACTOR_SECRET: 'ac'.repeat(32),
  CODE_KEY: 'cd'.repeat(32),
  BOOKS_KEY: 'be'.repeat(32),
};
const HEALTHY = { condition: 'service_healthy' };
const COMPLETED = { condition: 'service_completed_successfully' };

let services: Record<string, Service>;

beforeAll(() => {
  needPeer('docker-compose');
  const { status, stdout, stderr } = config(SECRETS);
  if (status !== 0) throw new Error(`docker-compose config failed:\n${stderr}`);
  services = parse(stdout).services;
});

/** Runs Compose 1.29 or, where only the plugin is installed, Compose v2, with nothing but the given variables. */
function config(variables: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'creditloom-compose-'));
  try {
    // Named, so that a developer's own .env does not give what a test leaves out.
    const envFile = join(folder, 'variables');
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(envFile, lines.join(''));
    return compose(['--env-file', envFile, '--file', join(ROOT, 'docker-compose.yml'), 'config']);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compose(args: string[]) {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };
  const settings = { cwd: ROOT, env, encoding: 'utf8', timeout: 50_000 } as const;
  const standalone = spawnSync('docker-compose', args, settings);
  if (!standalone.error) return standalone;
  const plugin = spawnSync('docker', ['compose', ...args], settings);
  if (!plugin.error && !/unknown|not a docker command/.test(plugin.stderr)) return plugin;
  throw new Error('docker-compose is not installed: install the Debian package docker-compose, or Docker Compose v2');
}

function service(name: string): Service {
  const found = services[name];
  if (!found) throw new Error(`no service ${name}; there are ${Object.keys(services).join(', ')}`);
  return found;
}

function commandOf(name: string): string {
  return [service(name).command ?? []].flat().join(' ');
}

describe('docker-compose.yml', () => {
  it('has the parts of a whole system', () => {
    expect(Object.keys(services).sort()).toEqual([
      'api',
      'postgres',
      'prepare',
      'temporal',
      'temporal-database',
      'temporal-schema',
      'temporal-setup',
      'temporal-ui',
      'worker',
    ]);
  });

  it.each(['worker', 'api'])('lets %s wait for PostgreSQL, Temporal and what prepares both', (name) => {
    expect(service(name).depends_on).toMatchObject({ postgres: HEALTHY, temporal: HEALTHY, prepare: COMPLETED });
  });

  it('prepares the deployment when PostgreSQL, Temporal and its namespace are there', () => {
    expect(service('prepare').depends_on).toMatchObject({
      postgres: HEALTHY,
      temporal: HEALTHY,
      'temporal-setup': COMPLETED,
    });
  });

  it('lets Temporal wait for its schema, and the setup and the Web UI for Temporal', () => {
    expect(service('temporal-database').depends_on).toMatchObject({ postgres: HEALTHY });
    expect(service('temporal-schema').depends_on).toMatchObject({ 'temporal-database': COMPLETED });
    expect(service('temporal').depends_on).toMatchObject({ 'temporal-schema': COMPLETED });
    expect(service('temporal-setup').depends_on).toMatchObject({ temporal: HEALTHY });
    expect(service('temporal-ui').depends_on).toMatchObject({ temporal: HEALTHY });
  });

  it('has a health check wherever something waits for health', () => {
    for (const { depends_on: waits = {} } of Object.values(services))
      for (const [name, { condition }] of Object.entries(waits))
        if (condition === HEALTHY.condition) expect(service(name).healthcheck?.test.length).toBeGreaterThan(0);
    expect(service('api').healthcheck?.test.join(' ')).toContain('/health');
  });

  it.each(['worker', 'api', 'prepare'] as const)('gives %s a configuration that it accepts', (name) => {
    const { environment = {} } = service(name);
    const settings = readConfig(environment, DOES_WITHOUT[name]);
    const worker = 'postgres://creditloom_app:pw4567@postgres:5432/creditloom';
    const api = 'postgres://creditloom_api:pw2345@postgres:5432/creditloom';
    expect(settings.databaseUrl).toBe(name === 'api' ? api : worker);
    expect(settings.databaseApiUrl).toBe(name === 'prepare' ? api : undefined);
    const owner = 'postgres://creditloom:pw0123@postgres:5432/creditloom';
    expect(settings.databaseOwnerUrl).toBe(name === 'prepare' ? owner : undefined);
    expect(settings.temporal).toMatchObject({ address: 'temporal:7233', namespace: 'default' });
    expect(settings.clock.speed).toBe(1);
  });

  it('lets the worker alone debit: over the sandbox, or over the rail that is named', () => {
    expect(readConfig(service('worker').environment ?? {}, DOES_WITHOUT.worker).paymentRail).toEqual({
      kind: 'sandbox',
    });
    const rail = { PAYMENT_RAIL_URL: 'https://rail.example/v1', PAYMENT_RAIL_KEY_ID: 'lender-1' };
    const given = { PAYMENT_RAIL: 'http', ...rail, PAYMENT_RAIL_SECRET: 'not-a-real-secret-of-32-characters' };
    const { stdout } = config({ ...SECRETS, ...given });
    const found: Record<string, Service> = parse(stdout).services;
    expect(readConfig(found.worker?.environment ?? {}, DOES_WITHOUT.worker).paymentRail).toMatchObject({
      kind: 'http',
      keyId: 'lender-1',
    });
    expect(JSON.stringify(found.api)).not.toContain(given.PAYMENT_RAIL_SECRET);
  });

  it('lets the API listen to the other containers, and publishes ports on this machine only', () => {
    expect(readConfig(service('api').environment ?? {}).api.host).toBe('0.0.0.0');
    for (const { ports = [] } of Object.values(services))
      for (const port of ports) expect(JSON.stringify(port)).toContain('127.0.0.1');
  });

  it('runs sources that exist, from the image that is built here', () => {
    for (const name of ['worker', 'api', 'prepare']) {
      const script = /dist\/(\S+?)\.js/.exec(commandOf(name))?.[1];
      expect(existsSync(join(ROOT, 'src', `${script}.ts`))).toBe(true);
      expect(service(name).build).toBeDefined();
    }
  });

  it('pins every other image to a version', () => {
    for (const { image, build } of Object.values(services)) if (!build) expect(image).toMatch(/:\d+\.\d+(\.\d+)?$/);
  });

  it.each(Object.keys(SECRETS))('refuses to run without %s', (name) => {
    const { status, stderr } = config({ ...SECRETS, [name]: '' });
    expect(status).not.toBe(0);
    expect(stderr).toContain(name);
  });

  it('lets nobody write, gain rights, or be root, and leaves the data alone to be written', () => {
    for (const [name, { read_only, cap_drop, security_opt }] of Object.entries(services)) {
      expect([name, read_only, cap_drop, security_opt]).toEqual([name, true, ['ALL'], ['no-new-privileges:true']]);
    }
    for (const name of ['postgres', 'temporal-database']) expect(service(name).user).toBe('postgres');
  });

  it('shows the Web UI to be looked at, and to be written in only beside a login that is asked for', () => {
    expect(service('temporal-ui').environment).toMatchObject({
      TEMPORAL_AUTH_ENABLED: 'false',
      TEMPORAL_DISABLE_WRITE_ACTIONS: 'true',
    });
    const login = {
      TEMPORAL_AUTH_ENABLED: 'true',
      TEMPORAL_AUTH_PROVIDER_URL: 'https://login.lender.example',
      TEMPORAL_AUTH_CLIENT_ID: 'temporal',
      TEMPORAL_AUTH_CLIENT_SECRET: 'not-a-real-secret-of-the-login',
      TEMPORAL_AUTH_CALLBACK_URL: 'https://temporal.lender.example/auth/sso/callback',
      TEMPORAL_DISABLE_WRITE_ACTIONS: 'false',
    };
    const found: Record<string, Service> = parse(config({ ...SECRETS, ...login }).stdout).services;
    expect(found['temporal-ui']?.environment).toMatchObject({ ...login, TEMPORAL_AUTH_TYPE: 'oidc' });
    delete found['temporal-ui'];
    expect(JSON.stringify(found)).not.toContain(login.TEMPORAL_AUTH_CLIENT_SECRET);
  });

  it('gives each service the secrets that it uses, and no other', () => {
    const holders = (name: string) =>
      Object.keys(services)
        .filter((each) => JSON.stringify(services[each]).includes(SECRETS[name as keyof typeof SECRETS]))
        .sort();
    expect(Object.fromEntries(Object.keys(SECRETS).map((name) => [name, holders(name)]))).toEqual({
      POSTGRES_PASSWORD: ['postgres', 'prepare', 'temporal-database'],
      APPLICATION_PASSWORD: ['prepare', 'worker'],
      API_DATABASE_PASSWORD: ['api', 'prepare'],
      TEMPORAL_PASSWORD: ['temporal', 'temporal-database', 'temporal-schema'],
      VAULT_KEY: ['api', 'worker'],
      RECEIPT_SECRET: ['api', 'worker'],
      CALLBACK_SECRET: ['api'],
      ACTOR_SECRET: ['api', 'worker'],
      CODE_KEY: ['api', 'worker'],
      BOOKS_KEY: ['api', 'prepare', 'worker'],
    });
  });

  it.each(['api', 'worker', 'prepare'] as const)('gives %s no secret that it can do without', (name) => {
    const { environment = {} } = service(name);
    for (const secret of MADE_BY_CHANCE.filter((each) => environment[each] !== undefined)) {
      const { [secret]: _, ...without } = environment;
      expect(() => readConfig(without, DOES_WITHOUT[name])).toThrow(secret);
    }
  });

  it('holds no secret itself', () => {
    const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
    for (const [, value] of text.matchAll(/^ +\w*(?:PASSWORD|PWD|SECRET|KEY): (.*)$/gm))
      expect(value).toMatch(/^\$\{\w+:(\?|-\})/);
  });
});

it('the image runs as a user without rights', () => {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  expect(lastStage).toMatch(/^USER node$/m);
});
