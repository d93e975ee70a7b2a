/** For tests: a server of the shape of OpenAI's transcriptions, which answers as a test says. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type TranscriptionRequest = {
  path: string;
  authorization: string | undefined;
  fields: Record<string, string>;
  /** the WAV file, with its header of 44 bytes */
  file: Buffer;
  atMs: number;
};
export type AnswerOf = (request: TranscriptionRequest, response: ServerResponse) => void | Promise<void>;

export type ScriptedEngine = {
  url: string;
  requests: TranscriptionRequest[];
  /** from the next request on */
  answer: (answer: AnswerOf) => void;
  stop: () => Promise<void>;
};

export const answerJson = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

export async function startScriptedEngine(first: AnswerOf): Promise<ScriptedEngine> {
  let answer = first;
  const requests: TranscriptionRequest[] = [];
  const server = createServer((incoming, response) => {
    void read(incoming).then((request) => {
      requests.push(request);
      return answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (next) => {
      answer = next;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(incoming: IncomingMessage): Promise<TranscriptionRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const headers = { 'content-type': incoming.headers['content-type'] ?? '' };
  const form = await new Response(Buffer.concat(parts), { headers }).formData();
  const file = form.get('file') as File;
  const fields = [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    path: incoming.url ?? '',
    authorization: incoming.headers.authorization,
    fields: Object.fromEntries(fields),
    file: Buffer.from(await file.arrayBuffer()),
    atMs: Date.now(),
  };
}
