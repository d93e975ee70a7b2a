/**
 * mediasoup-client's Device, with the browser's own capabilities asked once and remembered: they cost two peer
 * connections, which a page can spend while it waits for the network (`warmUp`) instead of between `hello` and `join`.
 */
import { Device, detectDevice, type types } from 'mediasoup-client';
import { Chrome111 } from 'mediasoup-client/handlers/Chrome111';
import { Firefox120 } from 'mediasoup-client/handlers/Firefox120';
import { Safari12 } from 'mediasoup-client/handlers/Safari12';

type Direction = Parameters<types.HandlerFactory['getNativeRtpCapabilities']>[0]['direction'];

let factory: types.HandlerFactory | null | undefined;

/** null where mediasoup-client must choose by itself */
function rememberingFactory(): types.HandlerFactory | null {
  const handlers = { Chrome111, Firefox120, Safari12 };
  // a headless Chromium names itself otherwise, and outside secure contexts there is only that name
  const name = detectDevice() ?? (/HeadlessChrome\//.test(navigator.userAgent) ? 'Chrome111' : undefined);
  const handler = handlers[name as keyof typeof handlers];
  if (!handler) return null;
  const plain = handler.createFactory({});
  const known = new Map<Direction, Promise<types.RtpCapabilities>>();
  return {
    ...plain,
    getNativeRtpCapabilities: ({ direction }) => {
      const asked = known.get(direction) ?? plain.getNativeRtpCapabilities({ direction });
      known.set(direction, asked);
      asked.catch(() => known.delete(direction));
      return asked;
    },
  };
}

function handlerFactory(): types.HandlerFactory | undefined {
  factory ??= rememberingFactory();
  return factory ?? undefined;
}

/** Worth calling as early as a page knows that a call may come. */
export function warmUp(): void {
  const early = handlerFactory();
  for (const direction of ['recvonly', 'sendonly'] as const)
    void early?.getNativeRtpCapabilities({ direction }).catch(() => {});
}

/** @throws mediasoup-client's UnsupportedError in a browser without WebRTC */
export async function loadDevice(routerRtpCapabilities: types.RtpCapabilities): Promise<types.Device> {
  const device = new Device({ handlerFactory: handlerFactory() });
  await device.load({ routerRtpCapabilities });
  return device;
}
