/** Where the TV sends phones. Pure: the fleet's page while the fleet is there, the kiosk's own while it is gone. */
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
  return address === null ? null : { code, url: `${address}#code=${code}` };
}
