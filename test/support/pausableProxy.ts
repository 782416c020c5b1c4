/** A TCP proxy before a server: what its clients send can be held back, while what the server says still arrives. */
import { connect, createServer, type Socket } from 'node:net';

export interface PausableProxy {
  address: string;
  /** From now on nothing that clients send arrives. */
  holdBack(): void;
  /** Lets new connections through again; those that were held back are cut off, with what they held. */
  letThrough(): void;
  close(): Promise<void>;
}

export async function startProxy(serverAddress: () => string): Promise<PausableProxy> {
  const clients = new Set<Socket>();
  let isHeld = false;
  const server = createServer((client) => {
    const [host = '', port] = serverAddress().split(':');
    const upstream = connect(Number(port), host);
    clients.add(client);
    client.pipe(upstream).pipe(client);
    if (isHeld) client.unpipe(upstream);
    const end = () => {
      clients.delete(client);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');
  return {
    address: `127.0.0.1:${address.port}`,
    holdBack() {
      isHeld = true;
      for (const client of clients) client.unpipe();
    },
    letThrough() {
      isHeld = false;
      for (const client of clients) client.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        for (const client of clients) client.destroy();
        server.close(() => resolve());
      }),
  };
}
