/** nginx before the packager, with the configuration that we install and only its places and ports changed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Nginx, type NginxOptions } from './nginx.ts';

export type LiveEdgeOptions = NginxOptions & {
  /** the packager's folder */
  broadcastsDir: string;
  /** of the packager, on the same host */
  packagerPort: number;
  /** how long its answer about a viewer holds; as installed unless given */
  checkHoldsS?: number;
};

const CONFIGURATION = new URL('../../../provisioning/system/files/server/etc/nginx/maru-live.conf', import.meta.url);

export class LiveEdge extends Nginx {
  readonly #options: LiveEdgeOptions;

  constructor(options: LiveEdgeOptions) {
    super(options);
    this.#options = options;
  }

  /** @throws Error where the installed one has no such place */
  protected configuration(listen: string): string {
    const { broadcastsDir, packagerPort, checkHoldsS = 20 } = this.#options;
    const listenFile = join(this.folder, 'listen.conf');
    writeFileSync(listenFile, listen);
    const replaced: [string, string][] = [
      ['/run/maru-live-edge', this.folder],
      ['/var/lib/maru-fleet/broadcasts', broadcastsDir],
      ['/etc/maru/live-edge.conf', listenFile],
      ['127.0.0.1:7404', `127.0.0.1:${packagerPort}`],
      ['204 20s', `204 ${checkHoldsS}s`],
    ];
    return replaced.reduce(
      (text, [from, to]) => {
        if (!text.includes(from)) throw new Error(`the configuration of nginx has no ${from}`);
        return text.replaceAll(from, to);
      },
      readFileSync(CONFIGURATION, 'utf8'),
    );
  }
}
