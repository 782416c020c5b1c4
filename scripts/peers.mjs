// What the tests run beside Node: programs of other makers, and data that the project does not hold. Plain Node: it is
// asked before anything is installed.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian puts servers where a user's PATH does not look. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Path of a program; undefined when PATH has none. */
export function findProgram(name, env = process.env, more = []) {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  const folders = [...(env.PATH ?? env.Path ?? '').split(delimiter), ...more].filter((folder) => folder !== '');
  return folders.flatMap((folder) => names.map((file) => join(folder, file))).find(isExecutable);
}

function succeeds(command, args, env) {
  return spawnSync(command, args, { env, stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/**
 * Each peer: `what` it is for people, `isThere`, the Debian `packages` that bring it or, where no package does, how it
 * is brought. Data may be missing in continuous integration too, where nothing could bring it, and so may what is asked
 * for by hand.
 */
export const PEERS = {
  'docker-compose': {
    what: 'Docker Compose',
    packages: ['docker-compose'],
    isThere: (env) =>
      findProgram('docker-compose', env) !== undefined || succeeds('docker', ['compose', 'version'], env),
  },
  kannel: {
    what: 'the SMS gateway Kannel',
    packages: ['kannel', 'kannel-extras'],
    // The SMSC for tests is in a package of its own.
    isThere: (env) =>
      ['bearerbox', 'smsbox'].every((name) => findProgram(name, env, SERVER_FOLDERS) !== undefined) &&
      isExecutable('/usr/lib/kannel/test/fakesmsc'),
  },
  'net-smpp': {
    what: 'Net::SMPP for Perl',
    packages: ['perl', 'libnet-smpp-perl'],
    isThere: (env) => succeeds('perl', ['-MNet::SMPP', '-e', '1'], env),
  },
  openssl: {
    what: 'openssl',
    packages: ['openssl'],
    isThere: (env) => findProgram('openssl', env) !== undefined,
  },
  'card-data': {
    what: 'the files of card data',
    bring: 'CREDITLOOM_DATA=FOLDER npm test',
    isData: true,
    isThere: (env) => Boolean(env.CREDITLOOM_DATA) && existsSync(env.CREDITLOOM_DATA),
  },
  // Asked for by hand: it installs Python packages, and takes minutes.
  'card-training': {
    what: 'the training of cards by Python 3.11',
    bring: 'CREDITLOOM_TRAIN=true npm test',
    isData: true,
    isThere: (env) => Boolean(env.CREDITLOOM_TRAIN) && findProgram('python3.11', env) !== undefined,
  },
};

/** Under continuous integration a peer that is missing is a failure. */
export function isContinuousIntegration(env = process.env) {
  return [env.CI, env.CREDITLOOM_CI].some((value) => value !== undefined && !['', '0', 'false'].includes(value));
}

const isRoot = () => process.getuid?.() === 0;

/** Whether packages can be installed by ourselves: as root on Debian or what is made from it. */
export function canInstall(env = process.env) {
  return isRoot() && existsSync('/etc/debian_version') && findProgram('apt-get', env) !== undefined;
}

/** The command that brings Debian packages, as somebody types it; elsewhere, what to look for. */
export function aptCommand(packages) {
  if (!existsSync('/etc/debian_version')) return `what the Debian packages ${packages.join(', ')} bring`;
  return `${isRoot() ? '' : 'sudo '}apt-get install ${packages.join(' ')}`;
}

/** The peers that are not here, by name: what each is, and the command that brings it. */
export function missingPeers(env = process.env) {
  return Object.fromEntries(
    Object.entries(PEERS)
      .filter(([, peer]) => !peer.isThere(env))
      .map(([name, { what, packages, bring, isData = false }]) => [
        name,
        { what, isData, packages, bring: bring ?? aptCommand(packages) },
      ]),
  );
}
