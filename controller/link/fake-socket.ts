/** A socket for the link's tests: keeps the phone's messages, and delivers the server's by a call. */
import type { RoomLinkFromController, RoomLinkToController } from '#contract/room-link.ts';
import type { Socket } from './room-link.ts';

export class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: RoomLinkFromController[] = [];
  closed = false;

  send(data: unknown): void {
    if (this.closed) throw new Error('sent on a closed socket');
    this.sent.push(JSON.parse(String(data)) as RoomLinkFromController);
  }
  close(): void {
    this.closed = true;
  }
  accept(): void {
    this.onopen?.();
  }
  say(message: RoomLinkToController): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  break(code = 1006): void {
    this.closed = true;
    this.onclose?.({ code });
  }
  commands(): Extract<RoomLinkFromController, { type: 'command' }>[] {
    return this.sent.filter((message) => message.type === 'command');
  }
}
