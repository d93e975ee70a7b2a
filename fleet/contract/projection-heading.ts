/** How every projection begins: whose it is, and where it stands among the others that its writer published. */
import { ProtocolVersion } from './protocol-version.ts';
import { EpochMs, Id, z } from './schema.ts';

export const ProjectionHeading = z.object({
  protocol: ProtocolVersion,
  roomId: Id,
  /** counts the agent's starts: a lower one is a second writer's */
  epoch: z.number().int().nonnegative(),
  /** counts changes within an epoch */
  revision: z.number().int().nonnegative(),
  /** kiosk's clock */
  asOfMs: EpochMs,
});
export type ProjectionHeading = z.infer<typeof ProjectionHeading>;
