/** JSON messages on a stream, one a line. */
import type { Socket } from 'node:net';
import { MAX_CONVERTER_MESSAGE_BYTES } from '#contract/converter-link.ts';

/**
 * Calls `onMessage` with each. A line that is too long, is no JSON, or that `onMessage` throws at ends the connection.
 * @param onRefused with what was wrong
 */
export function readJsonLines(
  socket: Socket,
  onMessage: (message: unknown) => void,
  onRefused: (error: unknown) => void,
): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    try {
      for (const line of lines) onMessage(JSON.parse(line));
      if (rest.length > MAX_CONVERTER_MESSAGE_BYTES) throw new Error('a message without an end');
    } catch (error) {
      onRefused(error);
      socket.destroy();
    }
  });
}

export const writeJsonLine = (socket: Socket, message: object): void => {
  socket.write(`${JSON.stringify(message)}\n`);
};
