/**
 * The file that `CHANNELS_FILE` names: the mail server and the gateway of pushes, as one JSON object. It holds passwords,
 * so it is a secret that is mounted, and no part of an image or a repository.
 */
import { z } from 'zod';
import { parseSettings, readSettingsFile } from './settingsFile';

const HERE = new Set(['127.0.0.1', '::1', 'localhost']);

const email = z
  .strictObject({
    host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, 'a host, such as mail.lender.example'),
    port: z.int().min(1).max(65_535),
    security: z.enum(['tls', 'starttls', 'none'], 'one of tls, starttls, none'),
    caPem: z.string().startsWith('-----BEGIN ', 'a PEM text').optional(),
    username: z.string().min(1).max(320).optional(),
    password: z.string().min(1).max(1_000).optional(),
    from: z.email('an address of your own domain, such as notice@lender.example').max(254),
    fromName: z
      .string()
      .regex(/^[^\p{Cc}<>"]{1,60}$/u, 'a name of up to 60 characters, without quotes and brackets')
      .optional(),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    message: 'has one of username and password without the other',
  })
  .refine(({ security, host }) => security !== 'none' || HERE.has(host), {
    message: 'without TLS goes to this machine alone: give security tls or starttls',
  });

const push = z.strictObject({
  // Signed, so no user and no query; in clear on this machine alone, because it carries the token of a device.
  url: z
    .string()
    .regex(
      /^(https:\/\/[^\s/?#@:]+|http:\/\/(127\.0\.0\.1|localhost))(:\d{1,5})?(\/[^\s?#@]*)?$/,
      'an https URL without user and query, such as https://push.lender.example/nudges',
    ),
  keyId: z.string().regex(/^[\w-]{1,40}$/, 'a short name of the key, such as creditloom-1'),
  secret: z.string().min(32, 'at least 32 characters, such as the output of: openssl rand -hex 32'),
});

const channels = z.strictObject({ email: email.optional(), push: push.optional() });

export type ChannelSettings = z.infer<typeof channels>;

const FILE = {
  variable: 'CHANNELS_FILE',
  schema: channels,
  example: 'one object, such as {"push":{…}}',
  page: 'docs/channels.md',
};

/** Without a file there are neither e-mails nor pushes. Throws as {@link readSettingsFile} does. */
export function readChannels(path: string | undefined): ChannelSettings {
  return path === undefined ? {} : readSettingsFile(FILE, path);
}

export function parseChannels(text: string): ChannelSettings {
  return parseSettings(FILE, text);
}
