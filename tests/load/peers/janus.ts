/**
 * Debian's Janus with one videoroom, as the field's standard server for the packet figures: the room takes VP8 and
 * Opus, any bitrate, transport-wide congestion control on, nothing recorded; all unused transports and plugins off.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const JANUS_ROOM = 7;
const PLUGINS = '/usr/lib/x86_64-linux-gnu/janus/plugins';

export type Janus = { url: string; pid: number; close: () => Promise<void> };

export async function startJanus(): Promise<Janus> {
  const folder = await mkdtemp(join(tmpdir(), 'maru-janus-'));
  const port = await freePort();
  const others =
    'libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so';
  await writeFile(
    join(folder, 'janus.jcfg'),
    `general: { configs_folder = "${folder}"
  plugins_folder = "${PLUGINS}"
  debug_level = 2
  server_name = "bench" }
media: { rtp_port_range = "21000-22000" }
nat: { nice_debug = false
  ice_lite = true
  ice_enforce_list = "lo"
  ice_ignore_list = "" }
plugins: { disable = "${others}" }
transports: { disable = "libjanus_http.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so" }
`,
  );
  await writeFile(
    join(folder, 'janus.transport.websockets.jcfg'),
    `general: { json = "compact"
  ws = true
  ws_port = ${port}
  ws_ip = "127.0.0.1"
  wss = false }
`,
  );
  await writeFile(
    join(folder, 'janus.plugin.videoroom.jcfg'),
    `room-${JANUS_ROOM}: { description = "bench"
  publishers = 10
  bitrate = 0
  audiocodec = "opus"
  videocodec = "vp8"
  transport_wide_cc_ext = true
  audiolevel_event = false
  notify_joining = false
  record = false }
`,
  );
  const child: ChildProcess = spawn('janus', ['-F', folder, '-e'], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 100 || child.exitCode !== null) throw new Error('Janus did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url: `ws://127.0.0.1:${port}`,
    pid: child.pid!,
    async close() {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as import('node:net').AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
