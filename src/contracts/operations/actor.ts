/** Who sends a message: what the messages of the contracts have in common. */
export type { Acted, Actor } from '../../domain/values/principals';
