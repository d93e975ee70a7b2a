/** The script of a simulated participant's page: hands one participant to whoever drives the browser. */
import { Participant, type ParticipantOptions } from './participant.ts';

declare global {
  interface Window {
    makeParticipant: (options: ParticipantOptions) => Participant;
    participant: Participant;
  }
}

window.makeParticipant = (options) => (window.participant = new Participant(options));
