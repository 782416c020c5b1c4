/** The ports of a local run: the usual ones, others where those are taken, and from then on the same for the folder. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { assertPortIsFree, freePort } from '../../platform/provision';
import { makeStateFolder, writePrivateFile } from '../../platform/provision/privateFiles';

type PortName = 'temporalUi' | 'api' | 'temporal';
export type Ports = Record<PortName, number>;

/** Those of Temporal are what its own tools look for. */
export const USUAL_PORTS: Ports = { temporalUi: 8233, api: 8080, temporal: 7233 };

const SAID: Record<PortName, string> = { temporalUi: 'the Web UI', api: 'the API', temporal: 'Temporal' };

/** Reads what the folder keeps, takes others for what is taken, keeps those, and tells of each that is not as before. */
export async function keptPorts(
  file: string,
  report: (line: string) => void,
  usual: Partial<Ports> = USUAL_PORTS,
): Promise<Partial<Ports>> {
  const kept = readKept(file);
  const ports = { ...usual };
  for (const [name, usualPort] of Object.entries(usual) as [PortName, number][]) {
    const wanted = kept[name] ?? usualPort;
    ports[name] = await takeOr(wanted, Object.values(ports));
    if (ports[name] !== wanted) {
      report(`port ${wanted} is taken: ${SAID[name]} is on ${ports[name]} instead, also at later starts`);
    }
  }
  makeStateFolder(dirname(file));
  writePrivateFile(file, `${JSON.stringify({ ...kept, ...ports }, null, 2)}\n`);
  return ports;
}

function readKept(file: string): Partial<Ports> {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  } catch {
    // Cut short: what it held is found anew.
    return {};
  }
}

async function takeOr(wanted: number, others: readonly number[]): Promise<number> {
  try {
    await assertPortIsFree('a local run', wanted);
    return wanted;
  } catch {
    let port = await freePort();
    while (others.includes(port)) port = await freePort();
    return port;
  }
}
