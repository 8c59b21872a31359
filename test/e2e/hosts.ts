import type { Connection } from '../../provider/host/connection';
import { attachLab, type Lab, type LabHost, startLab } from '../lab';

let lab: Promise<Lab> | undefined;

/**
 * The hosts of the end-to-end tests, h1 on Debian 12 and h2 on Debian 13: of the running lab that PULUMI_NSPAWN_LAB_ID
 * names ("e2e" by default, which `npm test` starts), or of one that ends with this process.
 */
export const hosts = async (): Promise<LabHost[]> => {
  lab ??= findLab();
  return (await lab).hosts;
};

/** The id of the lab that they are of. */
export const labId = process.env.PULUMI_NSPAWN_LAB_ID ?? 'e2e';

const findLab = async (): Promise<Lab> => {
  return (
    (await attachLab(labId)) ??
    startLab({
      id: labId,
      hosts: [
        { name: 'h1', release: 'bookworm' },
        { name: 'h2', release: 'trixie' },
      ],
    })
  );
};

/** How the code under test reaches a host. */
export const connectionTo = ({ address, privateKey, hostKey }: LabHost): Connection => ({
  host: address,
  user: 'root',
  privateKey,
  hostKey,
});

/** A host as programs have it in their config: how to reach it, without the key, and its address for the other hosts. */
export const placeOf = (host: LabHost) => {
  const { privateKey: _, ...connection } = connectionTo(host);
  return { connection, underlay: host.address };
};
