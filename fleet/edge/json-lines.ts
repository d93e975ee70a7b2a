/** JSON messages on a stream, one a line: how processes of one machine speak over a Unix socket. */
import type { Socket } from 'node:net';

export type JsonLinesOptions = {
  /** UTF-16 units of one line */
  maxLength: number;
  onMessage: (message: unknown) => void;
  /** with what was wrong */
  onRefused: (error: unknown) => void;
};

/** A line that is too long, is no JSON, or that `onMessage` throws at ends the connection. */
export function readJsonLines(socket: Socket, { maxLength, onMessage, onRefused }: JsonLinesOptions): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    try {
      for (const line of lines) onMessage(JSON.parse(line));
      if (rest.length > maxLength) throw new Error('a message without an end');
    } catch (error) {
      onRefused(error);
      socket.destroy();
    }
  });
}

export const writeJsonLine = (socket: Socket, message: object): void => {
  socket.write(`${JSON.stringify(message)}\n`);
};
