// Media types of bodies, as the engine names them.

export const jsonType = 'application/json';
/** The REST Proxy's, of all that holds no records. */
export const v2Type = 'application/vnd.kafka.v2+json';
/** Of records whose keys and values are base64. */
export const binaryType = 'application/vnd.kafka.binary.v2+json';
/** Batches of several partitions, behind a line that says which (shared/record/parts.ts). */
export const partsType = 'application/vnd.sluice.parts';
