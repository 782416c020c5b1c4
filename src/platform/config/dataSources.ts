/**
 * The file that `DATA_SOURCES_FILE` names: the supplier of each kind of source, as one JSON object. It holds secrets, so it
 * is mounted as one, and no part of an image or a repository.
 */
import { z } from 'zod';
import { parseSettings, readSettingsFile } from './settingsFile';

const supplier = z.strictObject({
  supplier: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, 'a short name of the supplier, such as bureau-1'),
  // Signed, so no user and no query; in clear on this machine alone, because it says who applies for credit.
  url: z
    .string()
    .regex(
      /^(https:\/\/[^\s/?#@:]+|http:\/\/(127\.0\.0\.1|localhost))(:\d{1,5})?(\/[^\s?#@]*)?$/,
      'an https URL without user and query, such as https://bureau.example/v1',
    ),
  keyId: z.string().regex(/^[\w-]{1,40}$/, 'the name that the supplier gave our key, such as lender-1'),
  secret: z.string().min(32, 'at least 32 characters, such as the output of: openssl rand -hex 32'),
});

const dataSources = z.strictObject({
  identity: supplier.optional(),
  'financial-record': supplier.optional(),
  consumption: supplier.optional(),
});

export type DataSourceSettings = z.infer<typeof dataSources>;

const FILE = {
  variable: 'DATA_SOURCES_FILE',
  schema: dataSources,
  example: 'one object, such as {"identity":{…}}',
  page: 'docs/data-sources.md',
};

/** Without a file nobody is asked. Throws as {@link readSettingsFile} does. */
export function readDataSources(path: string | undefined): DataSourceSettings {
  return path === undefined ? {} : readSettingsFile(FILE, path);
}

export function parseDataSources(text: string): DataSourceSettings {
  return parseSettings(FILE, text);
}
