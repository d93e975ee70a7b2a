/** What the process sees of HTTP. */
export { buildApp } from './app.ts';
export { buildDeviceApp } from './device-app.ts';
export { Metrics } from './metrics.ts';
