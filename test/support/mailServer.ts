/** A real mail server on this machine that keeps what it takes; options make it refuse or fall silent. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ArrivedMail {
  from: string;
  to: string[];
  content: string;
}

export interface MailServer {
  arrived: ArrivedMail[];
  port: number;
  close(): Promise<void>;
}

export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const arrived: ArrivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    closeTimeout: 50,
    logger: false,
    onData(stream, { envelope: { mailFrom, rcptTo } }, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const content = Buffer.concat(parts).toString('utf8');
        arrived.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), content });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return { arrived, port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** What a server that refuses answers with. */
export function smtpError(responseCode: number, message = 'no'): Error {
  return Object.assign(new Error(message), { responseCode });
}

export function headerOf({ content }: ArrivedMail, name: string): string | undefined {
  return new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'mi').exec(content)?.[1];
}

/** The text of a mail that came in base64, as Chinese does. */
export function textOf({ content }: ArrivedMail): string {
  const body = content.slice(content.indexOf('\r\n\r\n') + 4);
  return Buffer.from(body, 'base64').toString('utf8').trim();
}
