/**
 * A supplier for trials and tests: a real HTTP server that keeps the contract of docs/data-sources.md, and a fake. What it
 * shows follows from the borrower's id alone; behind it is nobody, and it says so in every answer's header.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { figureNamesOf, SUPPLIED_KINDS, type SuppliedKind } from '../../domain/origination/dataSources';
import type { RailKey } from '../rails/signature';
import { requestFault, signAnswer } from './supplierSignature';

/** How it behaves towards a borrower or all: as it should, away, with half of its figures, or as a supplier that is broken. */
const SANDBOX_MOODS = ['whole', 'down', 'partial', 'wrong', 'unsigned', 'slow', 'huge'] as const;
type SandboxMood = (typeof SANDBOX_MOODS)[number];

export interface SandboxSupplier {
  url: string;
  /** Towards everybody, from now on; undefined: as the end of the borrower's id says. */
  mood: SandboxMood | undefined;
  /** What it was asked, oldest first; bodies as they came. */
  readonly asked: readonly Record<string, unknown>[];
  close(): Promise<void>;
}

export interface SandboxOptions extends RailKey {
  /** Real time. */
  now(): number;
  port?: number | undefined;
  /** What it shows of a borrower, by the groups of the kind; what is left out is missing. Undefined: what it draws. */
  figuresOf?(kind: SuppliedKind, borrowerId: string): Figures | undefined;
  maxClockSkewMs?: number | undefined;
}

type Figures = Record<string, Record<string, unknown>>;

const MAX_REQUEST_BYTES = 16_384;

export async function startSandboxSupplier(options: SandboxOptions): Promise<SandboxSupplier> {
  const asked: Record<string, unknown>[] = [];
  const supplier: SandboxSupplier = {
    url: '',
    mood: undefined,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server: Server = createServer((request, response) => {
    answer(options, supplier, asked, { request, response }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  supplier.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return supplier;
}

async function answer(
  options: SandboxOptions,
  supplier: SandboxSupplier,
  asked: Record<string, unknown>[],
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const body = await bodyOf(request);
  const path = request.url ?? '';
  const { maxClockSkewMs = 300_000 } = options;
  const signed = { method: request.method ?? '', path, headers: request.headers, body };
  const fault = requestFault(options, signed, { nowMs: options.now(), maxClockSkewMs });
  const nonce = String(request.headers['x-rail-nonce'] ?? '');
  const send = (status: number, content: unknown, isSigned = true) => {
    const text = Buffer.from(JSON.stringify(content), 'utf8');
    const signature = isSigned
      ? signAnswer(options, { httpStatus: status, timestampMs: options.now(), nonce, body: text })
      : {};
    const about = { 'content-type': 'application/json', 'x-sandbox': 'a fake: nobody was asked' };
    response.writeHead(status, { ...about, ...signature }).end(text);
  };
  if (fault !== undefined) return send(401, { fault });
  if (request.method !== 'POST' || path !== '/v1/inquiries')
    return send(404, { fault: 'there is only POST /v1/inquiries' });
  const question = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  asked.push(question);
  const kind = SUPPLIED_KINDS.find((each) => each === question.sourceKind);
  if (!kind) return send(400, { fault: `sourceKind must be one of ${SUPPLIED_KINDS.join(', ')}` });
  const mood = supplier.mood ?? moodOf(String(question.borrowerId));
  const given = options.figuresOf?.(kind, String(question.borrowerId));
  const whole = given
    ? shownAnswer(String(question.requestId), kind, given)
    : wholeAnswer(String(question.requestId), kind, String(question.borrowerId));
  switch (mood) {
    case 'whole':
      return send(200, whole);
    case 'down':
      return send(503, { fault: 'away' });
    case 'partial':
      return send(200, halved(whole, kind));
    case 'wrong':
      return send(200, { ...whole, figures: { finances: { monthlyIncomeFen: '20000.00' } } });
    case 'unsigned':
      return send(200, whole, false);
    case 'slow':
      // Until whoever asks goes away.
      return;
    case 'huge':
      return send(200, { ...whole, padding: 'x'.repeat(1_000_000) });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES) throw new Error('the question is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** By the end of the borrower's id, such as `b-7-down`. */
function moodOf(borrowerId: string): SandboxMood {
  return SANDBOX_MOODS.find((mood) => borrowerId.endsWith(`-${mood}`)) ?? 'whole';
}

interface WholeAnswer {
  requestId: string;
  status: 'complete' | 'partial';
  figures: Figures;
  missing: string[];
}

function shownAnswer(requestId: string, kind: SuppliedKind, figures: Figures): WholeAnswer {
  const missing = figureNamesOf(kind).filter((name) => {
    const [group = '', field = ''] = name.split('.');
    return figures[group]?.[field] === undefined;
  });
  return { requestId, status: missing.length === 0 ? 'complete' : 'partial', figures, missing };
}

/** Sound figures that differ a little from one borrower to the next, and are the same whenever one is asked about. */
function wholeAnswer(requestId: string, kind: SuppliedKind, borrowerId: string): WholeAnswer {
  const draw = createHash('sha256').update(borrowerId).digest();
  const upTo = (at: number, most: number) => (draw[at] ?? 0) % (most + 1);
  const figures: Record<SuppliedKind, Record<string, Record<string, unknown>>> = {
    identity: { identity: { check: 'matched', adult: true } },
    'financial-record': {
      finances: {
        monthlyIncomeFen: 1_000_000 + upTo(0, 20) * 100_000,
        monthlyDebtServiceFen: upTo(1, 10) * 10_000,
        unsecuredDebtFen: upTo(2, 10) * 100_000,
        worstBureauCode: upTo(3, 1),
        openOverdue: false,
        bureauInquiries3Months: upTo(4, 3),
      },
    },
    consumption: {
      behaviour: {
        monthsOnPlatform: 24 + upTo(5, 60),
        monthlySpendFen: 200_000 + upTo(6, 20) * 10_000,
        onTimePaymentRatio: `0.9${upTo(7, 9)}`,
        refundRatio: `0.0${upTo(8, 5)}`,
      },
    },
  };
  return { requestId, status: 'complete', figures: figures[kind], missing: [] };
}

/** Without the first half of what its kind brings. */
function halved(whole: WholeAnswer, kind: SuppliedKind): WholeAnswer {
  const names = figureNamesOf(kind);
  const missing = names.slice(0, Math.ceil(names.length / 2));
  const kept = Object.entries(whole.figures).map(([group, fields]) => {
    const left = Object.entries(fields).filter(([field]) => !missing.includes(`${group}.${field}`));
    return [group, Object.fromEntries(left)] as const;
  });
  return { ...whole, status: 'partial', figures: Object.fromEntries(kept), missing };
}
