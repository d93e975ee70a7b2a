/** A port number that is free for UDP and TCP at this moment. The caller must expect that it is in use by then. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

const TRIES = 20;

export async function findFreePort(address: string): Promise<number> {
  for (let tries = 1; ; tries++) {
    const server = createServer().listen(0, address);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    try {
      const bound = once(socket, 'listening');
      socket.bind(port, address);
      await bound;
      return port;
    } catch (error) {
      if (tries >= TRIES) throw error;
    } finally {
      socket.close();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}
