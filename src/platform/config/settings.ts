/** Every setting of a system, joined of those of each subject, and which of them are secrets. */
import { API_VARIABLES, PROXY_VARIABLES } from './apiVariables';
import { CALLBACK_VARIABLES } from './callbackVariables';
import { DATABASE_VARIABLES } from './databaseVariables';
import { CLOCK_VARIABLES, PROCESS_VARIABLES, RETENTION_VARIABLES, TENANT_VARIABLES } from './deploymentVariables';
import { MESSAGE_KEY_VARIABLES, STORE_KEY_VARIABLES } from './keyVariables';
import { MESSAGING_VARIABLES } from './messagingVariables';
import { RAIL_VARIABLES } from './railVariables';
import type { Setting } from './setting';
import { SOURCE_VARIABLES } from './sourceVariables';
import { TEMPORAL_VARIABLES } from './temporalVariables';

export const SETTINGS = {
  ...TEMPORAL_VARIABLES,
  ...DATABASE_VARIABLES,
  ...API_VARIABLES,
  ...TENANT_VARIABLES,
  ...STORE_KEY_VARIABLES,
  ...CALLBACK_VARIABLES,
  ...MESSAGE_KEY_VARIABLES,
  ...PROXY_VARIABLES,
  ...MESSAGING_VARIABLES,
  ...RAIL_VARIABLES,
  ...SOURCE_VARIABLES,
  ...CLOCK_VARIABLES,
  ...RETENTION_VARIABLES,
  ...PROCESS_VARIABLES,
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** What is set, as text, for a start that provides the rest by itself. */
export type GivenSettings = { readonly [Name in SettingName]?: string };

/** Secrets that a process has no use for: it need not be given them, and they are empty in its configuration. */
export const DOES_WITHOUT = {
  api: [],
  worker: ['CALLBACK_SECRET'],
  prepare: ['VAULT_KEY', 'CODE_KEY', 'ACTOR_SECRET', 'RECEIPT_SECRET', 'CALLBACK_SECRET'],
} as const satisfies Record<string, readonly SettingName[]>;

/** Of these each deployment makes its own, by chance. */
export const MADE_BY_CHANCE = [
  'VAULT_KEY',
  'CODE_KEY',
  'BOOKS_KEY',
  'ACTOR_SECRET',
  'RECEIPT_SECRET',
  'CALLBACK_SECRET',
] as const;

export const SECRET_SETTINGS: ReadonlySet<SettingName> = new Set<SettingName>([
  'VAULT_KEY',
  'RECEIPT_SECRET',
  'CALLBACK_SECRET',
  'ACTOR_SECRET',
  'OPERATOR_KEY',
  'CODE_KEY',
  'BOOKS_KEY',
  'BOOKS_OLD_KEYS',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS_CLIENT_KEY_DATA',
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
  'DATABASE_API_URL',
  'DATABASE_READER_URL',
  'PAYMENT_RAIL_SECRET',
  'SOURCE_SECRET',
  // One that is refused may be so for a password in it.
  'PAYMENT_RAIL_URL',
]);
