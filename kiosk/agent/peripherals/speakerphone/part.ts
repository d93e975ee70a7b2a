/** The speakerphone as a part of the agent: its fault, and its fields of the equipment. */
import type { PartDeclaration } from '../../parts/part.ts';
import { keptValue } from '../../store/kept-value.ts';
import { Speakerphone } from './speakerphone.ts';
import { DeviceIdentity } from './transport.ts';

export const speakerphonePart: PartDeclaration = {
  name: 'speakerphone',
  make: (host) => {
    const speakerphone: Speakerphone = new Speakerphone({
      logger: host.logger,
      ask: host.ask,
      onStatus: () => {
        const { status } = speakerphone;
        host.reportFault(status?.state === 'faulty' ? (status.code ?? 'device-gone') : null);
        host.publishFields('equipment', { speakerphone: status });
      },
      onMuteMended: (lamp) => host.record({ name: 'mute-mended', lamp }),
      memory: keptValue(host.store, 'speakerphone', DeviceIdentity),
    });
    return {
      start: () => speakerphone.start(),
      stop: () => speakerphone.stop(),
      follow: (room) => speakerphone.follow(room),
    };
  },
};
