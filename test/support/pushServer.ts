/** Stands for the lender's gateway to push vendors: keeps what is posted to it, and answers as it is told. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PostedNudge {
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface PushServer {
  posted: PostedNudge[];
  url: string;
  close(): void;
}

export async function startPushServer(
  answer: (response: ServerResponse) => void = (response) => response.writeHead(202).end('{}'),
): Promise<PushServer> {
  const posted: PostedNudge[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      posted.push({ path: request.url, headers: request.headers, body: Buffer.concat(parts) });
      answer(response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/nudges`;
  return { posted, url, close: () => server.close().closeAllConnections() };
}
