/** The one name under which the kiosk is reached: another name is refused (DNS rebinding), and so is another's page. */
import type { LanSettings } from './lan-settings.ts';

type Place = Pick<LanSettings, 'host' | 'port'>;
const HTTPS_PORT = 443;

export const lanOriginOf = ({ host, port }: Place): string => `https://${host}${port === HTTPS_PORT ? '' : `:${port}`}`;

export function isOurHost({ host, port }: Place, header: string | undefined): boolean {
  const asked = header?.toLowerCase();
  return asked === `${host}:${port}` || (port === HTTPS_PORT && asked === host);
}

/** None: not a page, so nothing of a browser's to protect. */
export const isOurOrigin = (place: Place, header: string | undefined): boolean =>
  header === undefined || header.toLowerCase() === lanOriginOf(place);
