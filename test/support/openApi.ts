/** What an OpenAPI document says, and what is wrong with it. */

import type { FastifyInstance } from 'fastify';
import { byContent } from './inOrder';

// biome-ignore lint/suspicious/noExplicitAny: a document of JSON, looked at node by node
type Node = any;

export interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Node>>;
  components: { securitySchemes: Record<string, Node>; [kind: string]: Record<string, Node> };
}

/** `POST /v1/offers/{id}/draws`, sorted. */
export function operationsOf({ paths }: OpenApi): string[] {
  return Object.entries(paths)
    .flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();
}

/** The routes that a server answers, in the same form; HEAD comes with GET, and the documentation is not its own part. */
export function routesOf(server: FastifyInstance): string[] {
  const routes: string[] = [];
  const above: string[] = [];
  for (const line of server.printRoutes({ commonPrefix: false }).split('\n')) {
    const match = /^((?:[│ ] {3})*)[├└]── (\S*)(?: \((.+)\))?$/.exec(line);
    if (!match) continue;
    const [, indent = '', part = '', methods = ''] = match;
    const depth = indent.length / 4;
    above[depth] = part;
    const path = above.slice(0, depth + 1).join('');
    for (const method of methods.split(', ').filter((name) => name !== '' && name !== 'HEAD')) {
      routes.push(`${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    }
  }
  return routes.filter((route) => !/ \/docs/.test(route)).sort();
}

/** What a reader or a generator of clients would stumble over. */
export function faultsOfOpenApi(document: OpenApi): string[] {
  const faults: string[] = [];
  if (!/^3\.1\.\d+$/.test(document.openapi)) faults.push(`openapi is ${document.openapi}`);
  for (const ref of refsIn(document)) if (resolve(document, ref) === undefined) faults.push(`${ref} is nowhere`);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      faults.push(...faultsOfOperation(document, path, operation).map((fault) => `${method} ${path}: ${fault}`));
    }
  }
  return faults;
}

function faultsOfOperation({ components }: OpenApi, path: string, operation: Node): string[] {
  const faults: string[] = [];
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(byContent);
  const parameters: Node[] = operation.parameters ?? [];
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  if (
    inPath
      .map(({ name }) => name)
      .sort(byContent)
      .join() !== named.join()
  )
    faults.push('path parameters do not fit');
  if (inPath.some(({ required }) => required !== true)) faults.push('a path parameter is not required');
  if (parameters.some(({ schema }) => schema === undefined)) faults.push('a parameter has no schema');
  if (!operation.summary) faults.push('no summary');
  const responses = Object.entries<Node>(operation.responses ?? {});
  if (!responses.some(([status]) => /^2\d\d$/.test(status))) faults.push('no good answer is described');
  for (const [status, response] of responses) {
    if (!response.description) faults.push(`answer ${status} has no description`);
    const type = Number(status) >= 400 && status !== '503' ? 'application/problem+json' : undefined;
    if (type && !response.content?.[type]) faults.push(`answer ${status} is no problem document`);
  }
  for (const name of (operation.security ?? []).flatMap(Object.keys)) {
    if (!(name in components.securitySchemes)) faults.push(`security scheme ${name} is nowhere`);
  }
  return faults;
}

function refsIn(node: Node): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = typeof node.$ref === 'string' ? [node.$ref] : [];
  return [...own, ...Object.values(node).flatMap(refsIn)];
}

function resolve(document: OpenApi, ref: string): Node {
  const parts = ref.replace(/^#\//, '').split('/');
  return parts.reduce((node: Node, part) => node?.[part.replace(/~1/g, '/').replace(/~0/g, '~')], document);
}
