/** SMS providers that the configuration names, with what they tell us: they know neither settings nor database. */
import type { Pool } from 'pg';
import type pino from 'pino';
import { keepInbound, keepReceipts, tellDoubt } from '../../activities/messaging/callbackKeeping';
import { keepUnreadable } from '../../activities/messaging/unreadableCallbacks';
import type { SmsProvider } from '../../adapters/sms/port';
import { createAliyunProvider } from '../../adapters/sms/providers/aliyun';
import { createAliyunRegistrar } from '../../adapters/sms/providers/aliyunRegistrar';
import { createHttpGateway } from '../../adapters/sms/providers/httpGateway';
import { createSinkProvider } from '../../adapters/sms/providers/sink';
import { createSmppProvider } from '../../adapters/sms/providers/smpp/provider';
import { createTencentProvider } from '../../adapters/sms/providers/tencent';
import { createTencentRegistrar } from '../../adapters/sms/providers/tencentRegistrar';
import type { TemplateRegistrar } from '../../adapters/sms/registrar';
import { inTransaction } from '../../db/transaction';
import type { Vault } from '../../db/vault';
import { type BusinessClock, businessTimeMs } from '../../domain/values/clock';
import type { SmsProviderSettings } from '../config/smsProviders';
import { createSinkStore } from './sinkStores';

export interface SmsProviderParts {
  pool: Pool;
  vault: Vault;
  tenantId: string;
  clock: BusinessClock;
  logger: pino.Logger;
}

/** In the order of the settings. Sessions connect at once; `close` of each ends them. */
export function createSmsProviders(settings: readonly SmsProviderSettings[], parts: SmsProviderParts): SmsProvider[] {
  return settings.map((each) => createProvider(each, parts));
}

/** One for each provider that takes registered texts only; none where all take free text. */
export function createTemplateRegistrars(settings: readonly SmsProviderSettings[]): TemplateRegistrar[] {
  return settings.flatMap(({ kind, ...rest }) => {
    switch (kind) {
      case 'aliyun':
        return [createAliyunRegistrar(rest as Omit<Extract<SmsProviderSettings, { kind: 'aliyun' }>, 'kind'>)];
      case 'tencent':
        return [createTencentRegistrar(rest as Omit<Extract<SmsProviderSettings, { kind: 'tencent' }>, 'kind'>)];
      default:
        return [];
    }
  });
}

function createProvider(settings: SmsProviderSettings, parts: SmsProviderParts): SmsProvider {
  const { kind, ...rest } = settings;
  switch (kind) {
    case 'sink':
      return createSinkProvider(createSinkStore(parts.pool, parts.vault, parts.tenantId));
    case 'smpp': {
      const options = rest as Omit<Extract<SmsProviderSettings, { kind: 'smpp' }>, 'kind'>;
      return createSmppProvider(defined(options), sessionHandlers(options.name, parts));
    }
    case 'http':
      return createHttpGateway(defined(rest as Omit<Extract<SmsProviderSettings, { kind: 'http' }>, 'kind'>));
    case 'aliyun':
      return createAliyunProvider(rest as Omit<Extract<SmsProviderSettings, { kind: 'aliyun' }>, 'kind'>);
    case 'tencent':
      return createTencentProvider(rest as Omit<Extract<SmsProviderSettings, { kind: 'tencent' }>, 'kind'>);
  }
}

/** What a session brings is kept as what a callback brings; the SMSC hears that it arrived once it is committed. */
function sessionHandlers(provider: string, { pool, vault, tenantId, clock, logger }: SmsProviderParts) {
  const nowMs = () => businessTimeMs(clock, Date.now());
  return {
    async onReceipt(receipt: Parameters<typeof keepReceipts>[1]['receipts'][number]) {
      const push = { provider, receipts: [receipt], receivedAtMs: nowMs() };
      tellDoubt(logger, provider, await keepReceipts({ pool, tenantId }, push));
    },
    onUnreadable: (row: Parameters<typeof keepUnreadable>[1]['rows'][number]) =>
      keepUnreadable({ pool, tenantId, vault, logger }, { provider, rows: [row], atMs: nowMs() }),
    async onInbound(text: Parameters<typeof keepInbound>[2]['texts'][number]) {
      await inTransaction(pool, (client) =>
        keepInbound(client, { tenantId, vault }, { provider, texts: [text], receivedAtMs: nowMs() }),
      );
    },
    onTrouble: (detail: string) => logger.warn({ provider, detail }, 'SMS provider reports a fault'),
  };
}

/** Without the fields that are undefined: an option that is not told is another thing than one told as nothing. */
function defined<Options extends object>(
  options: Options,
): { [Key in keyof Options]: Exclude<Options[Key], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
