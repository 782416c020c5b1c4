/** A certificate of a test's own, made by openssl: it signs itself, so that it is its own authority. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...subject,
      ...['-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  const files = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(folder, { recursive: true });
  return files;
}
