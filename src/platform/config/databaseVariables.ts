/** Settings of the database: a URL for each role, and how many connections. */
import { z } from 'zod';
import { databaseUrlFault } from './databaseUrl';
import type { Setting } from './setting';

export const DATABASE_VARIABLES = {
  DATABASE_URL: {
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\/\S+$/)
      .refine((url) => databaseUrlFault(url) === undefined),
    fix:
      'a PostgreSQL URL, such as postgres://creditloom:secret@127.0.0.1:5432/creditloom, and with TLS ' +
      '?sslmode=verify-full&sslrootcert=/run/secrets/postgres-ca.pem, a file that can be read',
  },
  DATABASE_OWNER_URL: {
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\/\S+$/)
      .optional(),
    fix: 'a PostgreSQL URL of the role that owns the tables, such as postgres://creditloom_owner:secret@127.0.0.1:5432/creditloom',
  },
  DATABASE_API_URL: {
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\/\S+$/)
      .refine((url) => databaseUrlFault(url) === undefined)
      .optional(),
    fix: "a PostgreSQL URL of the API's own role, such as postgres://creditloom_api:secret@127.0.0.1:5432/creditloom",
  },
  DATABASE_READER_URL: {
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\/\S+$/)
      .optional(),
    fix: 'a PostgreSQL URL, such as postgres://creditloom_reader:secret@127.0.0.1:5432/creditloom',
  },
  DATABASE_POOL_SIZE: {
    schema: z.coerce.number().int().min(2).max(200).default(10),
    fix: 'a whole number from 2 to 200, such as 10',
  },
} satisfies Record<string, Setting>;
