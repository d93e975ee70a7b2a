/** Where the TV sends phones and laptops. Pure: the fleet's page while the fleet is there, the kiosk's own while it is gone. */
import { pagePaths } from '#contract/http/page-paths.ts';
import type { ScreenFrame } from '#contract/screen-link.ts';

export type Ways = {
  /** as shown beside the QR */
  code: string;
  fleetOnline: boolean;
  /** null: never heard of a fleet */
  controllerUrl: string | null;
  /** null: the kiosk serves nothing itself */
  lanUrl: string | null;
};

/** null: no phone can come in now; the speakerphone's buttons and the TV's remote control are left. */
export function pairingOf({ code, fleetOnline, controllerUrl, lanUrl }: Ways): ScreenFrame['pairing'] {
  const address = fleetOnline ? controllerUrl : lanUrl;
  if (address === null) return null;
  const shareUrl = fleetOnline ? new URL(pagePaths.share, address).href : null;
  return { code, url: `${address}#code=${code}`, shareUrl };
}
