/** A certificate of a test's own, made by openssl: it signs itself, so that it is its own authority. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needPeer } from '../setup/environment';

export interface Certificate {
  key: string;
  cert: string;
}

/** `alternative` is a subject alternative name, such as `DNS:smsc.example` or `IP:127.0.0.1`. */
export function certificateFor(alternative: string): Certificate {
  needPeer('openssl');
  const folder = mkdtempSync(join(tmpdir(), 'creditloom-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=creditloom test', '-addext', `subjectAltName=${alternative}`];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      ...subject,
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  );
  const files = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(folder, { recursive: true });
  return files;
}

export interface Authority {
  /** Its own certificate, by which the others are checked. */
  cert: string;
  /** A certificate for a subject alternative name, signed by it. */
  issue(alternative: string): Certificate;
}

/** An authority of a test's own: unlike a certificate that signs itself, what it issues is no authority. */
export function authority(): Authority {
  needPeer('openssl');
  const folder = mkdtempSync(join(tmpdir(), 'creditloom-ca-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const named = ['-subj', '/CN=creditloom test authority'];
  openssl('req', '-x509', ...newKey, '-days', '2', ...named, '-keyout', file('ca.key'), '-out', file('ca.pem'));
  const [caKey, cert] = [readFileSync(file('ca.key')), readFileSync(file('ca.pem'), 'utf8')];
  rmSync(folder, { recursive: true });
  return { cert, issue: (alternative) => issue({ caKey, cert }, alternative) };
}

function issue(ca: { caKey: Buffer; cert: string }, alternative: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'creditloom-tls-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  writeFileSync(file('ca.key'), ca.caKey, { mode: 0o600 });
  writeFileSync(file('ca.pem'), ca.cert);
  writeFileSync(file('says'), `subjectAltName=${alternative}\nbasicConstraints=critical,CA:FALSE\n`);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-new', ...newKey, '-subj', '/CN=creditloom test', '-keyout', file('key.pem'), '-out', file('asked'));
  const by = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-extfile', file('says')];
  openssl('x509', '-req', '-in', file('asked'), ...by, '-days', '2', '-out', file('cert.pem'));
  const made = { key: readFileSync(file('key.pem'), 'utf8'), cert: readFileSync(file('cert.pem'), 'utf8') };
  rmSync(folder, { recursive: true });
  return made;
}
