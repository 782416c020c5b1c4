/** Keeps a bound link alive: asks an SMSC that says nothing. */
import { performance } from 'node:perf_hooks';
import type { SmppConnection } from './connection';
import type { SmppSettings } from './options';

/** Asks a silent link whether it lives, and ends one that does not answer and says nothing else either. */
export function watchLink(
  connection: SmppConnection,
  { enquireLinkMs, responseTimeoutMs }: Pick<SmppSettings, 'enquireLinkMs' | 'responseTimeoutMs'>,
  isInUse: () => boolean,
): () => void {
  let isAsking = false;
  const check = async () => {
    if (isAsking || !isInUse()) return;
    if (performance.now() - connection.heardAtMs < enquireLinkMs) return;
    isAsking = true;
    const askedAtMs = performance.now();
    const answer = await connection.request('enquire_link', {}, { timeoutMs: responseTimeoutMs });
    isAsking = false;
    // Receipts and answers that come meanwhile show that it lives: an SMSC under load answers them first, or only them.
    if (answer.status !== 'answered' && connection.heardAtMs <= askedAtMs)
      connection.end('the SMSC does not answer enquire_link');
  };
  const timer = setInterval(() => void check(), Math.max(1, Math.floor(enquireLinkMs / 4)));
  return () => clearInterval(timer);
}
