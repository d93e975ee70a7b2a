/** The API's description, generated from the contract: the same schemas that check each request. */
import { WireError } from '#contract/error-codes.ts';
import type { Access, Route } from '#contract/http/route.ts';
import { z } from '#contract/schema.ts';
import type { ServedRoute } from './route.ts';

export type OpenApi = {
  openapi: string;
  info: object;
  paths: Record<string, Record<string, object>>;
  components: object;
};

export function openApi(served: readonly ServedRoute[], fleetUrl: string): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const { name, route } of served) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Maru fleet', version: '1', description: `The fleet server's API for browsers at ${fleetUrl}.` },
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-maru-session' },
        apiToken: { type: 'http', scheme: 'bearer', description: 'maru_…, made by an account' },
        documents: { type: 'http', scheme: 'bearer', description: 'of a grant for a meeting' },
        ticket: { type: 'http', scheme: 'bearer', description: 'of a knock at a meeting' },
      },
      schemas: { Error: schemaOf(z.object({ error: WireError }), 'output') },
    },
  };
}

function operation(operationId: string, route: Route): object {
  return {
    operationId,
    summary: route.summary,
    'x-access': accessInWords(route.access),
    security: securityOf(route.access),
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...requestBody(route),
    responses: {
      200: { description: 'Done', content: answerContent(route) },
      ...(route.kind === 'download' &&
        route.comesLater && { 202: { description: 'It is still being made: ask again' } }),
      default: {
        description: 'Refused',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function securityOf(access: Access): object[] {
  switch (access.to) {
    case 'anyone':
      return [];
    case 'meeting':
      return [{ documents: [] }];
    case 'waiting':
      return [{ ticket: [] }];
    case 'signed-in':
      return [{ session: [] }];
    case 'permitted':
      return access.isFresh ? [{ session: [] }] : [{ session: [] }, { apiToken: [] }];
    default:
      return [{ session: [] }, { apiToken: [] }];
  }
}

/** anyone; signed-in; host; rooms.manage (room), fresh sign-in; documents: view (meeting) */
export function accessInWords(access: Access): string {
  const fresh = 'isFresh' in access && access.isFresh ? ', fresh sign-in' : '';
  if (access.to === 'permitted') return `${access.permission} (${access.scope})${fresh}`;
  return access.to === 'meeting' ? `documents: ${access.documents} (meeting)` : `${access.to}${fresh}`;
}

function requestBody(route: Route): object {
  if (route.kind === 'upload') {
    const content = Object.fromEntries(route.contentTypes.map((type) => [type, { schema: { type: 'string' } }]));
    return { requestBody: { required: true, description: `${route.maxBytes} bytes at most`, content } };
  }
  if (route.kind !== 'json' || !route.body) return {};
  return {
    requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input') } } },
  };
}

function answerContent(route: Route): object {
  switch (route.kind) {
    case 'events': {
      const events = Object.entries(route.events).map(([event, data]) => ({
        title: event,
        ...schemaOf(data, 'output'),
      }));
      return { 'text/event-stream': { schema: { type: 'string' }, 'x-events': events } };
    }
    case 'download':
      return Object.fromEntries(route.contentTypes.map((type) => [type, { schema: { type: 'string' } }]));
    default:
      return { 'application/json': { schema: schemaOf(route.response, 'output') } };
  }
}

function* parameters(schema: z.ZodType | undefined, where: 'path' | 'query'): Generator<object> {
  if (!(schema instanceof z.ZodObject)) return;
  for (const [name, field] of Object.entries(schema.shape as Record<string, z.ZodType>))
    yield {
      name,
      in: where,
      required: where === 'path' || !field.safeParse(undefined).success,
      schema: schemaOf(field, 'input'),
    };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as { $schema?: string };
  return rest;
}
