/** English words of a broadcast's program, drawn into its picture. */
export default {
  stage: 'Program',
  live: 'LIVE',
  speaking: 'is speaking',
  screenOf: '{{name}} – screen',
  card: {
    title: 'Starts soon',
    hold: 'We will be back shortly',
    end: 'This broadcast has ended',
  },
  startsIn: 'Starts in {{time}}',
  waiting: {
    nobody: 'The meeting continues in a moment',
    noPicture: 'No camera is on',
  },
} as const;
