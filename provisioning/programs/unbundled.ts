/** Packages that stay outside of `dist/`: they bring a binary, or start a file of their own. */
export const unbundled = [
  '@node-rs/argon2',
  'better-sqlite3',
  'mediasoup',
  'node-hid',
  'pino',
  'sherpa-onnx-node',
  'usb',
];
