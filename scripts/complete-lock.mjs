// Completes package-lock.json after a dependency was added: `node scripts/complete-lock.mjs`.
//
// Why: a registry mirror may carry only the platform packages of its own platform. npm then leaves the other
// platforms' optional packages out of the lock file, and `npm ci` refuses the lock everywhere. Here each missing
// one is named with the version its parent pins and the platform that its name tells, so that npm skips it
// where it does not fit. Its hash is asked of the registry that npm is set to, which tells it without the package.
// Download addresses are removed: the lock holds versions and hashes, never hosts.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'windows', 'aix', 'sunos'];
const CPUS = {
  x64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  loong64: 'loong64',
};

/** Reads operating system, processor and C library out of a name such as `@swc/core-linux-arm-gnueabihf`. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const system = words.find((word) => SYSTEMS.includes(word));
  const cpu = words.find((word) => word in CPUS);
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined;
  if (!system || !cpu) throw new Error(`cannot tell the platform of ${name}: add its words to SYSTEMS or CPUS`);
  return { os: [system === 'windows' ? 'win32' : system], cpu: [CPUS[cpu]], ...(libc ? { libc: [libc] } : {}) };
}

/** What the registry says of a package that is not installed here. Throws when it does not know it. */
function integrityOf(path, version) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const told = execFileSync('npm', ['view', `${name}@${version}`, 'dist.integrity', '--json'], { encoding: 'utf8' });
  const integrity = told.trim() === '' ? undefined : JSON.parse(told);
  if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity))
    throw new Error(`the registry tells no hash of ${name}@${version}`);
  return integrity;
}

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
const added = [];
for (const [parent, entry] of Object.entries(lock.packages)) {
  delete entry.resolved;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (lock.packages[`node_modules/${name}`] || lock.packages[`${parent}/node_modules/${name}`]) continue;
    if (!/^\d+\.\d+\.\d+/.test(version))
      throw new Error(`${name} is wanted as ${version}: only exact versions can be completed`);
    added.push([
      `node_modules/${name}`,
      { version, ...platformOf(name), ...(entry.dev ? { dev: true } : {}), optional: true },
    ]);
  }
}
const root = lock.packages[''];
delete lock.packages[''];
const sorted = [...Object.entries(lock.packages), ...added].sort(([a], [b]) => (a < b ? -1 : 1));
lock.packages = { '': root, ...Object.fromEntries(sorted) };
let hashed = 0;
for (const [place, entry] of Object.entries(lock.packages)) {
  if (place === '' || entry.integrity) continue;
  const { version, ...rest } = entry;
  lock.packages[place] = { version, integrity: integrityOf(place, version), ...rest };
  hashed += 1;
}
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} platform packages completed, ${hashed} hashes added`);
