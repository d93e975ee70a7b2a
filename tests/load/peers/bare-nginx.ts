/** Debian's nginx that sends files to everybody, as the peer of servers that send the same files to viewers alone. */
import { Nginx, type NginxOptions } from '../../e2e/networks/nginx.ts';

export class BareNginx extends Nginx {
  readonly #broadcastsDir: string;

  /** @param options.broadcastsDir holds a folder for each broadcast, served below `/live/` */
  constructor({ broadcastsDir, ...options }: NginxOptions & { broadcastsDir: string }) {
    super(options);
    this.#broadcastsDir = broadcastsDir;
  }

  protected configuration(listen: string): string {
    return `worker_processes auto;
daemon off;
pid ${this.folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 16384; }
http {
  types { application/vnd.apple.mpegurl m3u8; video/mp4 mp4 m4s; }
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_timeout 65s;
  ssl_session_cache shared:tls:8m;
  client_body_temp_path ${this.folder}/body;
  proxy_temp_path ${this.folder}/proxy;
  fastcgi_temp_path ${this.folder}/fastcgi;
  uwsgi_temp_path ${this.folder}/uwsgi;
  scgi_temp_path ${this.folder}/scgi;
  server {
    ${listen}
    ssl_protocols TLSv1.2 TLSv1.3;
    location /live/ {
      alias ${this.#broadcastsDir}/;
      gzip_static on;
    }
  }
}
`;
  }
}
