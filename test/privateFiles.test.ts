/** What a run makes is its owner's alone, whatever the umask is and whatever was there before. */
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { localSecrets } from '../src/cli/operations/localSecrets';
import { keptPorts } from '../src/dev/localSystem/keptPorts';
import { lockFolder } from '../src/platform/provision/folderLock';
import {
  closeOldState,
  makePrivateFolder,
  makeStateFolder,
  openPrivateLog,
  stateFolderMode,
  writePrivateFile,
} from '../src/platform/provision/privateFiles';

const SRC = join(__dirname, '../src');
let folder: string;
let umask: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'creditloom-private-'));
});
afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true });
});

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe.each([0o000, 0o022, 0o077])('with a umask of %d', (mask) => {
  beforeEach(() => {
    umask = process.umask(mask);
  });

  it('folders and files of a run are made with their modes', async () => {
    const state = join(folder, 'above', 'run');
    const lock = await lockFolder(state);
    lock.tell({ tenantId: 't', apiUrl: 'a', temporalAddress: 'b', temporalNamespace: 'c', databaseUrl: 'd' });
    localSecrets(join(state, 'secrets.json'));
    await keptPorts(join(state, 'ports.json'), () => undefined, {});
    makePrivateFolder(join(state, 'logs'));
    closeSync(openPrivateLog(join(state, 'logs', 'api.log')));
    for (const path of [join(folder, 'above'), state]) expect(modeOf(path)).toBe(stateFolderMode());
    expect(modeOf(join(state, 'logs'))).toBe(0o700);
    for (const name of ['running.json', 'secrets.json', 'ports.json', 'logs/api.log']) {
      expect(modeOf(join(state, name))).toBe(0o600);
    }
    lock.release();
  });

  it('what an earlier version left open is closed, and nothing is opened', () => {
    mkdirSync(join(folder, 'logs'));
    chmodSync(join(folder, 'logs'), 0o755);
    for (const name of ['temporal.db', 'secrets.json', 'logs/api.log']) {
      writeFileSync(join(folder, name), '');
      chmodSync(join(folder, name), 0o644);
    }
    chmodSync(folder, 0o755);
    closeOldState(folder);
    expect(modeOf(folder)).toBe(stateFolderMode());
    for (const name of ['temporal.db', 'secrets.json', 'logs/api.log']) expect(modeOf(join(folder, name))).toBe(0o600);
    chmodSync(folder, 0o700);
    closeOldState(folder);
    makeStateFolder(folder);
    expect(modeOf(folder)).toBe(0o700);
  });

  it('a file that was there is closed with its new text, a folder that everybody shares stays as it is', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    chmodSync(file, 0o666);
    writePrivateFile(file, 'text');
    expect([modeOf(file), readFileSync(file, 'utf8')]).toEqual([0o600, 'text']);
    chmodSync(folder, 0o1777);
    closeOldState(folder);
    expect(statSync(folder).mode & 0o7777).toBe(0o1777);
  });
});

it('nothing in src makes a file or a folder without its mode', () => {
  umask = process.umask();
  const bare = readdirSync(SRC, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.endsWith('privateFiles.ts'))
    .flatMap((path) =>
      [
        ...readFileSync(path, 'utf8').matchAll(
          /\b(mkdir|writeFile|appendFile|open|createWriteStream)(Sync|Stream)?\(.*/g,
        ),
      ]
        .map(([call]) => call)
        .filter((call) => /^(mkdir|writeFile|appendFile|openSync|createWriteStream)/.test(call))
        .filter((call) => !/\bmode\b|0o[67]\d\d/.test(call))
        .map((call) => `${relative(SRC, path)}: ${call}`),
    );
  expect(bare).toEqual([]);
});
