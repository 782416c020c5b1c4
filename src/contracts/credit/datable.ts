/** What messages about a date have in common. */

/** Of what happened on a date. */
export interface Datable {
  /**
   * No date was told: the one here is the business date of the first arrival. What comes again under its id is not
   * compared by it.
   */
  undated?: true | undefined;
}
