/** Requests and notifications over one WebSocket, by the contract alone. Runs in a browser. */
import type { RequestOf, ResponseOf, SignalingMethod, SignalingNotification } from '#contract/signaling.ts';

type Waiting = { done: (data: never) => void; failed: (error: Error) => void };

export class Signaling {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  private constructor(
    socket: WebSocket,
    onNotification: (notification: SignalingNotification) => void,
    onClose: (closeCode: number) => void,
  ) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as {
        event?: string;
        id: number;
        ok: boolean;
        data: never;
        error: { code: string; message: string };
      };
      if (message.event !== undefined) return onNotification(message as unknown as SignalingNotification);
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.ok) waiting?.done(message.data);
      else
        waiting?.failed(
          Object.assign(new Error(`${message.error.code}: ${message.error.message}`), { code: message.error.code }),
        );
    };
    socket.onclose = ({ code }) => {
      for (const { failed } of this.#waiting.values()) failed(new Error(`closed with ${code}`));
      this.#waiting.clear();
      onClose(code);
    };
  }

  static async open(
    url: string,
    onNotification: (notification: SignalingNotification) => void,
    onClose: (closeCode: number) => void,
  ): Promise<Signaling> {
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error(`no connection to ${url}`));
    });
    return new Signaling(socket, onNotification, onClose);
  }

  ask<M extends SignalingMethod>(method: M, data: RequestOf<M>): Promise<ResponseOf<M>> {
    const id = this.#nextId++;
    this.#socket.send(JSON.stringify({ id, method, data }));
    return new Promise((done, failed) => this.#waiting.set(id, { done: done as Waiting['done'], failed }));
  }

  close(): void {
    this.#socket.close();
  }
}
