/** What is used of package `smpp` 0.5.1, which has no types: PDUs to and from bytes, and a server for the tests. */
declare module 'smpp' {
  /** Names of fields are those of SMPP 3.4, such as `source_addr_ton`. */
  export class PDU {
    constructor(command: string, fields?: Record<string, unknown>);
    /** Reads a whole frame; throws on many that are malformed. */
    constructor(frame: Buffer);
    command: string;
    command_id: number;
    command_status: number;
    sequence_number: number;
    [field: string]: unknown;
    isResponse(): boolean;
    response(fields?: Record<string, unknown>): PDU;
    toBuffer(): Buffer;
  }

  export interface ServerSession {
    socket: import('node:net').Socket;
    send(pdu: PDU, onResponse?: (response: PDU) => void): boolean;
    deliver_sm(fields: Record<string, unknown>, onResponse?: (response: PDU) => void): boolean;
    enquire_link(onResponse?: (response: PDU) => void): boolean;
    unbind(onResponse?: (response: PDU) => void): boolean;
    on(event: 'pdu', listener: (pdu: PDU) => void): this;
    on(event: 'close', listener: () => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }

  export function createServer(
    options: { key?: string; cert?: string },
    onSession: (session: ServerSession) => void,
  ): import('node:net').Server;
}
