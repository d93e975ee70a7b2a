/** The `openssl` program on a host: what it finds out about certificates from outside, without a line of ours. */
import { spawnSync } from 'node:child_process';
import type { Host } from './network-namespaces.ts';

type Run = { isOk: boolean; text: string; bytes: Buffer };

export class Openssl {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  run(args: string[], input: string | Buffer = ''): Run {
    const command = ['netns', 'exec', this.#host.namespace, 'openssl', ...args];
    const { status, stdout, stderr } = spawnSync('ip', command, { input, timeout: 10_000 });
    return { isOk: status === 0, text: `${stdout}${stderr}`, bytes: stdout };
  }

  /** The first 16 hexadecimal digits of the SHA-256 in groups of four, as TV and console show them. */
  shownSha256(bytes: Buffer): string {
    const digits = /[0-9a-f]{64}/.exec(this.run(['dgst', '-sha256', '-r'], bytes).text)![0];
    return digits.slice(0, 16).replace(/(.{4})(?=.)/g, '$1 ');
  }

  /** @param ca file of the only CA that is trusted; null: none */
  handshake({ address }: Host, port: string, ca: string | null): Run {
    const trusted =
      ca === null ? ['-no-CAfile', '-no-CApath', '-no-CAstore'] : ['-CAfile', ca, '-no-CApath', '-no-CAstore'];
    return this.run([
      's_client',
      '-connect',
      `${address}:${port}`,
      '-verify_return_error',
      '-verify_ip',
      address,
      ...trusted,
    ]);
  }

  /** What a server answers to these bytes on a connection with this client certificate. */
  talk(
    { address }: Host,
    port: string,
    { ca, cert, key }: { ca: string; cert: string; key: string },
    sent: string | Buffer,
  ): Buffer {
    const args = ['s_client', '-quiet', '-connect', `${address}:${port}`, '-CAfile', ca, '-cert', cert, '-key', key];
    return this.run([...args, '-verify_return_error'], sent).bytes;
  }
}
