/**
 * The TV's page with planted devices, behind it the agent's real screen server and equipment, before it a real media
 * node: for the tests of what page and agent do together about devices. The room machine alone is left out.
 */
import { pino } from 'pino';
import type { Page } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { OFF_AIR } from '#contract/broadcast.ts';
import { expect, vi } from 'vitest';
import { OPEN_ORDER } from '#contract/call-order.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { RoomPhase } from '#contract/room-state.ts';
import type { ScreenEffect, ScreenToAgent } from '#contract/screen-link.ts';
import type { TestNode } from '../../fleet/media/testing/test-node.ts';
import {
  RoomMediaDevices,
  type RoomMediaDevicesOptions,
} from '../../kiosk/agent/peripherals/media-devices/room-media-devices.ts';
import { MediaDeviceSettings } from '../../fleet/contract/settings/media-device-settings.ts';
import { Projections } from '../../kiosk/agent/projections.ts';
import { ScreenServer } from '../../kiosk/agent/screen-server.ts';
import { isPartReport } from '../../kiosk/room/room.ts';
import { roomView } from '../screens/screen-wires.ts';
import { bundlePage } from '../simulators/bundle-page.ts';
import { builtPage } from './built-pages.ts';
import type { PlantedDevice } from './planted-devices-page.ts';

const pageDir = builtPage('screen');
const KEY = 'k'.repeat(43);
const logger = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
/** a cold Chromium on a machine that is busy with other tests */
const CONNECTED_WITHIN_MS = 30_000;
const JOINED_WITHIN_MS = 40_000;
const JOIN_OUTCOMES: ReadonlySet<ScreenToAgent['type']> = new Set(['call-joined', 'join-failed', 'lost'] as const);

export class ScreenAndEquipment {
  readonly page: Page;
  readonly equipment: RoomMediaDevices;
  readonly #screens: ScreenServer;
  readonly #heard: ScreenToAgent[] = [];
  readonly #projections = new Projections({ roomId: uuidv7(), epoch: 1 });
  #isConnected = false;

  private constructor(page: Page, over: Partial<RoomMediaDevicesOptions>) {
    this.page = page;
    this.equipment = new RoomMediaDevices({
      logger,
      settings: MediaDeviceSettings.parse({}),
      memory: { load: () => null, save: () => {} },
      perform: (effect) => this.#screens.perform(effect),
      requestGrant: async () => null,
      fleetOnline: () => true,
      onChange: () => {},
      onSelfTestDone: () => {},
      cancelsOwnEcho: () => false,
      sysDir: '/nowhere',
      ...over,
    });
    this.#projections.publish('state', roomView().state);
    this.#screens = new ScreenServer({
      port: 0,
      pageDir,
      key: KEY,
      logger,
      projections: this.#projections,
      frame: () => ({ language: 'en', pairing: null, waiting: null }),
      resume: () => null,
      onConnected: () => {
        this.#isConnected = true;
        this.equipment.onScreenConnected();
      },
      onGone: () => {},
      onReport: (report) => {
        this.#heard.push(report);
        if (isPartReport(report) && report.type !== 'reach-probed' && report.type !== 'sound-heard')
          this.equipment.onReport(report);
      },
    });
  }

  /**
   * Resolves once the page is the agent's screen: its `load` event comes before its `hello`, and an effect in between reaches nobody.
   * @param planted null leaves the browser's own devices in place
   */
  static async open(
    page: Page,
    planted: PlantedDevice[] | null,
    over: Partial<RoomMediaDevicesOptions> = {},
  ): Promise<ScreenAndEquipment> {
    if (process.env.DEBUG_PAGES) page.on('console', (message) => console.log('tv', message.text()));
    if (planted !== null) {
      await page.addInitScript({ content: `window.plantedAtFirst = ${JSON.stringify(planted)};` });
      await page.addInitScript({ content: await bundlePage('../integration/planted-devices-page.ts') });
    }
    const scene = new ScreenAndEquipment(page, over);
    scene.equipment.start();
    await page.goto(`${await scene.#screens.start()}#key=${KEY}`);
    await vi.waitFor(() => expect(scene.#isConnected, 'the page is the screen').toBe(true), CONNECTED_WITHIN_MS);
    return scene;
  }

  async close(): Promise<void> {
    this.equipment.stop();
    await this.page.close();
    await this.#screens.stop();
  }

  /** @throws where no screen is connected: the effect would be lost */
  perform(effect: ScreenEffect): void {
    if (!this.#screens.perform(effect)) throw new Error(`no screen for ${effect.name}`);
  }

  /** Performs `join-call`, and resolves once the page has reported the call. */
  async join(grant: CallGrant): Promise<void> {
    const earlier = this.#heard.length;
    this.perform({ name: 'join-call', grant });
    const outcome = () => this.#heard.slice(earlier).filter(({ type }) => JOIN_OUTCOMES.has(type));
    await expect
      .poll(outcome, { timeout: JOINED_WITHIN_MS })
      .toEqual([expect.objectContaining({ type: 'call-joined' })]);
  }

  /** As the room machine would have it. */
  become(phase: RoomPhase): void {
    const { state } = roomView({ phase });
    this.equipment.follow(state);
    this.#projections.publish('state', state);
  }

  heardOf<T extends ScreenToAgent['type']>(type: T): Extract<ScreenToAgent, { type: T }>[] {
    return this.#heard.filter((report): report is Extract<ScreenToAgent, { type: T }> => report.type === type);
  }

  openIds(): Promise<string[]> {
    return this.page.evaluate(() => window.plantedRoom.openIds());
  }
}

type Who = { callId?: string; peerId?: string; kind?: 'room' | 'person' };
export async function grantFor(node: TestNode, who: Who): Promise<CallGrant> {
  const { callId = uuidv7(), peerId = uuidv7(), kind = 'room' } = who;
  const meetingId = uuidv7();
  const joinToken = await node.fleet.token({ callId, meetingId, sub: peerId, peerKind: kind });
  const { signalingUrl } = node.node;
  const expiresAtMs = Date.now() + 60_000;
  const media = { documents: null, iceServers: [] };
  return { callId, meetingId, meetingTitle: 'Test', peerId, signalingUrl, joinToken, expiresAtMs, ...media };
}

export const inCall = (callId: string, peerId: string): RoomPhase => ({
  name: 'in-call',
  callId,
  peerId,
  meetingTitle: 'Test',
  startedAtMs: Date.now(),
  connection: 'connected',
  participantCount: 1,
  participants: [],
  sharedBy: null,
  order: OPEN_ORDER,
  air: OFF_AIR,
});
