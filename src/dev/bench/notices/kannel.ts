/**
 * The real Kannel, for the benchmark and for tests: configured in a folder of its own with free ports, as client of
 * Kannel's own `fakesmsc` or of an SMPP server of a test, and ended by process group. Debian packages: kannel,
 * kannel-extras.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { processEnvironment } from '../../../platform/config/config';
import { freePort } from '../../../platform/provision';
import { isExecutable } from '../../../platform/provision/command';

export const USERNAME = 'app';
export const PASSWORD = 'example-password';
export const SENDER = '10690000';
const FAKESMSC = '/usr/lib/kannel/test/fakesmsc';
const READY_WITHIN_MS = 30_000;
/**
 * An empty SQLite database with the table of receipts, because not every Node from 22.12, nor every machine, makes one:
 * create table dlr (smsc text, ts text, source text, destination text, service text, url text, mask integer,
 * status integer, boxc text), pages of 512 bytes, deflated.
 */
const EMPTY_RECEIPTS =
  '7ZGxCsIwEIYvQXDq1KGONyoUF1/AKkGEIlgzuKZNhGLaQpKKqz65FFMVFx+gfnDw/fwHN9xhn5ZO4akxlXC4AAqEwBIRAKifns5HH5nAbyjMC' +
  'xJ0y0QBUTBMbhMyjsKQ3CMncq2kNlIbus5YwhnyZJUylNrg1Fa2QM6OPEZnvdimNYXyQSrrylq4sqn7WplL+epbo71Vwp5xu+Nsw7IYrROute' +
  '+cN9fnoVkAX1/+Myge';

type KannelCarrier = { kind: 'fakesmsc' } | { kind: 'smpp'; port: number };

export interface KannelOptions {
  carrier: KannelCarrier;
  /** Where texts that come in are told; the query is put behind it. */
  inboundUrl?: string;
  /** Where it keeps which receipts it waits for; in memory is faster, and they are lost with the process. */
  receiptsIn?: 'sqlite3' | 'memory';
}

/** Throws what to install, unless all of it is there. */
export function findKannel(): { bearerbox: string; smsbox: string; fakesmsc: string } {
  // Debian puts servers where a user's PATH does not look.
  const folders = [...(processEnvironment().PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const find = (name: string, where: string[]) => {
    const found = where.find(isExecutable);
    if (!found) throw new Error(`${name} was not found: install the Debian packages kannel and kannel-extras`);
    return found;
  };
  const onPath = (name: string) =>
    find(
      name,
      folders.map((folder) => join(folder, name)),
    );
  return { bearerbox: onPath('bearerbox'), smsbox: onPath('smsbox'), fakesmsc: find('fakesmsc', [FAKESMSC]) };
}

interface Ports {
  admin: number;
  smsbox: number;
  sendsms: number;
  fakesmsc: number;
}

export class Kannel {
  private readonly folder = mkdtempSync(join(tmpdir(), 'creditloom-kannel-'));
  private readonly programs = findKannel();
  /** Leaders of process groups. smsbox begins again in a process of its own, but in the same group. */
  private readonly running = new Map<string, ChildProcess>();

  private constructor(
    private readonly options: KannelOptions,
    private readonly ports: Ports,
  ) {}

  static async start(options: KannelOptions): Promise<Kannel> {
    const [admin, smsbox, sendsms, fakesmsc] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const kannel = new Kannel(options, { admin, smsbox, sendsms, fakesmsc });
    try {
      kannel.configure();
      await kannel.run();
      return kannel;
    } catch (error) {
      const log = kannel.log('bearerbox').split('\n').slice(-10).join('\n');
      await kannel.stop();
      throw new Error(`Kannel did not start; the end of its log:\n${log}`, { cause: error });
    }
  }

  get sendsmsUrl(): string {
    return `http://127.0.0.1:${this.ports.sendsms}/cgi-bin/sendsms`;
  }

  log(program: 'bearerbox' | 'smsbox' | 'fakesmsc'): string {
    try {
      return readFileSync(join(this.folder, `${program}.log`), 'utf8');
    } catch {
      return '';
    }
  }

  /** How many texts the carrier has got, by its own log. */
  messagesAtFakesmsc(): number {
    return this.log('fakesmsc').match(/got message/gi)?.length ?? 0;
  }

  async version(): Promise<string> {
    return /version [`']?(\d[\w.]*)/.exec((await this.status()) ?? '')?.[1] ?? 'unknown';
  }

  /** Starts what does not run, and waits until messages can be sent and the carrier is there. */
  async run(): Promise<void> {
    const { bearerbox, smsbox, fakesmsc } = this.programs;
    const file = join(this.folder, 'kannel.conf');
    this.spawn('bearerbox', bearerbox, ['-v', '4', file]);
    await this.until('its admin port', async () => (await this.status()) !== undefined);
    this.spawn('smsbox', smsbox, ['-v', '4', file]);
    if (this.options.carrier.kind === 'fakesmsc') {
      const at = ['-H', '127.0.0.1', '-r', String(this.ports.fakesmsc), '-i', '0.1', '-m', '0'];
      this.spawn('fakesmsc', fakesmsc, [...at, '100 200 text nothing']);
    }
    await this.untilReady();
  }

  /** Also after smsbox has started itself again. */
  async untilReady(): Promise<void> {
    await this.until('its sendsms port', () => listens(this.ports.sendsms));
    await this.until('its carrier', async () => /\(online/.test((await this.status()) ?? ''));
    await this.until('its smsbox', async () => /smsbox:/.test((await this.status()) ?? ''));
  }

  /** SIGKILL to bearerbox alone: smsbox lives on, as it would, and starts itself again after some 10 seconds. */
  async killBearerbox(): Promise<void> {
    await this.end('bearerbox', 'SIGKILL');
  }

  /** SIGKILL to all of it, as when the machine goes down. */
  async killAll(): Promise<void> {
    await Promise.all([...this.running.keys()].map((name) => this.end(name, 'SIGKILL')));
  }

  async stop(): Promise<void> {
    // smsbox first: it would wait for a bearerbox that is gone.
    for (const name of ['smsbox', 'fakesmsc', 'bearerbox']) await this.end(name, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private spawn(name: string, program: string, args: string[]): void {
    if (this.running.has(name)) return;
    const out = openSync(join(this.folder, `${name}.log`), 'a', 0o600);
    this.running.set(name, spawn(program, args, { detached: true, stdio: ['ignore', out, out], cwd: this.folder }));
  }

  private async end(name: string, signal: NodeJS.Signals): Promise<void> {
    const child = this.running.get(name);
    if (child?.pid === undefined) return;
    const ended = new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve();
      else child.once('exit', () => resolve());
    });
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The whole group is gone.
    }
    await ended;
    this.running.delete(name);
  }

  private async status(): Promise<string | undefined> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.ports.admin}/status.txt?password=status`);
      return await answer.text();
    } catch {
      return undefined;
    }
  }

  private async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const giveUpAtMs = Date.now() + READY_WITHIN_MS;
    while (!(await isSo())) {
      const bearerbox = this.running.get('bearerbox');
      if (bearerbox && bearerbox.exitCode !== null) throw new Error(`bearerbox ended with ${bearerbox.exitCode}`);
      if (Date.now() > giveUpAtMs) throw new Error(`Kannel has no ${what} after ${READY_WITHIN_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private configure(): void {
    mkdirSync(join(this.folder, 'spool'), { mode: 0o700 });
    const mode = 0o600;
    writeFileSync(join(this.folder, 'receipts.db'), inflateRawSync(Buffer.from(EMPTY_RECEIPTS, 'base64')), { mode });
    writeFileSync(join(this.folder, 'kannel.conf'), configurationOf(this.folder, this.ports, this.options), { mode });
  }
}

function configurationOf(folder: string, ports: Ports, { carrier, inboundUrl, receiptsIn }: KannelOptions): string {
  const groups: [group: string, settings: Record<string, string | number>][] = [
    [
      'core',
      {
        'admin-port': ports.admin,
        'admin-interface': '127.0.0.1',
        'admin-password': 'admin',
        'status-password': 'status',
        'smsbox-port': ports.smsbox,
        'smsbox-interface': '127.0.0.1',
        'box-deny-ip': '*.*.*.*',
        'box-allow-ip': '127.0.0.1',
        'store-type': 'spool',
        'store-location': join(folder, 'spool'),
        'dlr-storage': receiptsIn === 'memory' ? 'internal' : 'sqlite3',
        'sms-resend-freq': 1,
        'sms-resend-retry': 2,
      },
    ],
    ['sqlite3-connection', { id: 'receipts', database: join(folder, 'receipts.db'), 'max-connections': 1 }],
    [
      'dlr-db',
      {
        id: 'receipts',
        table: 'dlr',
        'field-smsc': 'smsc',
        'field-timestamp': 'ts',
        'field-source': 'source',
        'field-destination': 'destination',
        'field-service': 'service',
        'field-url': 'url',
        'field-mask': 'mask',
        'field-status': 'status',
        'field-boxc-id': 'boxc',
      },
    ],
    ['smsc', carrierOf(carrier, ports)],
    [
      'smsbox',
      {
        'bearerbox-host': '127.0.0.1',
        'sendsms-port': ports.sendsms,
        'sendsms-interface': '127.0.0.1',
        'http-request-retry': 30,
        'http-queue-delay': 1,
      },
    ],
    ['sendsms-user', { username: USERNAME, password: PASSWORD, concatenation: 'true', 'max-messages': 10 }],
    [
      'sms-service',
      {
        keyword: 'default',
        // Never answers the sender.
        'max-messages': 0,
        ...(inboundUrl === undefined
          ? { text: '' }
          : { 'get-url': `${inboundUrl}?event=inbound&from=%p&hex=%e&coding=%c&id=%I&at=%t` }),
      },
    ],
  ];
  return groups
    .map(([group, settings]) => {
      const lines = Object.entries(settings).map(
        ([name, value]) => `${name} = ${typeof value === 'number' || value === 'true' ? value : `"${value}"`}`,
      );
      return [`group = ${group}`, ...lines, ''].join('\n');
    })
    .join('\n');
}

function carrierOf(carrier: KannelCarrier, ports: Ports): Record<string, string | number> {
  const host = '127.0.0.1';
  if (carrier.kind === 'fakesmsc') {
    return { smsc: 'fake', 'smsc-id': 'fake', host, port: ports.fakesmsc, 'connect-allow-ip': host };
  }
  return {
    smsc: 'smpp',
    'smsc-id': 'carrier',
    host,
    port: carrier.port,
    'transceiver-mode': 'true',
    'smsc-username': 'lender',
    'smsc-password': 'example',
    'system-type': '',
    'address-range': '',
    // Kannel looks for what has waited too long when it has something to say, at least so often.
    'enquire-link-interval': 1,
    'reconnect-delay': 1,
    'wait-ack': 2,
    // 0x02: a message that was not answered for is waited for, and not sent again.
    'wait-ack-expire': 2,
    throughput: 200,
    'max-pending-submits': 20,
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
