/**
 * How Temporal is reached: by Temporal's own names of variables, or by a profile of a file in Temporal's format. What a
 * variable says counts before what the profile says.
 */
import {
  type ClientConfigProfile,
  type ClientConnectConfig,
  loadClientConfigProfile,
  toClientOptions,
} from '@temporalio/envconfig';
import { isReadable } from './databaseUrl';

type ConnectionOptions = ClientConnectConfig['connectionOptions'];

export interface TemporalSettings {
  /** `host:port`. */
  address: string;
  namespace: string;
  apiKey: string | undefined;
  /** Absent: none. True: the authorities of the machine; else our own, and the certificate that says who we are. */
  tls?: ConnectionOptions['tls'];
  /** Sent with every call, such as what a gateway in front of Temporal asks for. */
  metadata?: ConnectionOptions['metadata'];
}

export const TEMPORAL_SETTINGS = [
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'TEMPORAL_API_KEY',
  'TEMPORAL_CONFIG_FILE',
  'TEMPORAL_PROFILE',
  'TEMPORAL_TLS',
  'TEMPORAL_TLS_SERVER_NAME',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  'TEMPORAL_TLS_SERVER_CA_CERT_DATA',
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_CERT_DATA',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_DATA',
  'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION',
] as const;
type TemporalSetting = (typeof TEMPORAL_SETTINGS)[number];
export type GivenTemporal = { readonly [Name in TemporalSetting]?: string | undefined };

const FILES = [
  'TEMPORAL_CONFIG_FILE',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
] as const;

export interface TemporalFault {
  name: TemporalSetting;
  fault: string;
}

/**
 * What the variables and the profile make together; without an address where neither gives one. The profile's file is
 * read when a variable names it or a profile: nobody is led elsewhere by a file of his home that he does not think of.
 */
export function temporalSettings(given: GivenTemporal): {
  settings: Partial<TemporalSettings>;
  faults: TemporalFault[];
} {
  const faults = faultsOf(given);
  if (faults.length > 0) return { settings: {}, faults };
  const set = Object.fromEntries(
    TEMPORAL_SETTINGS.flatMap((name) => (isSet(given[name]) ? [[name, given[name]]] : [])),
  ) as Record<string, string>;
  const isFile = 'TEMPORAL_CONFIG_FILE' in set || 'TEMPORAL_PROFILE' in set;
  try {
    const profile = loadClientConfigProfile({ overrideEnvVars: set, disableFile: !isFile, configFileStrict: true });
    const half = halfPair(profile);
    if (half !== undefined) return { settings: {}, faults: [half] };
    const { connectionOptions, namespace } = toClientOptions(profile);
    const { address, apiKey, tls, metadata } = connectionOptions;
    const settings = {
      ...(address === undefined ? {} : { address }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(typeof apiKey === 'string' ? { apiKey } : {}),
      ...(tls === undefined || tls === null ? {} : { tls }),
      ...(metadata === undefined ? {} : { metadata }),
    };
    return { settings, faults: [] };
  } catch {
    // What the reader says may quote the file, and a key may stand in it.
    const fault = 'is no file of profiles, lacks the profile of TEMPORAL_PROFILE, or names a file that cannot be read';
    return { settings: {}, faults: [{ name: 'TEMPORAL_CONFIG_FILE', fault }] };
  }
}

function faultsOf(given: GivenTemporal): TemporalFault[] {
  const faults: TemporalFault[] = [];
  for (const name of FILES) {
    const path = given[name];
    if (isSet(path) && !isReadable(path)) faults.push({ name, fault: 'names a file that this process cannot read' });
  }
  const pairs = ['SERVER_CA_CERT', 'CLIENT_CERT', 'CLIENT_KEY'] as const;
  for (const what of pairs) {
    if (isSet(given[`TEMPORAL_TLS_${what}_PATH`]) && isSet(given[`TEMPORAL_TLS_${what}_DATA`])) {
      faults.push({ name: `TEMPORAL_TLS_${what}_DATA`, fault: `is given beside TEMPORAL_TLS_${what}_PATH` });
    }
  }
  // The SDK would not hear it, and whoever sets it relies on it.
  if (isSet(given.TEMPORAL_TLS_DISABLE_HOST_VERIFICATION)) {
    faults.push({
      name: 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION',
      fault: 'is not taken: the server is always checked',
    });
  }
  return faults;
}

/** Of a certificate without its key the SDK would make none at all. */
function halfPair({ tls }: ClientConfigProfile): TemporalFault | undefined {
  if ((tls?.clientCert === undefined) === (tls?.clientKey === undefined)) return undefined;
  const [there, lacking] = tls?.clientKey === undefined ? (['CERT', 'KEY'] as const) : (['KEY', 'CERT'] as const);
  return { name: `TEMPORAL_TLS_CLIENT_${lacking}_PATH`, fault: `is not set, and TEMPORAL_TLS_CLIENT_${there}_… is` };
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
