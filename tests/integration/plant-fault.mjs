// Preloaded into the product's processes by a test (node --import): SIGUSR2 throws in a turn of its own, SIGPWR rejects.
process.on('SIGUSR2', () =>
  setImmediate(() => {
    throw new Error('planted exception');
  }),
);
process.on('SIGPWR', () => void Promise.reject(new Error('planted rejection')));
