/**
 * What the screen's page may ask of the box: camera and microphone, which speaker to use, and to keep the TV awake.
 * Asked by another origin or by a frame, or for anything else: no. Electron's own default would be yes to all.
 */
import type { Session } from 'electron';

/** `media` is camera and microphone, with the camera's pan, tilt and zoom; a shared screen is `display-capture`. */
const GRANTED = new Set(['media', 'speaker-selection', 'screen-wake-lock']);

export type PermissionSession = Pick<
  Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
  | 'setUSBProtectedClassesHandler'
  | 'setBluetoothPairingHandler'
  | 'on'
>;

/** @param origin null: of nobody */
export function limitPermissions(session: PermissionSession, origin: string | null, log: (line: string) => void): void {
  const isOurs = (url: string | undefined): boolean =>
    origin !== null && url !== undefined && URL.canParse(url) && new URL(url).origin === origin;

  session.setPermissionRequestHandler((_contents, permission, callback, details) => {
    const { securityOrigin } = details as { securityOrigin?: string };
    const granted =
      GRANTED.has(permission) &&
      details.isMainFrame &&
      isOurs(details.requestingUrl) &&
      (securityOrigin === undefined || isOurs(securityOrigin));
    if (!granted) log(`permission refused: ${permission} for ${details.requestingUrl}`);
    callback(granted);
  });
  // a check without a frame has isMainFrame false: the origins decide
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) => {
    const { embeddingOrigin, securityOrigin } = details;
    return (
      GRANTED.has(permission) &&
      isOurs(requestingOrigin) &&
      (!embeddingOrigin || isOurs(embeddingOrigin)) &&
      (!securityOrigin || isOurs(securityOrigin))
    );
  });
  // the agent uses such devices, the page does not
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null));
  session.setUSBProtectedClassesHandler(({ protectedClasses }) => protectedClasses);
  session.setBluetoothPairingHandler((_details, callback) => callback({ confirmed: false }));
  session.on('select-hid-device', (event, _details, callback) => {
    event.preventDefault();
    callback();
  });
  session.on('select-usb-device', (event, _details, callback) => {
    event.preventDefault();
    callback();
  });
  session.on('select-serial-port', (event, _ports, _contents, callback) => {
    event.preventDefault();
    callback('');
  });
}
