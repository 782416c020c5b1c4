// What the setup, the teardown, the reporter and the environment of test files share.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Name of the database that holds the schema and is cloned by test files. */
export const TEMPLATE = 'creditloom_template';

/** The same database as the application works with it; the password is that of the cluster, which lives for one run. */
export function asApplication(ownerUrl) {
  return asRole(ownerUrl, 'creditloom_app');
}

/** As the API works with it. */
export function asApi(ownerUrl) {
  return asRole(ownerUrl, 'creditloom_api');
}

function asRole(ownerUrl, role) {
  const url = new URL(ownerUrl);
  url.username = role;
  return url.href;
}

/** A file's text for a shell, whatever signs are in it. */
export const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** Folder of servers' logs in the folder of a run. */
export const logsOf = (folder) => join(folder, 'logs');

/** What globalSetup.mjs wrote for test files. */
export function readEnvironment() {
  return JSON.parse(readFileSync(process.env.CREDITLOOM_TEST_ENVIRONMENT, 'utf8'));
}

const notRunFile = () => join(dirname(process.env.CREDITLOOM_TEST_ENVIRONMENT), 'not-run');

/** Notes a test that was not run: its file, and the name of the peer that it reached for. */
export function noteNotRun(entry) {
  appendFileSync(notRunFile(), `${JSON.stringify(entry)}\n`);
}

/** What was noted; none before the setup ran. */
export function readNotRun() {
  if (!process.env.CREDITLOOM_TEST_ENVIRONMENT || !existsSync(notRunFile())) return [];
  return readFileSync(notRunFile(), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Tells whether a process id is in use. */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Makes the folder of a run with its folder of logs. */
export function makeRun(folder) {
  // As root others pass through it: PostgreSQL runs as another user there.
  mkdirSync(logsOf(folder), { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
}

/** Removes the folder of a run. Whatever ran in it has been ended by who started it. */
export function removeRun(folder) {
  rmSync(folder, { recursive: true, force: true });
}
