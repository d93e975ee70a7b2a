/** Electron's checklist, line by line (kiosk/shell/README.md), against the locks as the main process sets them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type LockedApp, lockApp } from './app/app-lock.ts';
import { isKeyForPage, type LockedContents, lockContents } from './app/contents-lock.ts';
import { limitPermissions, type PermissionSession } from './app/permissions.ts';
import { limitRequests, mayLoad, type RequestSession } from './app/requests.ts';
import { pagePreferences, picturePreferences, windowOptions } from './app/window-options.ts';
import { FakeContents, FakeSession } from './electron-under-test.ts';

const ORIGIN = 'http://127.0.0.1:7420';
const log = () => {};

describe('preferences', () => {
  it.each([pagePreferences, picturePreferences, windowOptions.webPreferences])(
    'are as the checklist wants them',
    (preferences) => {
      expect(preferences).toMatchObject({
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        plugins: false,
        navigateOnDragDrop: false,
        devTools: false,
      });
      for (const name of ['preload', 'enableBlinkFeatures', 'additionalArguments'])
        expect(preferences).not.toHaveProperty(name);
    },
  );

  it('fill the TV, and sound without a tap', () => {
    expect(windowOptions).toMatchObject({ kiosk: true, fullscreen: true, frame: false, closable: false });
    expect(pagePreferences.autoplayPolicy).toBe('no-user-gesture-required');
  });
});

describe('the sources of the main process', () => {
  const sources = readdirSync(join(import.meta.dirname, 'app')).map((name) =>
    readFileSync(join(import.meta.dirname, 'app', name), 'utf8'),
  );

  it.each([
    'ipcMain',
    'contextBridge',
    'ipcRenderer',
    'openExternal',
    'setCertificateVerifyProc',
    'registerSchemesAsPrivileged',
    'protocol.handle',
    'preload:',
    'file://',
  ])('do not use %s', (name) => {
    expect(sources.length).toBeGreaterThan(6);
    expect(sources.filter((source) => source.includes(name))).toEqual([]);
  });
});

describe('permissions', () => {
  const session = new FakeSession();
  limitPermissions(session as unknown as PermissionSession, ORIGIN, log);
  const request = (permission: string, details: object): boolean => {
    const granted = vi.fn<(granted: boolean) => void>();
    session.ask('permission-request', {}, permission, granted, details);
    return granted.mock.calls[0]![0];
  };
  const home = { isMainFrame: true, requestingUrl: `${ORIGIN}/` };

  it.each(['media', 'speaker-selection', 'screen-wake-lock'])('%s is the screen’s alone', (permission) => {
    expect(request(permission, home)).toBe(true);
    expect(request(permission, { ...home, securityOrigin: `${ORIGIN}/` })).toBe(true);
    expect(request(permission, { ...home, isMainFrame: false })).toBe(false);
    expect(request(permission, { ...home, requestingUrl: 'http://127.0.0.1:7421/' })).toBe(false);
    expect(request(permission, { ...home, requestingUrl: `${ORIGIN}.attacker.example/` })).toBe(false);
    expect(request(permission, { ...home, securityOrigin: 'https://attacker.example/' })).toBe(false);
    expect(session.ask('permission-check', null, permission, `${ORIGIN}/`, { isMainFrame: false })).toBe(true);
    expect(session.ask('permission-check', null, permission, 'https://attacker.example/', { isMainFrame: true })).toBe(
      false,
    );
    const embedded = { isMainFrame: false, embeddingOrigin: 'https://attacker.example/' };
    expect(session.ask('permission-check', null, permission, `${ORIGIN}/`, embedded)).toBe(false);
  });

  // every other name that Electron 45 knows
  const known = /setPermissionCheckHandler\(handler: .*?permission: ([^,]+), requestingOrigin/.exec(
    readFileSync(join(import.meta.dirname, '../../../node_modules/electron/electron.d.ts'), 'utf8'),
  )![1]!;
  const others = [...known.matchAll(/'([\w-]+)'/g)]
    .map((found) => found[1]!)
    .filter((name) => !['media', 'speaker-selection', 'screen-wake-lock'].includes(name));

  it('are denied by every other name', () => {
    expect(others).toContain('display-capture');
    expect(others.length).toBeGreaterThan(35);
    for (const permission of others) {
      expect(request(permission, home), permission).toBe(false);
      expect(session.ask('permission-check', null, permission, `${ORIGIN}/`, { isMainFrame: true }), permission).toBe(
        false,
      );
    }
  });

  it('give no device and no screen', () => {
    expect(session.ask('device', { deviceType: 'hid', origin: ORIGIN })).toBe(false);
    const streams = vi.fn();
    session.ask('display-media', {}, streams);
    expect(streams).toHaveBeenCalledWith(null);
    const paired = vi.fn();
    session.ask('pairing', {}, paired);
    expect(paired).toHaveBeenCalledWith({ confirmed: false });
    for (const [name, args] of [
      ['select-hid-device', [{}]],
      ['select-usb-device', [{}]],
      ['select-serial-port', [[], {}]],
    ] as const) {
      const preventDefault = vi.fn();
      const chosen = vi.fn();
      session.emit(name, { preventDefault }, ...args, chosen);
      expect(preventDefault).toHaveBeenCalledOnce();
      expect(chosen.mock.calls[0]![0] ?? '').toBe('');
    }
  });

  it('of the picture’s session are none', () => {
    const pictures = new FakeSession();
    limitPermissions(pictures as unknown as PermissionSession, null, log);
    expect(pictures.ask('permission-check', null, 'media', 'null', { isMainFrame: true })).toBe(false);
  });
});

describe('contents', () => {
  const locked = (): FakeContents => {
    const contents = new FakeContents();
    lockContents(contents as unknown as LockedContents, ORIGIN, log);
    return contents;
  };

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('%s: home alone', (event) => {
    const contents = locked();
    expect(contents.happen(event, { url: `${ORIGIN}/`, isMainFrame: true })).toBe(false);
    const elsewhere = [
      'https://attacker.example/',
      `${ORIGIN}.attacker.example/`,
      'http://127.0.0.1:7421/',
      'file:///etc/passwd',
      'data:text/html,x',
      'chrome://gpu',
      'javascript:1',
      'not a url',
    ];
    for (const url of elsewhere) expect(contents.happen(event, { url, isMainFrame: true }), url).toBe(true);
  });

  it('have no frames', () => {
    expect(locked().happen('will-frame-navigate', { url: `${ORIGIN}/`, isMainFrame: false })).toBe(true);
  });

  it('open no window, no webview, no developer tools, no Bluetooth device', () => {
    const contents = locked();
    expect(contents.windowOpenHandler!({ url: `${ORIGIN}/` })).toEqual({ action: 'deny' });
    expect(contents.happen('will-attach-webview', {}, {}, {})).toBe(true);
    contents.emit('devtools-opened');
    expect(contents.devtoolsClosed).toBe(1);
    const chosen = vi.fn();
    expect(contents.happen('select-bluetooth-device', {}, [], chosen)).toBe(true);
    expect(chosen).toHaveBeenCalledWith('');
  });

  it('do not keep the watchdog from loading them anew', () => {
    expect(locked().happen('will-prevent-unload')).toBe(true);
  });

  it('hear a presenter’s remote, and no way out', () => {
    const key = (name: string, held: object = {}) => ({ key: name, control: false, alt: false, meta: false, ...held });
    for (const name of ['a', ' ', 'PageDown', 'ArrowLeft', 'Enter']) expect(isKeyForPage(key(name)), name).toBe(true);
    for (const name of ['F5', 'F11', 'F12', 'Escape', 'BrowserBack', 'ContextMenu', 'PrintScreen', 'Tab']) {
      expect(isKeyForPage(key(name)), name).toBe(false);
    }
    for (const held of ['control', 'alt', 'meta']) expect(isKeyForPage(key('r', { [held]: true }))).toBe(false);
    expect(locked().happen('before-input-event', {}, key('F12'))).toBe(true);
    expect(locked().happen('before-input-event', {}, key('PageDown'))).toBe(false);
  });
});

describe('requests', () => {
  it.each([
    `${ORIGIN}/assets/a.js`,
    'ws://127.0.0.1:7420/link',
    'wss://media.example.org:7403/',
    'data:image/png;base64,x',
    `blob:${ORIGIN}/1`,
  ])('may be %s', (url) => expect(mayLoad(url, ORIGIN)).toBe(true));
  it.each([
    'file:///etc/passwd',
    'ftp://a.example/',
    'chrome://gpu',
    'devtools://devtools/',
    'http://a.example/',
    'https://a.example/',
    'ws://a.example/',
    'blob:https://a.example/1',
    'maru://x',
    'nonsense',
  ])('may not be %s', (url) => expect(mayLoad(url, ORIGIN)).toBe(false));

  it('are held in the session, with downloads', () => {
    const session = new FakeSession();
    limitRequests(session as unknown as RequestSession, ORIGIN, log);
    expect(session.filter).toEqual(['<all_urls>']);
    const answered = vi.fn();
    session.ask('request', { url: 'file:///etc/passwd' }, answered);
    session.ask('request', { url: `${ORIGIN}/` }, answered);
    expect(answered.mock.calls).toEqual([[{ cancel: true }], [{ cancel: false }]]);
    const preventDefault = vi.fn();
    session.emit('will-download', { preventDefault });
    expect(preventDefault).toHaveBeenCalledOnce();
    expect(session.spellChecks).toBe(false);
  });
});

describe('the process', () => {
  it('forgives no certificate, shows none, types no password', () => {
    const app = new FakeContents();
    lockApp(app as unknown as LockedApp, { isOpening: () => true, origin: ORIGIN, log });
    const trusted = vi.fn();
    expect(
      app.happen('certificate-error', {}, {}, 'https://a.example', 'net::ERR_CERT_AUTHORITY_INVALID', {}, trusted),
    ).toBe(true);
    expect(trusted).toHaveBeenCalledExactlyOnceWith(false);
    const shown = vi.fn();
    expect(app.happen('select-client-certificate', {}, {}, 'https://a.example', [{}], shown)).toBe(true);
    expect(shown).toHaveBeenCalledExactlyOnceWith();
    const typed = vi.fn();
    expect(app.happen('login', {}, {}, {}, {}, typed)).toBe(true);
    expect(typed).toHaveBeenCalledExactlyOnceWith();
  });

  it('locks every contents, and closes those that nobody of us made', () => {
    const app = new FakeContents();
    let opening = true;
    lockApp(app as unknown as LockedApp, { isOpening: () => opening, origin: ORIGIN, log });
    const ours = new FakeContents();
    app.happen('web-contents-created', {}, ours);
    expect(ours.windowOpenHandler).not.toBeNull();
    expect(ours.closed).toBe(false);
    opening = false;
    const foreign = new FakeContents();
    app.happen('web-contents-created', {}, foreign);
    expect(foreign.closed).toBe(true);
    expect(foreign.happen('will-navigate', { url: `${ORIGIN}/`, isMainFrame: true })).toBe(true);
  });
});
