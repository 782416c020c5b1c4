/**
 * JSON bodies of requests: as Fastify reads them, and refused where the text says a thing twice, inexactly, or not in
 * UTF-8. Of what is guessed at such a place the caller would hear nothing.
 */
import type { FastifyRequest } from 'fastify';
import { fieldNamed } from '../../contracts/schemaJudge';
import { faultsOfJson, goesTooDeep, type JsonFault, MOST_LEVELS } from '../../domain/values/exactJson';
import { type FieldFault, invalidRequest } from './problems';
import type { App } from './route';

const MEDIA_TYPE = 'application/json';
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** For all routes but those whose context brings a parser of its own. */
export function readJsonExactly(app: App): void {
  const read = readerOfJson(app);
  app.removeContentTypeParser(MEDIA_TYPE);
  app.addContentTypeParser(MEDIA_TYPE, { parseAs: 'buffer' }, (request, body, done) => {
    read(request, body as Buffer, done);
  });
}

type Done = (error: Error | null, value?: unknown) => void;

/** Reads a body strictly, for whoever checks something of its bytes first. */
export function readerOfJson(app: App): (request: FastifyRequest, body: Buffer, done: Done) => void {
  // Refuses names that would reach a prototype.
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request, body, done) => {
    const text = textOf(body);
    if (text === undefined) {
      return done(invalidRequest([{ field: 'body', fault: 'is not UTF-8', fix: 'send one JSON document in UTF-8' }]));
    }
    if (goesTooDeep(text)) {
      const fault = `goes deeper than ${MOST_LEVELS} levels`;
      return done(invalidRequest([{ field: 'body', fault, fix: 'send what the route documents' }]));
    }
    void parse(request, text, (error, value) => {
      const faults = error ? [] : faultsOfJson(text);
      if (faults.length > 0) done(invalidRequest(faults.map(faultOf)));
      else done(error, value);
    });
  };
}

function textOf(body: Buffer): string | undefined {
  try {
    return UTF8.decode(body);
  } catch {
    return undefined;
  }
}

/** Neither the number nor a name that is the caller's own text is repeated. */
function faultOf(found: JsonFault): FieldFault {
  const field = found.field === '' ? 'body' : fieldNamed(found.field.split('.'));
  if (found.kind === 'twice') {
    const fault = `is given twice, on line ${found.firstLine} and on line ${found.line}`;
    return { field, fault, fix: 'send it once' };
  }
  const fault = `is a number that cannot be kept as it is written, on line ${found.line}`;
  return { field, fault, fix: 'send one of at most 15 digits, such as 12345' };
}
