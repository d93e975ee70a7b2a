export { KioskRelease } from './kiosk-release.ts';
