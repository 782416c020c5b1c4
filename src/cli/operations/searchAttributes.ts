/** Registers our search attributes on any Temporal server; those that exist already are left as they are. */
import { type Client, isGrpcServiceError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { searchAttributes } from '../../contracts/names';

type IndexedValueType = temporal.api.enums.v1.IndexedValueType;

const { IndexedValueType } = temporal.api.enums.v1;
const UNIMPLEMENTED = 12;
const TYPES: Record<string, IndexedValueType> = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
};

export async function registerSearchAttributes(client: Client): Promise<void> {
  const { namespace } = client.options;
  const known = await knownAttributes(client);
  const missing = Object.values(searchAttributes).filter(({ name }) => !known.has(name));
  if (missing.length === 0) return;
  await client.connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, typeOf(type)])),
  });
}

/** A time-skipping server cannot list them; it begins with none. */
async function knownAttributes(client: Client): Promise<Set<string>> {
  try {
    const { namespace } = client.options;
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
    return new Set(Object.keys(customAttributes));
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === UNIMPLEMENTED) return new Set();
    throw error;
  }
}

function typeOf(type: string): IndexedValueType {
  const found = TYPES[type];
  if (found === undefined) throw new Error(`search attribute type ${type} is not in the table above`);
  return found;
}
