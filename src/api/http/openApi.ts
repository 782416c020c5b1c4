/** The OpenAPI document, made of the same schemas that check the requests, and its page at /docs. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { App } from './route';

export const DOCS_PREFIX = '/docs';

const DESCRIPTION = `Consumer credit servicing over HTTP, for upstream systems and operators.

Amounts are whole fen, instants are milliseconds of business time, dates are dates of the lender's time zone.
Every write carries an \`Idempotency-Key\`: sent again with the same input it answers as before, with
\`Idempotency-Replayed: true\`; with other input it is refused with 409.
Refusals are RFC 9457 problem documents that name the field, the fault and the fix.`;

/** Everything of the page comes from this server; the page runs no inline script. */
const PAGE_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "object-src 'none'; base-uri 'self'; frame-ancestors 'none'";

export async function describeApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'creditloom', version: '1', description: DESCRIPTION },
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key with the scope that the route names.' },
          receiptSignature: {
            type: 'apiKey',
            in: 'header',
            name: 'X-Receipt-Signature',
            description:
              "`sha256=` and the HMAC-SHA256 in hex, under the provider's secret, of the lines `creditloom-receipts-1`, the " +
              'provider, `X-Receipt-Time` and the SHA-256 of the raw body in hex, with a line feed between.',
          },
        },
      },
      // What says nothing else needs a key.
      security: [{ apiKey: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, { routePrefix: DOCS_PREFIX, staticCSP: PAGE_POLICY });
}
