/** Settings of the sources that are asked about applicants. */
import { z } from 'zod';
import type { Setting } from './setting';

export const SOURCE_VARIABLES = {
  DATA_SOURCES_FILE: {
    schema: z.string().min(1).optional(),
    fix: 'the path of a JSON file (docs/data-sources.md), such as /run/secrets/data-sources.json',
  },
  SOURCE_SECRET: {
    schema: z.string().min(32).optional(),
    fix: 'at least 32 characters, such as the output of: openssl rand -hex 32',
  },
} satisfies Record<string, Setting>;
