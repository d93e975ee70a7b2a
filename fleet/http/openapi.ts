/** The API's description, generated from the contract: the same schemas that check each request. */
import { type HttpRouteName, httpRoutes } from '#contract/http-api.ts';
import { WireError } from '#contract/error-codes.ts';
import { z } from '#contract/schema.ts';

type RouteEntry = {
  method: string;
  path: string;
  access: string;
  summary: string;
  params?: z.ZodType;
  body?: z.ZodType;
  response: z.ZodType;
};
export type OpenApi = {
  openapi: string;
  info: object;
  paths: Record<string, Record<string, object>>;
  components: object;
};

export function openApi(fleetUrl: string): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const [operationId, route] of Object.entries(httpRoutes) as [HttpRouteName, RouteEntry][]) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(operationId, route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Maru fleet', version: '1', description: `The fleet server's API for browsers at ${fleetUrl}.` },
    paths,
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: '__Host-maru-session' } },
      schemas: { Error: schemaOf(z.object({ error: WireError }), 'output') },
    },
  };
}

function operation(operationId: HttpRouteName, { access, summary, params, body, response }: RouteEntry): object {
  return {
    operationId,
    summary,
    'x-access': access,
    security: access === 'public' ? [] : [{ session: [] }],
    parameters: [...parameters(params)],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: schemaOf(response, 'output') } } },
      default: {
        description: 'Refused',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function* parameters(params: z.ZodType | undefined): Generator<object> {
  if (!(params instanceof z.ZodObject)) return;
  for (const [name, schema] of Object.entries(params.shape))
    yield { name, in: 'path', required: true, schema: schemaOf(schema as z.ZodType, 'input') };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as { $schema?: string };
  return rest;
}
