/** A file of settings that a variable names: JSON of one shape, read at start. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ConfigError } from './configError';

export interface SettingsFile<Schema extends z.ZodType> {
  /** Names the file, such as CHANNELS_FILE. */
  variable: string;
  schema: Schema;
  /** What to write, such as `one object, such as {…}`. */
  example: string;
  /** Page that lists the fields. */
  page: string;
}

/** Throws {@link ConfigError}, which names variable, fault and fix, and repeats no value. */
export function readSettingsFile<Schema extends z.ZodType>(file: SettingsFile<Schema>, path: string): z.infer<Schema> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw fault(file, 'names a file that cannot be read', 'give the path of a file that this process may read');
  }
  return parseSettings(file, text);
}

export function parseSettings<Schema extends z.ZodType>(file: SettingsFile<Schema>, text: string): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fault(file, 'is not JSON', `write ${file.example}`);
  }
  const parsed = file.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw fault(
    file,
    `is wrong at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`,
    `${file.page} lists the fields`,
  );
}

function fault({ variable }: { variable: string }, what: string, fix: string): ConfigError {
  return new ConfigError(`${variable} ${what}: ${fix}`);
}
