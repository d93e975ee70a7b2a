/** A room link over the browser's own WebSocket, woken by the page being seen and the network coming back. */
import { ROOM_LINK_PATH } from '#contract/room-link.ts';
import { RoomLink } from './room-link.ts';
import type { Socket } from './room-link.ts';

/** Starts at once. The returned `stop` ends link and listeners. */
export function openRoomLink(token: string): { link: RoomLink; stop: () => void } {
  const url = new URL(ROOM_LINK_PATH, location.href.replace(/^http/, 'ws')).href;
  const link = new RoomLink({ token, openSocket: () => new WebSocket(url) as Socket });
  const wake = () => {
    if (document.visibilityState === 'visible') link.wake();
  };
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);
  window.addEventListener('pageshow', wake);
  link.start();
  return {
    link,
    stop: () => {
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('online', wake);
      window.removeEventListener('pageshow', wake);
      link.stop();
    },
  };
}
