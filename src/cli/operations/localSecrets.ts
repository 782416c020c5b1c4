/** Secrets of a local run: made at its first start, kept in a file that only its owner can read, never printed. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createKey } from '../../api/operations/keys';
import { makeStateFolder, writePrivateFile } from '../../platform/provision/privateFiles';
import { CommandFailed } from '../sentence';

export interface LocalSecrets {
  vaultKey: string;
  receiptSecret: string;
  callbackSecret: string;
  actorSecret: string;
  codeKey: string;
  booksKey: string;
  /** Of the application's own role in the database that a run keeps. */
  databasePassword: string;
  /** Of the API's. */
  apiDatabasePassword: string;
  apiKey: string;
}

/** Where a run of `npm start` keeps its own. */
export function secretsFile(stateDir: string): string {
  return join(stateDir, 'secrets.json');
}

/** What the file has; nothing is made. Throws {@link CommandFailed} when it cannot be read as what it is. */
export function keptSecrets(file: string): Partial<LocalSecrets> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // Never made anew: without its keys the data beside it is lost.
    throw new CommandFailed(`${file} cannot be read (${(error as Error).message}): restore it, or use another folder`);
  }
}

export function localSecrets(file: string): LocalSecrets {
  const kept = keptSecrets(file);
  // What a file of an earlier version lacks is added; what it has stays.
  const secrets: LocalSecrets = {
    vaultKey: kept.vaultKey ?? randomBytes(32).toString('hex'),
    receiptSecret: kept.receiptSecret ?? randomBytes(24).toString('hex'),
    callbackSecret: kept.callbackSecret ?? randomBytes(32).toString('hex'),
    actorSecret: kept.actorSecret ?? randomBytes(32).toString('hex'),
    codeKey: kept.codeKey ?? randomBytes(32).toString('hex'),
    booksKey: kept.booksKey ?? randomBytes(32).toString('hex'),
    databasePassword: kept.databasePassword ?? randomBytes(24).toString('base64url'),
    apiDatabasePassword: kept.apiDatabasePassword ?? randomBytes(24).toString('base64url'),
    apiKey: kept.apiKey ?? createKey().key,
  };
  makeStateFolder(dirname(file));
  writePrivateFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}
