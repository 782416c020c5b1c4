/** The cards that come with the code, by name: data of the training tool, to be read through the gate for cards. */
import application from './application-1.json';
import behaviour from './behaviour-1.json';

export const SHIPPED_CARDS: Readonly<Record<string, unknown>> = { application, behaviour };
