/**
 * The file that `SMS_PROVIDERS_FILE` names: SMS providers in the order of preference, as one JSON array. It holds
 * passwords, so it is a secret that is mounted, and no part of an image or a repository.
 */
import { z } from 'zod';
import { parseSettings, readSettingsFile } from './settingsFile';

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
/** Channels that are no providers of texts: attempts are told apart by the name. */
const RESERVED = new Set(['inbox', 'email']);
const name = z
  .string()
  .regex(NAME, 'lower-case letters, digits and dashes, such as carrier-1')
  .refine((text) => !RESERVED.has(text), 'is the name of another channel: give another one, such as carrier-1');
const host = z.string().min(1);
const port = z.int().min(1).max(65_535);
const secret = z.string().min(1);
const perSecond = z.number().positive().max(10_000);
const pem = z.string().startsWith('-----BEGIN ', 'a PEM text');

const smpp = z.strictObject({
  kind: z.literal('smpp'),
  name: name.default('smpp'),
  host,
  port,
  systemId: z.string().min(1).max(15),
  password: z.string().min(1).max(64),
  sourceAddress: z.string().min(1).max(20),
  tls: z
    .strictObject({
      caPem: pem.optional(),
      certificatePem: pem.optional(),
      keyPem: pem.optional(),
      serverName: host.optional(),
    })
    .optional(),
  numberPrefix: z
    .string()
    .regex(/^\d{0,4}$/)
    .optional(),
  idForm: z.enum(['same', 'hex', 'submit-hex-receipt-decimal', 'submit-decimal-receipt-hex']).optional(),
  idsPerSession: z.boolean().optional(),
  window: z.int().min(1).max(1_000).optional(),
  perSecond: perSecond.optional(),
  validityMinutes: z.int().min(1).max(90_720).optional(),
});

const http = z.strictObject({
  kind: z.literal('http'),
  url: z.string().regex(/^https?:\/\/\S+$/, 'a URL, such as https://gateway.example/cgi-bin/sendsms'),
  username: secret,
  password: secret,
  from: z.string().min(1).max(20),
  callbackUrl: z
    .string()
    .regex(/^https?:\/\/\S+$/, 'our own address for receipts, as `callback-paths --provider http-gateway` prints it'),
  perSecond: perSecond.optional(),
});

const cloudEndpoint = { endpoint: host.optional(), protocol: z.enum(['http', 'https']).optional() };
const aliyun = z.strictObject({
  kind: z.literal('aliyun'),
  accessKeyId: secret,
  accessKeySecret: secret,
  ...cloudEndpoint,
  perSecond: perSecond.optional(),
});
const tencent = z.strictObject({
  kind: z.literal('tencent'),
  secretId: secret,
  secretKey: secret,
  sdkAppId: z.string().regex(/^\d+$/, 'the number of the application'),
  region: z.string().optional(),
  ...cloudEndpoint,
  perSecond: perSecond.optional(),
});
const sink = z.strictObject({ kind: z.literal('sink') });

const providers = z
  .array(z.discriminatedUnion('kind', [smpp, http, aliyun, tencent, sink]))
  .min(1)
  .max(20);

export type SmsProviderSettings = z.infer<typeof providers>[number];

const FILE = {
  variable: 'SMS_PROVIDERS_FILE',
  schema: providers,
  example: 'one array, such as [{"kind":"sink"}]',
  page: 'docs/notices.md',
};

/** Without a file there is the sink, which sends nothing. Throws as {@link readSettingsFile} does. */
export function readSmsProviders(path: string | undefined): SmsProviderSettings[] {
  if (path === undefined) return [{ kind: 'sink' }];
  return readSettingsFile(FILE, path);
}

export function parseSmsProviders(text: string): SmsProviderSettings[] {
  return parseSettings(FILE, text);
}
