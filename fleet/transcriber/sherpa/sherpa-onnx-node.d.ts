/** sherpa-onnx-node has no types of its own; what is used of it. */
declare module 'sherpa-onnx-node' {
  type Stream = { acceptWaveform: (sound: { samples: Float32Array; sampleRate: number }) => void };
  type Recogniser = {
    createStream: () => Stream;
    setConfig: (config: object) => void;
    decodeAsync: (stream: Stream) => Promise<{ text: string }>;
  };
  const sherpa: { OfflineRecognizer: { createAsync: (config: object) => Promise<Recogniser> } };
  export default sherpa;
}
