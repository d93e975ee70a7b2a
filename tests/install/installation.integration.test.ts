/**
 * Kiosk and server on a bare Debian 12 that has no route to anywhere, from a medium, and a kiosk from that server. In the suite with
 * few packages of Debian on a minimal one; `npm run test:install` has all of them on a standard one.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorityMigrations } from '../../fleet/store/index.ts';
import { roleNeeds } from '../../provisioning/system/roles.ts';
import { bareDebian } from './bare-debian.ts';
import { copyOf, makeChangedRelease, makeQuickReleases, makeWholeReleases } from './releases.ts';
import { TestMachine, whyNoMachine } from './test-machine.ts';

const isWhole = process.env.MARU_INSTALL === 'whole';
const TIMEOUT_MS = isWhole ? 1_800_000 : 240_000;
const NODE = '/opt/maru/current/node_modules/node/bin/node';
const CLAIM = { deviceApiUrl: 'https://maru.example.com:7401', caSha256: 'ab'.repeat(32), claimCode: 'ABCD-EFGH-JKMN' };

const reason = whyNoMachine();
const folder = mkdtempSync(join(tmpdir(), 'maru-install-'));
const medium = join(folder, 'medium');
const root = join(folder, 'root');
const machines: TestMachine[] = [];
let kiosk: TestMachine;
let server: TestMachine;

async function boot(neighbour: TestMachine | null = null): Promise<TestMachine> {
  const machine = await TestMachine.boot(root, medium, neighbour);
  machines.push(machine);
  return machine;
}

/** Asked on the machine itself. @returns status and the beginning of the body */
async function ask(machine: TestMachine, url: string): Promise<{ status: number; body: string }> {
  const script = `fetch('${url}').then(async (r) => console.log(JSON.stringify({ status: r.status, body: (await r.text()).slice(0, 400) })))`;
  const { stdout, stderr } = await machine.run(`NODE_TLS_REJECT_UNAUTHORIZED=0 ${NODE} --no-warnings -e "${script}"`);
  return stdout ? (JSON.parse(stdout) as { status: number; body: string }) : { status: 0, body: stderr };
}

const lastMigration = Object.keys(authorityMigrations).at(-1)!;
const LAST_MIGRATION = new RegExp(`"${lastMigration}": (\\w+),?`);
/** A server's release with one more step of the database, which is `up`. */
const withMigration = (up: string) => (_path: string, text: string) =>
  LAST_MIGRATION.test(text)
    ? text.replace(LAST_MIGRATION, `"${lastMigration}": $1, "9999-later": { up: async (db) => { ${up} } },`)
    : null;

beforeAll(async () => {
  if (reason !== null) return;
  if (isWhole) makeWholeReleases(medium);
  else await makeQuickReleases(medium);
  bareDebian(isWhole ? 'standard' : 'minimal', root);
  copyOf(join(medium, 'kiosk'), join(medium, 'damaged'));
  const later = 'await db.schema.createTable("later").addColumn("a", "text").execute();';
  await makeChangedRelease(join(medium, 'server'), join(medium, 'newer'), withMigration(later));
  await makeChangedRelease(join(medium, 'server'), join(medium, 'broken'), withMigration('throw new Error("broken")'));
  const object = readdirSync(join(medium, 'damaged/objects'))[7]!;
  const bytes = readFileSync(join(medium, 'damaged/objects', object));
  bytes[bytes.length >> 1]! ^= 1;
  rmSync(join(medium, 'damaged/objects', object));
  writeFileSync(join(medium, 'damaged/objects', object), bytes);
  writeFileSync(join(medium, 'claim.json'), JSON.stringify(CLAIM));
  writeFileSync(join(medium, 'no-claim.json'), JSON.stringify({ ...CLAIM, caSha256: 'ab' }));
  cpSync(join(medium, 'kiosk/install.sh'), join(medium, 'install.sh'));
  cpSync(join(import.meta.dirname, 'caller.ts'), join(medium, 'caller.ts'));
  kiosk = await boot();
}, TIMEOUT_MS);
afterAll(async () => {
  const stopped = await Promise.allSettled(machines.map((machine) => machine.stop()));
  rmSync(folder, { recursive: true, force: true });
  expect(stopped.filter(({ status }) => status === 'rejected')).toEqual([]);
}, 60_000);

describe.skipIf(reason !== null)('a kiosk, from a medium', () => {
  it('stands on a machine without a route', async () => {
    expect((await kiosk.run('cat /proc/net/route | wc -l')).stdout.trim()).toBe('1');
  });

  it.each([
    [
      'of another Debian',
      'cp -P /etc/os-release /tmp/o; sed -i s/=.12.$/=11/ /usr/lib/os-release',
      /made for Debian 12/,
    ],
    ['with a damaged file', 'set -- /media/maru/damaged', /objects\/[0-9a-f]{64} is damaged or missing/],
    [
      'with a claim that is none',
      'set -- /media/maru/kiosk --claim-file /media/maru/no-claim.json',
      /no-claim.json is no claim/,
    ],
    ['with an option that it does not know', 'set -- /media/maru/kiosk --rool', /Unknown option '--rool'/],
    ['without a release and a server', 'set -- /media/maru', /name the server with --fleet-address/],
    [
      'as somebody else than root',
      'exec 2>&1; set -- /media/maru/kiosk; setpriv --reuid=1000 sh $1/install.sh; false; exit',
      /only root can do this/,
    ],
  ])('is refused %s, and nothing is written', async (_what, prepare, words) => {
    const original = 'cp /usr/lib/os-release /tmp/os-release';
    const ran = await kiosk.run(
      `${original}; set -- /media/maru/kiosk; ${prepare}; m=$1; shift; sh $m/install.sh "$@"; code=$?; cp /tmp/os-release /usr/lib/os-release; exit $code`,
    );
    expect(`${ran.stdout}${ran.stderr}`).toMatch(words);
    expect(ran.status).not.toBe(0);
    expect((await kiosk.run('ls -d /opt/maru /etc/maru /var/lib/maru /var/tmp/maru*')).stdout).toBe('');
  });

  it('is set up by one command, and shows that it belongs to no room', { timeout: TIMEOUT_MS }, async () => {
    const { status, stdout, stderr } = await kiosk.run('sh /media/maru/kiosk/install.sh');
    expect(stderr).toBe('');
    expect(status, stdout).toBe(0);
    expect(stdout).toMatch(/\[6\/6\] Done/);
    expect((await kiosk.run('systemctl is-active maru-agent')).stdout.trim()).toBe('active');
    expect(await ask(kiosk, 'http://127.0.0.1:7420/')).toMatchObject({
      status: 200,
      body: expect.stringContaining('<html'),
    });
    expect((await kiosk.run('journalctl -u maru-agent')).stdout).toContain('"code":"not-enrolled"');
    expect((await kiosk.run('systemctl is-enabled maru-agent maru-screen')).stdout.trim().split('\n')).toEqual([
      'enabled',
      'enabled',
    ]);
    const wanted = isWhole ? roleNeeds.kiosk.packages : ['libusb-1.0-0'];
    const known = await kiosk.run(`dpkg-query -W -f '\${db:Status-Status}\n' ${wanted.join(' ')}`);
    expect(known.stdout.trim().split('\n')).toEqual(wanted.map(() => 'installed'));
    // what brought it is gone
    expect((await kiosk.run('ls /var/tmp')).stdout).not.toMatch(/^maru/m);
  });

  it('changes nothing the second time, and keeps its data', { timeout: TIMEOUT_MS }, async () => {
    await kiosk.run('echo kept > /var/lib/maru/data; ls -l /opt/maru > /tmp/before');
    const { status, stdout, stderr } = await kiosk.run('sh /media/maru/kiosk/install.sh');
    expect([status, stderr], stdout).toEqual([0, '']);
    expect(stdout).toContain('every file is in place');
    expect((await kiosk.run('cat /var/lib/maru/data; ls -l /opt/maru | diff - /tmp/before')).stdout).toBe('kept\n');
    expect((await kiosk.run('ls /opt/maru/releases | wc -l')).stdout.trim()).toBe('1');
  });

  it('repairs a program that is not what it was, and puts a claim where the agent looks', {
    timeout: TIMEOUT_MS,
  }, async () => {
    await kiosk.run('echo broken >> /opt/maru/current/dist/kiosk-shell-main.js');
    const { status, stdout, stderr } = await kiosk.run(
      'sh /media/maru/kiosk/install.sh --claim-file /media/maru/claim.json',
    );
    expect([status, stderr], stdout).toEqual([0, '']);
    expect((await kiosk.run('tail -1 /opt/maru/current/dist/kiosk-shell-main.js')).stdout).not.toContain('broken');
    expect((await kiosk.run('ls /opt/maru/releases | wc -l')).stdout.trim()).toBe('1');
    const claim = await kiosk.run('stat -c "%a %U" /var/lib/maru/claim.json; cat /var/lib/maru/claim.json');
    expect(claim.stdout).toBe(`600 maru\n${JSON.stringify(CLAIM)}`);
    expect(stdout).not.toContain(CLAIM.claimCode);
  });

  it('does not become a server', async () => {
    const { status, stderr } = await kiosk.run('sh /media/maru/server/install.sh --host maru.example.com');
    expect([status, stderr]).toEqual([1, expect.stringContaining('this machine is a kiosk already')]);
  });

  it('is taken away with what came by the network or the medium, and leaves data until --purge', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const { status, stdout } = await kiosk.run('sh /media/maru/install.sh --uninstall');
    expect(status, stdout).toBe(0);
    expect(
      (
        await kiosk.run('ls -d /opt/maru; systemctl is-active maru-agent; ls /etc/systemd/system | grep maru')
      ).stdout.trim(),
    ).toBe('inactive');
    expect((await kiosk.run('cat /var/lib/maru/data')).stdout).toBe('kept\n');
    expect((await kiosk.run('sh /media/maru/kiosk/install.sh --uninstall --purge')).status).toBe(0);
    expect((await kiosk.run('ls -d /var/lib/maru* /etc/maru; getent passwd maru maru-screen')).stdout).toBe('');
  });
});

describe.skipIf(reason !== null)('a server, from a medium', () => {
  it('needs a name', { timeout: TIMEOUT_MS }, async () => {
    server = await boot();
    const { status, stderr } = await server.run('sh /media/maru/server/install.sh');
    expect([status, stderr]).toEqual([1, expect.stringContaining('name the server at its first installation: --host')]);
  });

  it('is set up by one command, and is well', { timeout: TIMEOUT_MS }, async () => {
    const { status, stdout, stderr } = await server.run('sh /media/maru/server/install.sh --host 127.0.0.1');
    expect(stderr).toBe('');
    expect(status, stdout).toBe(0);
    const health = await ask(server, 'https://127.0.0.1:7400/healthz');
    expect(health.status, health.body).toBe(200);
    expect((await server.run('systemctl is-active maru-fleet maru-media')).stdout.trim().split('\n')).toEqual([
      'active',
      'active',
    ]);
    if (isWhole) {
      const units = roleNeeds.server.enable.join(' ');
      expect((await server.run(`systemctl is-active ${units} | sort -u`)).stdout.trim()).toBe('active');
      await expect
        .poll(async () => (await ask(server, 'https://127.0.0.1:7400/healthz')).body, { timeout: 60_000 })
        .not.toContain('problems');
    }
    expect((await server.run('stat -c "%a %U" /var/lib/maru-fleet/first-administrator.json')).stdout).toBe(
      '600 maru-fleet\n',
    );
    const made = JSON.parse((await server.run('cat /var/lib/maru-fleet/first-administrator.json')).stdout) as {
      oneTimePassword: string;
    };
    // a log would keep it
    expect(stdout).not.toContain(made.oneTimePassword);
    expect(stdout).toContain('/var/lib/maru-fleet/first-administrator.json');
  });

  const pidOf = async (unit: string): Promise<string> =>
    (await server.run(`systemctl show --property=MainPID --value ${unit}`)).stdout.trim();
  const tableCount = `${NODE} --no-warnings -e "
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync('/var/lib/maru-fleet/authority.sqlite', { readOnly: true });
    console.log(database.prepare('select count(*) as n from sqlite_master where name = ?').get('later').n)"`;

  /** as a person of a meeting there, with the server's own CA */
  const caller = (args: string) =>
    `NODE_EXTRA_CA_CERTS=/var/lib/maru-fleet/ca/ca.crt.pem ${NODE} --no-warnings /media/maru/caller.ts ${args}`;
  type Line = { joined?: string; answered?: number; closed?: number; chat?: string[] };
  const linesOf = async (file: string): Promise<Line[]> =>
    (await server.run(`cat ${file}`)).stdout
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);

  it('is upgraded: the data is copied before, and a call goes on at its node, which ends once nobody is in it', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const stay = caller('stay https://127.0.0.1:7400 /var/lib/maru-fleet/first-administrator.json');
    const talking = server.run(`${stay} > /tmp/call.log 2>&1`);
    const answered = async () => (await linesOf('/tmp/call.log')).at(-1)?.answered ?? 0;
    await expect.poll(answered, { timeout: 30_000 }).toBeGreaterThan(0);
    const [{ joined }] = (await linesOf('/tmp/call.log')) as [Line];
    const [media, fleet] = [await pidOf('maru-media'), await pidOf('maru-fleet')];
    const { status, stdout, stderr } = await server.run('sh /media/maru/newer/install.sh');
    expect([status, stderr], stdout).toEqual([0, '']);
    expect(await pidOf('maru-fleet')).not.toBe(fleet);
    const copies = await server.run('stat -c "%a %U %n" /var/lib/maru-fleet/before-upgrade/*');
    expect(copies.stdout).toBe(`600 maru-fleet /var/lib/maru-fleet/before-upgrade/${lastMigration}.sqlite\n`);
    expect((await server.run(tableCount)).stdout).toBe('1\n');
    // by the new server, into the same call
    const visit = await server.run(`${caller('visit https://127.0.0.1:7400')} > /tmp/visit.log 2>&1`);
    const seen = await linesOf('/tmp/visit.log');
    expect(visit.status, (await server.run('cat /tmp/visit.log')).stdout).toBe(0);
    expect(seen[0]).toEqual({ joined, chat: ['before the upgrade'] });
    // it looks each ten seconds: two looks find somebody in a call
    const count = await answered();
    await expect.poll(answered, { timeout: 60_000, interval: 500 }).toBeGreaterThan(count + 100);
    expect(await pidOf('maru-media')).toBe(media);
    await server.run('touch /tmp/leave');
    expect((await talking).status, (await server.run('cat /tmp/call.log')).stdout).toBe(0);
    expect((await linesOf('/tmp/call.log')).filter(({ closed }) => closed !== undefined).length).toBeLessThan(2);
    await expect.poll(() => pidOf('maru-media'), { timeout: 60_000, interval: 1_000 }).not.toBe(media);
    await expect
      .poll(async () => (await server.run('systemctl is-active maru-media')).stdout.trim(), { timeout: 30_000 })
      .toBe('active');
  });

  it('goes back by one command, to the release and the data from before', { timeout: TIMEOUT_MS }, async () => {
    const newer = (await server.run('readlink /opt/maru/current')).stdout;
    const { status, stdout, stderr } = await server.run('sh /media/maru/newer/install.sh --return');
    expect([status, stderr], stdout).toEqual([0, '']);
    expect(stdout).toMatch(/The data is that of .* from before the upgrade/);
    expect(stdout).toMatch(/serves again/);
    expect((await server.run('readlink /opt/maru/current')).stdout).not.toBe(newer);
    expect((await server.run(tableCount)).stdout).toBe('0\n');
    expect((await ask(server, 'https://127.0.0.1:7400/healthz')).status).toBe(200);
  });

  it('goes back by itself from a release that does not start', { timeout: TIMEOUT_MS }, async () => {
    const before = (await server.run('readlink /opt/maru/current')).stdout;
    const { status, stdout } = await server.run('sh /media/maru/broken/install.sh');
    expect(status, stdout).toBe(1);
    expect(stdout).toMatch(/maru-fleet does not answer[\s\S]*serves again/);
    expect((await server.run('readlink /opt/maru/current')).stdout).toBe(before);
    expect((await ask(server, 'https://127.0.0.1:7400/healthz')).status).toBe(200);
  });

  it('makes a kiosk of a bare Debian in its network, by the command that it prints', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const box = await boot(server);
    const command = (await server.run('cat /usr/local/share/maru/install-a-kiosk.txt')).stdout.trim();
    const wrong = await box.run(command.replace(/--ca-sha256 \w+/, `--ca-sha256 ${'0'.repeat(64)}`));
    expect([wrong.status, wrong.stderr]).toEqual([
      1,
      expect.stringContaining('is not the server that --ca-sha256 names'),
    ]);
    expect((await box.run('ls /opt')).stdout).toBe('');
    const { status, stdout, stderr } = await box.run(command);
    // apt's downloader misses certificates that it does not need
    expect([status, stderr.replace(/^W: .*\n/gm, '')], stdout).toEqual([0, '']);
    expect((await box.run('journalctl -u maru-agent')).stdout).toContain('"code":"not-enrolled"');
    // it waits there to be claimed
    const asked = await box.run('sleep 3; journalctl -u maru-agent');
    expect(asked.stdout).not.toContain('not waiting at the fleet');
    const ours = await box.run('cat /opt/maru/current/manifest.json | sha256sum');
    const theirs = await server.run('sha256sum < /opt/maru/kiosk-release/manifest.json');
    expect(ours.stdout).toBe(theirs.stdout);
    const known = await box.run('cat /var/lib/maru/fleet-address.json; stat -c %a /var/lib/maru/fleet-address.json');
    expect(known.stdout).toMatch(
      /"deviceApiUrl":"https:\/\/127\.0\.0\.1:7401","caSha256":"[0-9a-f]{64}","claimCode":null\}600/,
    );
    // without the medium
    expect((await box.run('sh install.sh --uninstall')).status).toBe(0);
    expect((await box.run('ls -d /opt/maru')).stdout).toBe('');
  });
});

it.skipIf(reason === null)('is tried where a systemd can boot', (context) => context.skip(true, reason ?? ''));
