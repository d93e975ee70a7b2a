/**
 * The announcement once everything serves: addresses in words for people, one line of JSON for programs.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import qrcode from 'qrcode';
import { pagePaths } from '#contract/http/page-paths.ts';
import type { FleetReady, KioskReady } from '#contract/process-ready.ts';
import type { DemonstrationOptions } from './options.ts';

export type Ready = { fleet: FleetReady; kiosk: KioskReady };

const at = (origin: string, path: string): string => new URL(path, origin).href;

/** The names are read by checks from outside; `adminPassword` is null after the first start. */
export function jsonLine({ fleet, kiosk }: Ready): string {
  return JSON.stringify({
    consoleUrl: at(fleet.fleetUrl, pagePaths.console),
    controllerUrl: kiosk.controllerUrl,
    staffUrl: at(fleet.fleetUrl, pagePaths.staff),
    watchUrl: fleet.watchUrl,
    joinUrl: fleet.demonstration?.joinUrl ?? null,
    tvUrl: kiosk.tvUrl,
    fleetUrl: fleet.fleetUrl,
    adminUser: fleet.firstAdmin?.userName ?? null,
    adminPassword: fleet.firstAdmin?.oneTimePassword ?? null,
    roomId: kiosk.roomId,
  });
}

export async function words({ fleet, kiosk }: Ready, options: DemonstrationOptions): Promise<string> {
  const lines = [
    '',
    'Maru is running.',
    '',
    `  TV                 ${kiosk.tvUrl}`,
    `  Phone controller   ${kiosk.controllerUrl}`,
    `  Guest link         ${fleet.demonstration?.joinUrl ?? '(made in the console)'}`,
    `  Staff page         ${at(fleet.fleetUrl, pagePaths.staff)}`,
    `  Console            ${at(fleet.fleetUrl, pagePaths.console)}`,
  ];
  if (fleet.firstAdmin) {
    const { userName, oneTimePassword } = fleet.firstAdmin;
    lines.push(
      '',
      `  Sign in as ${userName} with ${oneTimePassword}`,
      '  The password works once and is not shown again.',
    );
  }
  if (options.lan) lines.push(...(await lanWords(fleet, options)));
  lines.push('', 'Ctrl-C ends it.', '');
  return lines.join('\n');
}

async function lanWords(fleet: FleetReady, options: DemonstrationOptions): Promise<string[]> {
  const lines = ['', 'Ports that a firewall in front of this machine has to let in:', ''];
  for (const { port, transport, purpose } of fleet.ports) {
    lines.push(`  ${String(port).padEnd(6)} ${transport.toUpperCase().replace('+', ' and ').padEnd(12)} ${purpose}`);
  }
  if (options.tlsCertificateFile) return lines;
  const rootUrl = at(fleet.fleetUrl, pagePaths.caCertificate);
  const { fingerprint256 } = new X509Certificate(readFileSync(fleet.caCertificatePath));
  lines.push('', 'Phones and laptops have to trust this root once. Scan, or open:', '', `  ${rootUrl}`, '');
  // colours that a camera reads on a terminal of either colour; none where the text goes into a file
  const qr = process.stdout.isTTY ? ({ type: 'terminal', small: true } as const) : ({ type: 'utf8' } as const);
  lines.push((await qrcode.toString(rootUrl, qr)).trimEnd());
  lines.push('', '  Compare its SHA-256 before trusting it:', `  ${fingerprint256}`);
  return lines;
}
