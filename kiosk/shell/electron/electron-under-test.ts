/** The few calls of Electron that the shell makes, as a fake: what was registered, and a way to let it happen. */
import { EventEmitter } from 'node:events';

type Handler = (...args: never[]) => unknown;

/** Every `set…Handler` of a session is kept by its name; nothing else is there, so that another call fails the test. */
export class FakeSession extends EventEmitter {
  readonly handlers = new Map<string, Handler>();
  readonly webRequest = {
    onBeforeRequest: (filter: { urls: string[] }, handler: Handler) => {
      this.filter = filter.urls;
      this.handlers.set('request', handler);
    },
  };
  filter: string[] = [];
  spellChecks: boolean | null = null;

  setPermissionRequestHandler = (handler: Handler) => void this.handlers.set('permission-request', handler);
  setPermissionCheckHandler = (handler: Handler) => void this.handlers.set('permission-check', handler);
  setDevicePermissionHandler = (handler: Handler) => void this.handlers.set('device', handler);
  setDisplayMediaRequestHandler = (handler: Handler) => void this.handlers.set('display-media', handler);
  setUSBProtectedClassesHandler = (handler: Handler) => void this.handlers.set('usb-classes', handler);
  setBluetoothPairingHandler = (handler: Handler) => void this.handlers.set('pairing', handler);
  setSpellCheckerEnabled = (on: boolean) => {
    this.spellChecks = on;
  };

  ask(name: string, ...args: unknown[]): unknown {
    return (this.handlers.get(name) as (...all: unknown[]) => unknown)(...args);
  }
}

export class FakeContents extends EventEmitter {
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;
  devtoolsClosed = 0;
  closed = false;

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }
  closeDevTools(): void {
    this.devtoolsClosed += 1;
  }
  close(): void {
    this.closed = true;
  }
  /** @returns whether somebody prevented it */
  happen(name: string, details: object = {}, ...args: unknown[]): boolean {
    let prevented = false;
    const event = {
      ...details,
      preventDefault: () => {
        prevented = true;
      },
    };
    this.emit(name, event, ...args);
    return prevented;
  }
}
