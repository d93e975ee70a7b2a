/** HTTP/1.1 written by hand: any bytes as a request, whatever comes back as status, headers and body. */
import { ByteStream, type StreamTarget } from './byte-stream.ts';

export type RawHttpAnswer = { status: number; headers: Record<string, string>; body: string };

/** A request as text; `headers` replace the usual ones of the same name. */
export function httpRequest(method: string, path: string, headers: Record<string, string>, body = ''): Buffer {
  const all: Record<string, string> = {
    host: 'localhost',
    connection: 'close',
    ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  };
  const head = Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`);
}

/** Sends the bytes on a connection of their own and reads one answer. */
export async function exchangeHttp(target: StreamTarget, request: Buffer, timeoutMs = 5_000): Promise<RawHttpAnswer> {
  const stream = await ByteStream.open(target);
  try {
    stream.write(request);
    return await readHttpAnswer(stream, timeoutMs);
  } finally {
    stream.close();
  }
}

export async function readHttpAnswer(stream: ByteStream, timeoutMs = 5_000): Promise<RawHttpAnswer> {
  const [statusLine, ...lines] = String(await stream.takeUntil('\r\n\r\n', timeoutMs))
    .trimEnd()
    .split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const status = Number(statusLine!.split(' ')[1]);
  if (status === 101) return { status, headers, body: '' };
  return { status, headers, body: String(await readBody(stream, headers, timeoutMs)) };
}

async function readBody(stream: ByteStream, headers: Record<string, string>, timeoutMs: number): Promise<Buffer> {
  if (headers['content-length'] !== undefined) return stream.take(Number(headers['content-length']), timeoutMs);
  if (headers['transfer-encoding'] !== 'chunked') return stream.rest(timeoutMs);
  const chunks: Buffer[] = [];
  for (;;) {
    const sizeBytes = Number.parseInt(String(await stream.takeUntil('\r\n', timeoutMs)), 16);
    const chunk = await stream.take(sizeBytes + 2, timeoutMs);
    if (sizeBytes === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, sizeBytes));
  }
}
