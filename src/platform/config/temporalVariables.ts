/** Settings of how Temporal is reached, each by itself; `temporal.ts` puts them together. */
import { z } from 'zod';
import { filePath, type Setting } from './setting';

/** `host:port`. */
export const TEMPORAL_ADDRESS = /^[^\s:/]+:\d{1,5}$/;
const certificate = z
  .string()
  .regex(/^-----BEGIN [A-Z0-9 ]+-----\s/)
  .optional();

export const TEMPORAL_VARIABLES = {
  TEMPORAL_ADDRESS: {
    // A profile can give it: that one of both does is checked where they are put together.
    schema: z.string().regex(TEMPORAL_ADDRESS).optional(),
    fix: 'host:port without a scheme, such as 127.0.0.1:7233',
  },
  TEMPORAL_NAMESPACE: {
    schema: z
      .string()
      .regex(/^[\w.-]+$/)
      .optional(),
    fix: 'a namespace name, such as default',
  },
  TEMPORAL_API_KEY: { schema: z.string().min(1).optional(), fix: 'an API key, or nothing' },
  TEMPORAL_CONFIG_FILE: {
    schema: filePath,
    fix: "the path of a file of Temporal's profiles, such as /run/secrets/temporal.toml",
  },
  TEMPORAL_PROFILE: {
    schema: z
      .string()
      .regex(/^[\w.-]{1,60}$/)
      .optional(),
    fix: 'the name of a profile in TEMPORAL_CONFIG_FILE, such as production',
  },
  TEMPORAL_TLS: { schema: z.enum(['true', 'false']).optional(), fix: 'true or false' },
  TEMPORAL_TLS_SERVER_NAME: {
    schema: z
      .string()
      .regex(/^[A-Za-z0-9.-]{1,253}$/)
      .optional(),
    fix: "the name in the server's certificate, such as temporal.example",
  },
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: {
    schema: filePath,
    fix: 'the path of a certificate, such as /run/secrets/temporal-ca.pem',
  },
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: { schema: certificate, fix: 'the text of a certificate (PEM)' },
  TEMPORAL_TLS_CLIENT_CERT_PATH: {
    schema: filePath,
    fix: 'the path of our certificate, such as /run/secrets/temporal.pem',
  },
  TEMPORAL_TLS_CLIENT_CERT_DATA: { schema: certificate, fix: 'the text of our certificate (PEM)' },
  TEMPORAL_TLS_CLIENT_KEY_PATH: { schema: filePath, fix: 'the path of its key, such as /run/secrets/temporal.key' },
  TEMPORAL_TLS_CLIENT_KEY_DATA: { schema: certificate, fix: 'the text of its key (PEM)' },
  TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: {
    schema: z.undefined(),
    fix: 'nothing: a server is always checked, by TEMPORAL_TLS_SERVER_CA_CERT_PATH and TEMPORAL_TLS_SERVER_NAME',
  },
} satisfies Record<string, Setting>;
