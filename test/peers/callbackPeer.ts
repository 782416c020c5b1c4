/** A plain HTTP server in place of our API: reads what a gateway calls, by the product's own parser, and keeps it. */
import { createServer, type Server } from 'node:http';
import type { InboundText, ProviderReceipt } from '../../src/adapters/sms/port';
import { createHttpGatewayCallbacks } from '../../src/adapters/sms/providers/httpGatewayCallbacks';

export class CallbackPeer {
  readonly receipts: ProviderReceipt[] = [];
  readonly inbound: InboundText[] = [];
  /** So many of the next calls are answered with 500, and not kept. */
  fails = 0;
  failed = 0;
  url = '';
  private readonly callbacks = createHttpGatewayCallbacks();
  private readonly server: Server = createServer((request, response) => {
    if (this.fails > 0) {
      this.fails -= 1;
      this.failed += 1;
      response.writeHead(500).end();
      return;
    }
    const { searchParams } = new URL(request.url ?? '', 'http://api.example');
    const callback = { query: Object.fromEntries(searchParams), headers: {}, body: Buffer.alloc(0) };
    this.receipts.push(...this.callbacks.parseReceipts(callback));
    this.inbound.push(...(this.callbacks.parseInbound?.(callback) ?? []));
    const { status, body, contentType } = this.callbacks.answer;
    response.writeHead(status, { 'content-type': contentType }).end(body);
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the callback server has no port');
    this.url = `http://127.0.0.1:${address.port}/v1/callbacks/http-gateway/an-example-secret`;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** `status code` of the receipts of a message, in order of the alphabet: they arrive in any. */
  of(reference: string): string[] {
    return this.receipts
      .filter((receipt) => receipt.reference === reference)
      .map(({ status, code }) => `${status} ${code}`)
      .sort();
  }

  /** The first receipt that is an end. */
  endOf(reference: string): ProviderReceipt['status'] | undefined {
    return this.receipts.find((receipt) => receipt.reference === reference && receipt.status !== 'pending')?.status;
  }
}
