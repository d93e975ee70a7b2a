/** One JSON request to the fleet, with a CA of one's own where it serves TLS (fetch takes none). Errors come back typed. */
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { fromWire, OperationalError, WireError } from '#contract/error-codes.ts';

export async function requestJson({
  url,
  method,
  body,
  ca,
  headers = {},
}: {
  url: string;
  method: string;
  body?: unknown;
  ca?: string;
  headers?: Record<string, string>;
}): Promise<unknown> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const request = (url.startsWith('https:') ? requestTls : requestPlain)(url, {
    method,
    ca,
    headers: {
      ...(text === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...headers,
    },
  });
  const { status, answer } = await new Promise<{ status: number; answer: string }>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (answer += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, answer }));
      response.on('error', reject);
    });
    request.end(text);
  });
  if (status >= 200 && status < 300) return answer === '' ? {} : JSON.parse(answer);
  let wire: WireError;
  try {
    wire = WireError.parse((JSON.parse(answer) as { error: unknown }).error);
  } catch (cause) {
    throw new OperationalError('internal', `${method} ${url}: ${status} ${answer.slice(0, 200)}`, { cause });
  }
  throw fromWire(wire);
}
