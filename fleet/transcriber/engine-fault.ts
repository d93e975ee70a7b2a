/** It did not answer with words. The message is for IT, without key and speech. */
export class EngineFault extends Error {
  readonly status: number | null;

  constructor(message: string, status: number | null = null) {
    super(message);
    this.status = status;
  }
}
